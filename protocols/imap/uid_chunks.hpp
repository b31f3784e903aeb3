// A set of UIDs in pieces of limited size, for questions that must not be as long as a mailbox.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "protocols/base/uid_set.hpp"

namespace stagecoach::imap {

class uid_chunks {
 public:
  uid_chunks() = default;
  explicit uid_chunks(uid_set all) : all_(std::move(all)) {}

  [[nodiscard]] bool done() const { return range_ == all_.ranges().size(); }

  // The next ones, at most `count`.
  uid_set next(std::size_t count) {
    uid_set chunk;
    while (count > 0 && !done()) {
      const auto& range = all_.ranges()[range_];
      const std::uint64_t first = std::uint64_t{range.first.value} + taken_;
      const std::uint64_t last = std::min<std::uint64_t>(range.last.value, first + count - 1);
      chunk.add(uid_range{uid{static_cast<std::uint32_t>(first)}, uid{static_cast<std::uint32_t>(last)}});
      const std::uint64_t size = last - first + 1;
      count -= static_cast<std::size_t>(size);
      taken_ += size;
      if (last == range.last.value) {
        ++range_;
        taken_ = 0;
      }
    }
    return chunk;
  }

 private:
  uid_set all_;
  std::size_t range_ = 0;
  std::uint64_t taken_ = 0;  // of the range
};

}  // namespace stagecoach::imap
