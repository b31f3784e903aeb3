// The HTML of a mail as it may be shown (security.md 2.9). A new tree is made from an allow-list (elements.hpp) and
// written once: what it gives reads as it was written, and to make it safe again changes nothing (unless its pictures
// make it too long for that). It runs no script, sends no form, names nothing of the page around it, and loads nothing
// unless that is allowed.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::html {

struct safe_options {
  bool allow_external = false;  // pictures from http: and https:
  // The picture of the same message with this Content-ID (without its brackets), as a data: URL; none: there is none.
  std::function<std::optional<std::string>(std::string_view content_id)> inline_image;
  std::size_t inline_bytes_max = 0;  // of all these URLs together; what is beyond is not shown
};

struct safe_page {
  std::string html;           // for the body of a page, as UTF-8; apart from such pictures at most 2 MiB
  bool has_external = false;  // something would be loaded, or was held back because of that
  bool is_cut = false;        // there was more than anybody reads
};

[[nodiscard]] safe_page safe_page_of(std::string_view html_utf8, const safe_options& options);

}  // namespace stagecoach::html
