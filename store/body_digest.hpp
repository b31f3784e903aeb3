// What is known of a body once its last octet has passed: its SHA-256 (by which the store names it), its size and the
// size of its header. Used by staging as octets arrive, and by the checker.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "protocols/base/ids.hpp"

namespace stagecoach::store {

class body_digest {
 public:
  body_digest();
  ~body_digest();
  body_digest(body_digest&&) noexcept;
  body_digest& operator=(body_digest&&) noexcept;

  void add(std::string_view octets);
  [[nodiscard]] blob_hash hash();  // once, at the end
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // RFC 5322 2.1: up to and with the first empty line; all of the body when there is none.
  [[nodiscard]] std::uint32_t header_bytes() const;

 private:
  struct sha256;
  void look_for_empty_line(std::string_view octets);
  std::unique_ptr<sha256> sha256_;
  std::uint64_t size_ = 0;
  std::uint64_t header_end_ = 0;  // 0: not seen yet
  unsigned line_end_octets_ = 2;  // of CR LF CR LF the octets just seen; a body may begin with its empty line
};

[[nodiscard]] blob_hash hash_of(std::string_view body);

}  // namespace stagecoach::store
