#include "protocols/smtp/header_watch.hpp"

#include "protocols/base/reader.hpp"
#include "protocols/smtp/limits.hpp"

namespace stagecoach::smtp {

namespace {

struct watched {
  std::string_view name;
  header_field id;
};
constexpr watched table[] = {
    {"received", header_field::received},
    {"date", header_field::date},
    {"message-id", header_field::message_id},
    {"from", header_field::from},
};

}  // namespace

void header_watch::read(std::string_view content) {
  std::size_t i = 0;
  while (i < content.size() && at_ != place::ended) {
    const char c = content[i];
    switch (at_) {
      case place::in_line: {  // the bulk
        const auto lf = content.find('\n', i);
        keep(content.substr(i, lf == content.npos ? lf : lf + 1 - i));
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
      case place::after_name:
        read_name(c);
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
    keep({&first, 1});
    at_ = place::in_line;  // a field goes on (RFC 5322 2.2.3)
  } else {
    is_in_author_ = false;
    ++fields_;
    name_size_ = 0;
    at_ = place::in_name;
    read_name(first);
  }
}

void header_watch::keep(std::string_view of_line) {
  if (!is_in_author_) return;
  author_->append(of_line);
  if (author_->size() <= limits::author_bytes_max) return;
  author_.reset();
  is_in_author_ = false;
}

void header_watch::read_name(char c) {
  if (c == '\n') {
    at_ = place::line_start;
  } else if (c == ':') {
    end_name();
  } else if (c == ' ' || c == '\t') {
    at_ = place::after_name;  // RFC 5322 4.5: spaces before the colon are obsolete, and read
  } else if (at_ == place::after_name || name_size_ == name_.size()) {
    at_ = place::in_line;
  } else {
    name_[name_size_++] = ascii_lower(c);
  }
}

void header_watch::end_name() {
  at_ = place::in_line;
  for (const auto& one : table) {
    if (one.name != std::string_view(name_.data(), name_size_)) continue;
    if (++counts_[static_cast<std::size_t>(one.id)] > 1 || one.id != header_field::from) return;
    author_.emplace();
    is_in_author_ = true;
  }
}

}  // namespace stagecoach::smtp
