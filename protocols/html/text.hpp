// The readable text of an HTML mail that has no text of its own: for lists, searches, quotes and plain readers.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::html {

// UTF-8 with LF. Blocks begin lines, items have "-" or their number, quotes "> ", and a link that says something else
// than where it goes is `text <url>`. It is text, not HTML: who puts it on a page escapes it.
[[nodiscard]] std::string text_of(std::string_view html_utf8);

}  // namespace stagecoach::html
