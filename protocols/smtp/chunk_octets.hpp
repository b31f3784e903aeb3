// The octets of BDAT (RFC 3030): content as it comes, without dots and without an end of their own. Text must still be
// lines: a bare CR, a bare LF or a NUL makes it unacceptable, unless the client has said BINARYMIME.
#pragma once

#include <cstdint>
#include <string_view>

namespace stagecoach::smtp {

class chunk_octets {
 public:
  explicit chunk_octets(bool is_binary) : is_binary_(is_binary) {}

  void read(std::string_view octets);
  void end() { has_ended_ = true; }  // after the last chunk

  [[nodiscard]] bool has_ended() const { return has_ended_; }
  [[nodiscard]] bool has_bare() const { return !is_binary_ && (has_bare_ || (has_ended_ && after_cr_)); }
  [[nodiscard]] std::uint64_t octets_read() const { return read_; }

 private:
  bool is_binary_;
  bool has_ended_ = false;
  bool has_bare_ = false;
  bool after_cr_ = false;  // the LF may be in the next chunk
  std::uint64_t read_ = 0;
};

}  // namespace stagecoach::smtp
