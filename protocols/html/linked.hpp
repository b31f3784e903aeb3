// Plain text as HTML whose web and mail addresses can be followed (security.md WX06). Called for the pages that show a
// message's text.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::html {

// For the inside of an element. What begins with http:, https: or mailto: is a link if it is one that a mail may show;
// all else is escaped, and nothing of the text is lost.
[[nodiscard]] std::string linked(std::string_view utf8);

}  // namespace stagecoach::html
