#include "protocols/smtp/header_watch.hpp"

#include "protocols/base/reader.hpp"

namespace stagecoach::smtp {

namespace {
constexpr std::string_view watched = "received:";
}  // namespace

void header_watch::read(std::string_view content) {
  std::size_t i = 0;
  while (i < content.size() && at_ != place::ended) {
    const char c = content[i];
    switch (at_) {
      case place::in_line: {  // the bulk
        const auto lf = content.find('\n', i);
        if (lf == content.npos) {
          octets_ += content.size() - i;
          return;
        }
        octets_ += lf - i;
        i = lf;
        at_ = place::line_start;
        break;
      }
      case place::line_start:
        start_line(c);
        break;
      case place::maybe_empty:
        at_ = c == '\n' ? place::ended : place::in_line;
        break;
      case place::in_name:
        if (c == '\n') {
          at_ = place::line_start;
        } else if (ascii_lower(c) != watched[matched_]) {
          at_ = place::in_line;
        } else if (++matched_ == watched.size()) {
          ++received_;
          at_ = place::in_line;
        }
        break;
      case place::ended:
        break;
    }
    ++octets_;
    ++i;
  }
}

void header_watch::start_line(char first) {
  if (first == '\r') {
    at_ = place::maybe_empty;
  } else if (first == '\n') {
    at_ = place::line_start;
  } else if (first == ' ' || first == '\t') {
    at_ = place::in_line;  // a field goes on (RFC 5322 2.2.3)
  } else {
    ++fields_;
    matched_ = ascii_lower(first) == watched.front() ? 1 : 0;
    at_ = matched_ == 1 ? place::in_name : place::in_line;
  }
}

}  // namespace stagecoach::smtp
