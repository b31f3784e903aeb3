// What of HTML a mail may be shown with: the allow-list of elements and of their attributes, and what is dropped with
// all that it contains (security.md 2.9). Everything else is unwrapped: its contents stay. Tables, for balance and
// safe_page.
#pragma once

#include <cstdint>
#include <string_view>

namespace stagecoach::html {

// How an element nests, by the rules of the HTML standard's "in body" and "in table".
enum class element_kind : std::uint8_t {
  empty,       // has no end tag: br, img
  rule,        // hr: has none, and ends a paragraph
  ordinary,    // within a line: span
  formatting,  // within a line; its end tag may come too early or too late: b, a, font
  paragraph,   // p: ends where a block begins
  heading,
  box,    // a block that a list item may be open in: div
  block,  // any other
  item,   // li
  term,   // dt, dd
  table,
  section,  // tbody, thead, tfoot
  row,
  cell,
  caption,
  columns,  // colgroup
  column,   // col, which is empty
};

[[nodiscard]] constexpr bool is_empty(element_kind kind) {
  return kind == element_kind::empty || kind == element_kind::rule || kind == element_kind::column;
}

struct element {
  std::string_view name;
  element_kind kind;
};

// The element of this name, in lower case, or what is shown in its place (`image` is `img`); null: it is not shown.
[[nodiscard]] const element* shown_element(std::string_view name);

enum class loss : std::uint8_t {
  tag,       // the contents stay
  contents,  // up to its end tag
  raw_text,  // likewise, and no tag counts in it but this one
  rest,      // everything after it
};
[[nodiscard]] loss loss_of(std::string_view name);  // of an element that is not shown

enum class attribute_kind : std::uint8_t {
  text,
  number,     // up to three digits: what a browser repeats so often
  dimension,  // digits, perhaps with "%" or "px"
  word,       // letters and digits
  colour,
  fonts,
  flag,  // without a value
  name,  // what an in-page link may go to
  style,
  link,
  image,
  held_back,  // would load something, and never may
};
// Null: the attribute is not shown.
[[nodiscard]] const attribute_kind* kind_of_attribute(std::string_view element_name, std::string_view name);

}  // namespace stagecoach::html
