#include "protocols/mime/lexer.hpp"

namespace stagecoach::mime {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool lexer::skip_space() { return !take_while(is_space).empty(); }

bool lexer::skip_cfws() {
  bool has_any = false;
  while (skip_space() || take_comment()) has_any = true;
  return has_any;
}

std::optional<std::string> lexer::take_quoted() {
  if (peek() != '"' || !quotes_end_) return std::nullopt;
  std::string content;
  for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '"') {
      at_ = i + 1;
      return content;
    }
    if (c == '\\' && i + 1 < text_.size()) {
      content += text_[++i];
    } else if (c != '\r' && c != '\n') {  // RFC 5322 3.2.4: the CRLF of a fold is no part of it
      content += c;
    }
  }
  quotes_end_ = false;
  return std::nullopt;
}

std::optional<std::string> lexer::take_comment() {
  if (peek() != '(' || !comments_end_) return std::nullopt;
  std::string content;
  std::size_t depth = 0;
  for (std::size_t i = at_; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '\\' && i + 1 < text_.size()) {
      content += text_[++i];
      continue;
    }
    if (c == ')' && --depth == 0) {
      at_ = i + 1;
      return content;
    }
    if (c != '\r' && c != '\n' && i != at_) content += c;
    if (c == '(') ++depth;
  }
  comments_end_ = false;
  return std::nullopt;
}

}  // namespace stagecoach::mime
