// Cuts HTML into texts and tags, by the states of the HTML standard (13.2.5); comments, declarations and processing
// instructions are passed over. One pass over the input, whatever it is. Values stay as they are written, with their
// character references.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::html {

struct raw_attribute {
  std::string name;  // in lower case
  std::string_view value;
};

struct token {
  enum class kind : std::uint8_t { text, start, end };
  kind what = kind::text;
  std::string_view text;  // of a text
  std::string name;       // of a tag, in lower case
  std::vector<raw_attribute> attributes;
  bool is_self_closing = false;
};

class tokeniser {
 public:
  explicit tokeniser(std::string_view html) : rest_(html) {}

  [[nodiscard]] bool next(token& into);           // false: there is no more
  void skip_raw_text(std::string_view tag_name);  // and its end tag
  void skip_all() { rest_ = {}; }

 private:
  [[nodiscard]] bool at_tag() const;
  [[nodiscard]] bool at_declaration() const;
  void take_text(token& into);
  [[nodiscard]] bool take_tag(token& into);
  void take_attribute(token& into);
  [[nodiscard]] std::string_view take_value();
  void skip_declaration();
  void skip_spaces();
  [[nodiscard]] std::string_view take_until(std::string_view ends);

  std::string_view rest_;
};

}  // namespace stagecoach::html
