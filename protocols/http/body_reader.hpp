// The body of a request as its head frames it: by length, or in chunks (RFC 9112 6, 7.1). Strict: what two readers
// could end at different places is refused, and the connection closed after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/http/head.hpp"

namespace stagecoach::http {

class body_reader {
 public:
  explicit body_reader(const body_framing& framing);

  // Takes what belongs to the body from the front of `bytes`; its content is appended to `content`. After a refusal
  // nothing more is taken. `bytes` that are left before the end are the start of a line that is not whole yet: they
  // come again.
  [[nodiscard]] std::optional<refusal> take(std::string_view& bytes, std::string& content);
  [[nodiscard]] bool is_at_end() const { return state_ == state::end; }

 private:
  enum class state : std::uint8_t { sized, chunk_line, chunk_data, chunk_end, trailers, end };

  void take_octets(std::string_view& bytes, std::string& content, state next);
  [[nodiscard]] std::optional<refusal> on_chunk_line(std::string_view line);

  state state_ = state::end;
  std::uint64_t left_ = 0;   // of the body, or of the chunk
  std::uint64_t total_ = 0;  // octets of all chunks
  std::size_t extensions_ = 0;
  std::size_t trailers_ = 0;  // octets
};

}  // namespace stagecoach::http
