// The name under which a browser keeps what it downloads (RFC 6266, RFC 8187): built here, so that a name cannot end
// the field or begin another (security.md WX08, WB06).
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::http {

// `inline; filename="a_.txt"; filename*=UTF-8''a%C3%A4.txt`. `name`: UTF-8; of a path only the last part counts.
[[nodiscard]] std::string content_disposition(bool is_inline, std::string_view name);
// As a parameter's value: a token as it is, anything else quoted, without what cannot stand there.
[[nodiscard]] std::string quoted_or_token(std::string_view value);

}  // namespace stagecoach::http
