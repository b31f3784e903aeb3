#include "protocols/imap/command_collector.hpp"

#include <algorithm>
#include <utility>

namespace stagecoach::imap {

namespace {

// No atom holds a quote, so one that is open at the end of a line runs over it (IM04, CVE-2019-11500).
bool ends_in_quotes(std::string_view line) {
  bool is_open = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '"') {
      is_open = !is_open;
    } else if (is_open && line[at] == '\\') {
      ++at;
    }
  }
  return is_open;
}

}  // namespace

command_collector::event command_collector::take(std::string_view& bytes, std::size_t line_bytes_max) {
  if (literal_left_ > 0) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, bytes.size()));
    text_ += bytes.substr(0, count);  // memory grows only as bytes arrive (IM01)
    bytes.remove_prefix(count);
    literal_left_ -= count;
    if (literal_left_ > 0) return more{};
    line_start_ = text_.size();
  }
  return take_line(bytes, line_bytes_max);
}

// The first octet that is wrong decides, so that the answer does not depend on the cut.
command_collector::event command_collector::take_line(std::string_view& bytes, std::size_t line_bytes_max) {
  const std::size_t line_bytes = text_.size() - static_cast<std::size_t>(literal_bytes_);
  const std::size_t room = line_bytes_max > line_bytes ? line_bytes_max - line_bytes : 0;
  std::size_t count = 0;
  const auto wrong = [&](fault_code code, std::string_view what) {
    text_ += bytes.substr(0, count);
    return broken{{code, text_.size(), what}};
  };
  bool follows_cr = text_.size() > line_start_ && text_.back() == '\r';
  for (bool is_line = false; !is_line; ++count) {
    if (count == room) return wrong(fault_code::too_long, "the command is too long");
    if (count == bytes.size()) {
      text_ += std::exchange(bytes, {});
      return more{};
    }
    const char c = bytes[count];
    if (c == '\0') return wrong(fault_code::syntax, "a NUL outside a literal");
    if (follows_cr && c != '\n') return wrong(fault_code::syntax, "a CR that no LF follows");
    if (c == '\n' && !follows_cr) return wrong(fault_code::syntax, "lines end with CRLF");
    is_line = c == '\n';
    follows_cr = c == '\r';
  }
  text_ += bytes.substr(0, count);
  bytes.remove_prefix(count);
  text_.resize(text_.size() - 2);
  if (ends_in_quotes(std::string_view(text_).substr(line_start_)))
    return broken{{fault_code::syntax, text_.size(), "a quoted string that does not end"}};
  if (auto head = find_literal_head(std::string_view(text_).substr(line_start_))) {
    head->at += line_start_;
    return literal_announced{*head};
  }
  return complete{};
}

void command_collector::take_literal(std::uint64_t bytes) {
  text_ += "\r\n";
  line_start_ = text_.size();
  literal_left_ = bytes;
  literal_bytes_ += bytes;
  ++literals_;
}

}  // namespace stagecoach::imap
