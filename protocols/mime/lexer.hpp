// The small pieces of which structured header fields are made (RFC 5322 3.2): white space, comments, quoted strings.
// For address, content_type, date and message_id. Folding is white space here. Lenient and linear: what never ends, as
// an open quote, is an ordinary character, and is looked for once only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::mime {

[[nodiscard]] constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Without white space at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

class lexer {
 public:
  explicit lexer(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  void step() { ++at_; }  // not at the end
  bool skip(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  template <class Predicate>
  std::string_view take_while(Predicate holds) {
    const std::size_t from = at_;
    while (at_ < text_.size() && holds(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }

  bool skip_space();
  // White space and comments; true if there was any.
  bool skip_cfws();
  // The content without quotes, escapes and folds; none if no quoted string that ends stands here.
  [[nodiscard]] std::optional<std::string> take_quoted();
  // Likewise; nested comments keep their parentheses.
  [[nodiscard]] std::optional<std::string> take_comment();

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool quotes_end_ = true;    // false: an open quote was met, and no later one can end either
  bool comments_end_ = true;  // the same for parentheses
};

}  // namespace stagecoach::mime
