// Cookies (RFC 6265): the one that a request brings, and the field that sets one. Ours hold lower-case hex and no more.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::http {

// The value of the cookie of this name in the value of a Cookie field; none: it is not there, or it is there twice, as
// when another site of the same domain has set one beside ours (security.md WB03).
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name);

struct cookie {
  std::string_view name;
  std::string_view value;
  bool is_secure = true;
  std::optional<std::chrono::seconds> max_age;  // none: as long as the browser runs; 0: removes it
};
// The value of Set-Cookie: for this host and every path, not for scripts, not with requests of other sites.
[[nodiscard]] std::string set_cookie(const cookie& one);

}  // namespace stagecoach::http
