// The style attribute of a mail: the declarations of listed properties whose whole value is of their grammar, written
// anew (security.md WX04). No url(), no function but of colours, no escape, comment, variable or "!important".
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::html {

[[nodiscard]] std::string safe_style(std::string_view style);     // "" if nothing is left
[[nodiscard]] bool would_load_something(std::string_view style);  // if it were shown as it is
[[nodiscard]] bool is_font_list(std::string_view fonts);          // of letters, digits, spaces, commas, quotes

}  // namespace stagecoach::html
