#include "actors/web/same_origin.hpp"

#include <string_view>

#include "actors/web/answers.hpp"

namespace stagecoach::web {

bool is_of_same_origin(const messages::http_request& asked) {
  const auto site = field_of(asked, "sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  const auto origin = field_of(asked, "origin");
  if (origin.empty()) return true;
  const std::string_view scheme = asked.is_tls ? "https://" : "http://";
  return origin.starts_with(scheme) && origin.substr(scheme.size()) == asked.host;
}

}  // namespace stagecoach::web
