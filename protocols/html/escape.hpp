// Characters as HTML and as plain text have them. Called by whatever writes what a tree says.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::html {

// Without control characters (but tabs and line feeds, which CR becomes) and byte order marks: what readers drop or
// take for something else, some of them only at the start.
[[nodiscard]] std::string without_controls(std::string_view utf8);

// For the text of an element or for an attribute's value between double quotes; without control characters.
[[nodiscard]] std::string escaped(std::string_view utf8);

}  // namespace stagecoach::html
