#include "protocols/http/body_reader.hpp"

#include <algorithm>
#include <charconv>

#include "protocols/http/limits.hpp"

namespace stagecoach::http {

namespace {

constexpr refusal bad_chunk{400, "a chunk that is none"};
constexpr refusal bad_trailer{400, "a trailer field that is none, or too many of them"};
constexpr refusal too_large{413, "the body is too large"};

// A chunk-ext (RFC 9112 7.1.1) is not understood by anybody; it only must not be able to hide a line end.
bool is_extension(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '\t' || (c >= ' ' && c < '\x7f'); });
}

}  // namespace

body_reader::body_reader(const body_framing& framing) {
  if (const auto* sized = std::get_if<sized_body>(&framing)) {
    state_ = state::sized;
    left_ = sized->bytes;
  } else if (std::holds_alternative<chunked_body>(framing)) {
    state_ = state::chunk_line;
  }
}

void body_reader::take_octets(std::string_view& bytes, std::string& content, state next) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  content += bytes.substr(0, count);
  bytes.remove_prefix(count);
  left_ -= count;
  if (left_ == 0) state_ = next;
}

std::optional<refusal> body_reader::take(std::string_view& bytes, std::string& content) {
  while (!bytes.empty() && state_ != state::end) {
    if (state_ == state::sized) {
      take_octets(bytes, content, state::end);
      continue;
    }
    if (state_ == state::chunk_data) {
      take_octets(bytes, content, state::chunk_end);
      continue;
    }
    // A line, with the CRLF that ends a chunk as an empty one.
    const auto limit = state_ == state::chunk_end    ? std::size_t{2}
                       : state_ == state::chunk_line ? limits::chunk_line_bytes_max
                                                     : limits::trailer_bytes_max - trailers_;
    const auto end = bytes.substr(0, limit).find("\r\n");
    if (end == std::string_view::npos) {
      // Only a CR at its end may be the start of what is missing.
      const auto stray = bytes.substr(0, limit).find_first_of(std::string_view("\r\n\0", 3));
      const bool may_go_on = stray == std::string_view::npos || (stray + 1 == bytes.size() && bytes.back() == '\r');
      if (bytes.size() >= limit || !may_go_on || (state_ == state::chunk_end && bytes.front() != '\r'))
        return state_ == state::trailers ? bad_trailer : bad_chunk;
      return std::nullopt;
    }
    const auto line = bytes.substr(0, end);
    if (holds_line_end(line)) return state_ == state::trailers ? bad_trailer : bad_chunk;
    if (state_ == state::chunk_end) {
      if (!line.empty()) return bad_chunk;
      state_ = state::chunk_line;
    } else if (state_ == state::chunk_line) {
      if (const auto wrong = on_chunk_line(line)) return wrong;
    } else if (line.empty()) {
      state_ = state::end;
    } else {
      // RFC 9110 6.5.1: trailers may be discarded; all are, so that none can pass for a field of the head.
      if (!parse_field_line(line)) return bad_trailer;
      trailers_ += line.size() + 2;
    }
    bytes.remove_prefix(end + 2);
  }
  return std::nullopt;
}

std::optional<refusal> body_reader::on_chunk_line(std::string_view line) {
  const auto size_end = std::min(line.find(';'), line.size());
  const auto digits = line.substr(0, size_end), extension = line.substr(size_end);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (digits.empty() || digits.size() > 16 || error != std::errc() || end != digits.data() + digits.size())
    return bad_chunk;
  extensions_ += extension.size();
  if (!is_extension(extension) || extensions_ > limits::extension_bytes_max) return bad_chunk;
  if (size > limits::body_bytes_max || total_ + size > limits::body_bytes_max) return too_large;
  total_ += size;
  left_ = size;
  state_ = size == 0 ? state::trailers : state::chunk_data;
  return std::nullopt;
}

}  // namespace stagecoach::http
