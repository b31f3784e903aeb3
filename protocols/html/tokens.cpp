#include "protocols/html/tokens.hpp"

#include <algorithm>

namespace stagecoach::html {

namespace {

constexpr std::string_view spaces = " \t\n\f\r";
constexpr std::size_t name_bytes_max = 16;  // no known name is longer; what is, needs no copy
constexpr std::size_t attributes_of_tag_max = 100;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void set_lower_case(std::string& into, std::string_view name) {
  into = name.substr(0, name_bytes_max + 1);
  for (char& c : into)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char one, char other) { return one == other || (is_letter(one) && (one | 0x20) == other); });
}

}  // namespace

bool tokeniser::next(token& into) {
  while (!rest_.empty()) {
    if (at_declaration()) {
      skip_declaration();
    } else if (at_tag()) {
      if (take_tag(into)) return true;
    } else {
      take_text(into);
      return true;
    }
  }
  return false;
}

bool tokeniser::at_tag() const {
  if (rest_.size() < 2 || rest_[0] != '<') return false;
  return is_letter(rest_[1]) || (rest_.size() > 2 && rest_[1] == '/' && is_letter(rest_[2]));
}

bool tokeniser::at_declaration() const {
  if (rest_.size() < 2 || rest_[0] != '<') return false;
  return rest_[1] == '!' || rest_[1] == '?' || (rest_[1] == '/' && rest_.size() > 2 && !is_letter(rest_[2]));
}

void tokeniser::take_text(token& into) {
  std::size_t end = 1;
  while (end < rest_.size() && rest_[end] != '<') ++end;
  into.what = token::kind::text;
  into.text = rest_.substr(0, end);
  rest_.remove_prefix(end);
}

// False: the tag has no end, which ends the input.
bool tokeniser::take_tag(token& into) {
  const bool is_end = rest_[1] == '/';
  rest_.remove_prefix(is_end ? 2 : 1);
  into.what = is_end ? token::kind::end : token::kind::start;
  set_lower_case(into.name, take_until(" \t\n\f\r/>"));
  into.attributes.clear();
  into.is_self_closing = false;
  for (;;) {
    skip_spaces();
    if (rest_.empty()) return false;
    const char c = rest_.front();
    if (c == '>' || c == '/') rest_.remove_prefix(1);
    if (c == '>') return true;
    into.is_self_closing = c == '/' && !rest_.empty() && rest_.front() == '>';
    if (c != '/') take_attribute(into);
  }
}

void tokeniser::take_attribute(token& into) {
  auto name = rest_.substr(0, 1);  // of which "=" may be the first character
  const auto* const begin = rest_.data();
  rest_.remove_prefix(1);
  name = std::string_view(begin, take_until(" \t\n\f\r/>=").size() + 1);
  skip_spaces();
  std::string_view value;
  if (!rest_.empty() && rest_.front() == '=') {
    rest_.remove_prefix(1);
    value = take_value();
  }
  if (name.size() > name_bytes_max || into.attributes.size() == attributes_of_tag_max) return;
  auto& attribute = into.attributes.emplace_back();
  set_lower_case(attribute.name, name);
  attribute.value = value;
}

std::string_view tokeniser::take_value() {
  skip_spaces();
  if (rest_.empty() || rest_.front() == '>') return {};
  const char quote = rest_.front();
  if (quote != '"' && quote != '\'') return take_until(" \t\n\f\r>");
  rest_.remove_prefix(1);
  const auto value = take_until(std::string_view(&quote, 1));
  if (!rest_.empty()) rest_.remove_prefix(1);
  return value;
}

void tokeniser::skip_declaration() {
  if (!rest_.starts_with("<!--")) {
    (void)take_until(">");
    if (!rest_.empty()) rest_.remove_prefix(1);
    return;
  }
  if (rest_.starts_with("<!-->") || rest_.starts_with("<!--->")) {
    rest_.remove_prefix(rest_[4] == '>' ? 5 : 6);
    return;
  }
  for (auto at = rest_.find("--", 4); at != std::string_view::npos; at = rest_.find("--", at + 1)) {
    const auto after = rest_.substr(at + 2);
    if (!after.starts_with('>') && !after.starts_with("!>")) continue;
    rest_ = after.substr(after[0] == '>' ? 1 : 2);
    return;
  }
  rest_ = {};
}

void tokeniser::skip_raw_text(std::string_view tag_name) {
  for (auto at = rest_.find("</"); at != std::string_view::npos; at = rest_.find("</", at + 2)) {
    const auto after = rest_.substr(at + 2);
    if (after.size() <= tag_name.size() || !equals_ignoring_case(after.substr(0, tag_name.size()), tag_name)) continue;
    if (std::string_view(" \t\n\f\r/>").find(after[tag_name.size()]) == std::string_view::npos) continue;
    rest_.remove_prefix(at);
    token end;
    (void)take_tag(end);
    return;
  }
  rest_ = {};
}

void tokeniser::skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(spaces), rest_.size())); }

std::string_view tokeniser::take_until(std::string_view ends) {
  const auto taken = rest_.substr(0, rest_.find_first_of(ends));
  rest_.remove_prefix(taken.size());
  return taken;
}

}  // namespace stagecoach::html
