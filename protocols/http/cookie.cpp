#include "protocols/http/cookie.hpp"

#include <algorithm>

#include "protocols/base/check.hpp"
#include "protocols/http/head.hpp"

namespace stagecoach::http {

std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name) {
  std::optional<std::string_view> found;
  while (!field.empty()) {
    const auto end = std::min(field.find(';'), field.size());
    const auto one = trimmed(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    const auto equals = one.find('=');
    if (equals == std::string_view::npos || one.substr(0, equals) != name) continue;
    if (found) return std::nullopt;
    found = one.substr(equals + 1);
  }
  return found;
}

std::string set_cookie(const cookie& one) {
  CHECK(is_token(one.name) && (one.value.empty() || is_token(one.value)));
  std::string text = std::string(one.name) + '=' + std::string(one.value) + "; Path=/; HttpOnly; SameSite=Strict";
  if (one.is_secure) text += "; Secure";
  if (one.max_age) text += "; Max-Age=" + std::to_string(one.max_age->count());
  return text;
}

}  // namespace stagecoach::http
