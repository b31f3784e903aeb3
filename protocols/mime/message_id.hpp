// The ids in Message-ID, In-Reply-To and References (RFC 5322 3.6.4), for threading.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::mime {

inline constexpr std::size_t referenced_ids_max = 50;        // MI13: the last ones, which are the nearest ancestors
inline constexpr std::size_t canonical_id_bytes_max = 1000;  // RFC 5322 2.1.1's line

// The one spelling of the first id of a Message-ID field, so that equal ids are equal octets: without angle brackets,
// white space, comments and quotes that change nothing; ASCII in lower case. An id without @ is as good as another, and
// a single word without brackets is one. Empty: there is none, it cannot be read, or it is too long.
[[nodiscard]] std::string canonical_message_id(std::string_view field_value);

// The canonical ids of the messages that this one answers, the nearest last, each once: those of References, or the
// first of In-Reply-To where References has none. Only what stands between brackets is an id here.
[[nodiscard]] std::vector<std::string> referenced_ids(std::string_view references_value,
                                                      std::string_view in_reply_to_value);

}  // namespace stagecoach::mime
