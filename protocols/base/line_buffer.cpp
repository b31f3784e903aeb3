#include "protocols/base/line_buffer.hpp"

#include "protocols/base/check.hpp"

namespace stagecoach {

namespace {
// What an idle connection may keep; a larger buffer is given back as soon as it is empty.
constexpr std::size_t kept_bytes_max = 256;
}  // namespace

void line_buffer::append(std::string_view bytes) {
  bytes_.erase(0, at_);
  at_ = 0;
  bytes_.append(bytes);
}

std::optional<line> line_buffer::take() {
  for (; scanned_ < size(); ++scanned_) {
    if (dropped_ + scanned_ >= limits_.endless_bytes_max) return end_line(0, size(), line_fault::endless);
    const char c = bytes_[at_ + scanned_];
    if (c == '\n' || c == '\0') return end_line(0, size(), line_fault::bare);
    if (c != '\r') continue;
    if (scanned_ + 1 == size()) break;  // its LF may follow
    if (bytes_[at_ + scanned_ + 1] != '\n') return end_line(0, size(), line_fault::bare);
    const bool fits = dropped_ + scanned_ + 2 <= limits_.line_bytes_max;
    return end_line(scanned_, scanned_ + 2, fits ? line_fault::none : line_fault::too_long);
  }
  if (dropped_ + scanned_ > limits_.line_bytes_max) {
    dropped_ += scanned_;
    at_ += scanned_;
    scanned_ = 0;
  }
  release();
  return std::nullopt;
}

void line_buffer::drop(std::size_t count) {
  CHECK(scanned_ == 0 && dropped_ == 0 && count <= size());
  at_ += count;
  release();
}

void line_buffer::clear() {
  at_ = bytes_.size();
  scanned_ = dropped_ = 0;
  release();
}

line line_buffer::end_line(std::size_t length, std::size_t with_end, line_fault fault) {
  const auto text = rest().substr(0, fault == line_fault::none ? length : 0);
  at_ += with_end;
  scanned_ = dropped_ = 0;
  return {text, fault};  // not released here: `text` looks into the buffer
}

void line_buffer::release() {
  if (!is_empty() || bytes_.capacity() <= kept_bytes_max) return;
  bytes_ = std::string();
  at_ = 0;
}

}  // namespace stagecoach
