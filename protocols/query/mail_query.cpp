#include "protocols/query/mail_query.hpp"

#include <string>
#include <utility>

#include "protocols/base/reader.hpp"
#include "protocols/query/term.hpp"

namespace stagecoach::query {

namespace {

// Each level may have one side of an OR and one of what stands together; the innermost has two places of one word.
static_assert(2 * (nesting_max + 1) + 2 <= imap::search_stack_max);

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class query_reader {
 public:
  query_reader(std::string_view line, std::int64_t today) : line_(line), today_(today) {}

  result<imap::search_program> read() {
    read_either(0);
    if (terms_ > terms_max) return fault{fault_code::too_long, 0, "more than 40 things to look for"};
    return std::move(program_);
  }

 private:
  void combine(imap::search_test how) { program_.steps.emplace_back().test = how; }

  void read_either(unsigned depth) {
    read_all(depth);
    while (skip_word("OR")) {
      read_all(depth);
      combine(imap::search_test::either);
    }
  }

  void read_all(unsigned depth) {
    bool is_first = true;
    while (begins_term(depth)) {
      read_term(depth);
      if (!std::exchange(is_first, false)) combine(imap::search_test::both);
    }
    if (is_first) combine(imap::search_test::everything);
  }

  void read_term(unsigned depth) {
    bool is_negated = false;
    while (skip_word("NOT") || skip_minus()) is_negated = !is_negated;
    if (!begins_term(depth)) return combine(imap::search_test::everything);  // somebody is still typing
    if (depth < nesting_max && peek() == '(') {
      ++at_;
      read_either(depth + 1);
      skip_spaces();
      if (peek() == ')') ++at_;
    } else if (++terms_ <= terms_max) {
      put_term(depth);
    } else {
      (void)take_value(depth);
    }
    if (is_negated) combine(imap::search_test::negate);
  }

  void put_term(unsigned depth) {
    const auto begin = at_;
    const auto end = line_.find_first_of(" \t\r\n\":()", at_);
    if (end != std::string_view::npos && end > at_ && line_[end] == ':') {
      const auto tag = ascii_lower(line_.substr(at_, end - at_));
      at_ = end + 1;
      if (put_tagged(program_, tag, take_value(depth), today_)) return;
      at_ = begin;
    }
    put_word(program_, take_value(depth));
  }

  // Up to a space, or the bracket that closes; quotes hold both.
  std::string take_value(unsigned depth) {
    std::string value;
    bool is_quoted = false;
    for (; at_ < line_.size(); ++at_) {
      const char c = line_[at_];
      if (c == '"') {
        if (is_quoted && at_ + 1 < line_.size() && line_[at_ + 1] == '"') {
          value += line_[++at_];
        } else {
          is_quoted = !is_quoted;
        }
        continue;
      }
      if (!is_quoted && (is_space(c) || (c == ')' && depth > 0))) break;
      value += c;
    }
    return value;
  }

  [[nodiscard]] char peek() const { return at_ < line_.size() ? line_[at_] : '\0'; }
  void skip_spaces() {
    while (is_space(peek())) ++at_;
  }
  // A minus before something; alone it is a word.
  bool skip_minus() {
    skip_spaces();
    if (peek() != '-' || at_ + 1 >= line_.size() || is_space(line_[at_ + 1])) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] bool is_at_word(std::string_view word) const {
    const auto rest = line_.substr(at_);
    return rest.substr(0, word.size()) == word &&
           (rest.size() == word.size() || is_space(rest[word.size()]) || rest[word.size()] == '(');
  }
  bool skip_word(std::string_view word) {
    skip_spaces();
    if (!is_at_word(word)) return false;
    at_ += word.size();
    return true;
  }
  bool begins_term(unsigned depth) {
    skip_spaces();
    return at_ < line_.size() && !(peek() == ')' && depth > 0) && !is_at_word("OR");
  }

  std::string_view line_;
  std::int64_t today_;
  std::size_t at_ = 0;
  std::size_t terms_ = 0;
  imap::search_program program_;
};

}  // namespace

result<imap::search_program> parse_query(std::string_view line, std::int64_t today) {
  if (line.size() > line_bytes_max) return fault{fault_code::too_long, 0, "the line is longer than 1000 octets"};
  return query_reader(line, today).read();
}

}  // namespace stagecoach::query
