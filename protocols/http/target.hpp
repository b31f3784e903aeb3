// The target of a request, taken apart once (RFC 9112 3.2.1, RFC 3986 3): the path's segments and the query's
// parameters, without percent-encoding. What two readers could understand differently is none (security.md WB05).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stagecoach::http {

struct target {
  std::vector<std::string> segments;  // "/mail/msg/1" has three; a path that ends in "/" has an empty one last
  std::vector<std::pair<std::string, std::string>> parameters;
  // The value of the first parameter of this name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  friend bool operator==(const target&, const target&) = default;
};

// `text`: of the origin form. None: no "/" first, a bad escape or an escaped control, in the path an escaped "/" or
// "\", a
// "." or ".." segment, an empty segment before the last, more than 100 segments or parameters, or anything that is not
// UTF-8.
[[nodiscard]] std::optional<target> parse_target(std::string_view text);

// The segments behind `path`, which begins and ends with "/" and has no escapes. None: the target is not below it.
[[nodiscard]] std::optional<std::vector<std::string>> segments_below(const target& of, std::string_view path);

}  // namespace stagecoach::http
