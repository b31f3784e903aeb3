#include "protocols/smtp/data_lines.hpp"

namespace stagecoach::smtp {

std::size_t data_lines::read(std::string_view bytes, std::string& content) {
  const std::size_t before = bytes.size();
  while (!bytes.empty() && at_ != place::ended) {
    if (at_ == place::in_line) {
      read_line_part(bytes, content);
    } else {
      step(bytes.front(), content);
      bytes.remove_prefix(1);
    }
  }
  read_ += before - bytes.size();
  return before - bytes.size();
}

// The bulk: everything up to the next CR goes through as it is.
void data_lines::read_line_part(std::string_view& bytes, std::string& content) {
  const auto cr = bytes.find('\r');
  const auto part = bytes.substr(0, cr);
  if (!has_bare_) has_bare_ = part.find('\n') != part.npos || part.find('\0') != part.npos;
  content += part;
  bytes.remove_prefix(part.size());
  if (cr == bytes.npos) return;
  content += '\r';
  bytes.remove_prefix(1);
  at_ = place::after_cr;
}

void data_lines::step(char c, std::string& content) {
  switch (at_) {
    case place::line_start:
      if (c == '.') {
        at_ = place::after_dot;  // either the end, or added for transparency: not content
        return;
      }
      break;
    case place::after_cr:
      if (c == '\n') {
        content += c;
        at_ = place::line_start;
        return;
      }
      has_bare_ = true;  // the CR before this octet
      break;
    case place::after_dot:
      if (c == '\r') {
        at_ = place::after_dot_cr;
        return;
      }
      break;
    case place::after_dot_cr:
      if (c == '\n') {
        at_ = place::ended;
        return;
      }
      has_bare_ = true;
      content += '\r';
      break;
    case place::in_line:
    case place::ended:
      break;
  }
  // An ordinary octet of a line, at a place where the line had not begun.
  if (c == '\n' || c == '\0') has_bare_ = true;
  content += c;
  at_ = c == '\r' ? place::after_cr : place::in_line;
}

}  // namespace stagecoach::smtp
