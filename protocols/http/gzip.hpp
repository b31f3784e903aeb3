// Compression of answers (RFC 9110 8.4.1.3, 12.5.3).
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::http {

// Whether an Accept-Encoding of this value allows gzip: it is named, or `*` is and it is not, and not with q=0. An
// absent or empty one does not.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);
// Whether what has this media type gets smaller by it (mail-server-behaviour row 9).
[[nodiscard]] bool is_compressible(std::string_view media_type);
// As small as it gets.
[[nodiscard]] std::string gzip(std::string_view octets);

}  // namespace stagecoach::http
