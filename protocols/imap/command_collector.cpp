#include "protocols/imap/command_collector.hpp"

#include <algorithm>

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

command_collector::event command_collector::take_line(std::string_view& bytes, std::size_t line_bytes_max) {
  const std::size_t line_bytes = text_.size() - static_cast<std::size_t>(literal_bytes_);
  const std::size_t room = line_bytes_max > line_bytes ? line_bytes_max - line_bytes : 0;
  const auto end = bytes.substr(0, room).find('\n');
  const auto part = bytes.substr(0, end == std::string_view::npos ? std::min(room, bytes.size()) : end + 1);
  const std::size_t from = text_.size();
  text_ += part;
  bytes.remove_prefix(part.size());
  if (const auto nul = std::string_view(text_).substr(from).find('\0'); nul != std::string_view::npos)
    return broken{{fault_code::syntax, from + nul, "a NUL outside a literal"}};
  // A CR is followed by LF, which may still be to come.
  for (std::size_t at = std::max(line_start_, from == 0 ? 0 : from - 1); at < text_.size(); ++at) {
    if (text_[at] == '\r' && at + 1 < text_.size() && text_[at + 1] != '\n')
      return broken{{fault_code::syntax, at, "a CR that no LF follows"}};
    if (text_[at] == '\n' && (at == line_start_ || text_[at - 1] != '\r'))
      return broken{{fault_code::syntax, at, "lines end with CRLF"}};
  }
  if (end == std::string_view::npos) {
    if (part.size() == room) return broken{{fault_code::too_long, text_.size(), "the command is too long"}};
    return more{};
  }
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
