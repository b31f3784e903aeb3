// The ids in Message-ID, In-Reply-To and References (RFC 5322 3.6.4), for threading.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::mime {

inline constexpr std::size_t references_max = 100;  // MI13: the last ones, which are the nearest ancestors

// In their order, without angle brackets, white space and folds; what stands between ids is passed over. Without any
// angle brackets a single word is taken for an id. At most the last `ids_max`; none is longer than id_bytes_max.
[[nodiscard]] std::vector<std::string> parse_message_ids(std::string_view value, std::size_t ids_max);

}  // namespace stagecoach::mime
