// What is known of a body once its last octet has passed: its SHA-256 (by which the store names it) and its size. Used
// by staging as octets arrive, and by the checker.
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

 private:
  struct sha256;
  std::unique_ptr<sha256> sha256_;
  std::uint64_t size_ = 0;
};

[[nodiscard]] blob_hash hash_of(std::string_view body);

}  // namespace stagecoach::store
