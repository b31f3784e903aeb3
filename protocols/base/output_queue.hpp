// What a protocol core yields, in order, until its connection takes it: next() after every call. A queue that has been
// emptied keeps a little room for what comes next, so that a core that answers octet by octet allocates nothing, and an
// idle session holds less than with a std::deque.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "protocols/base/check.hpp"

namespace stagecoach {

template <class Output>
class output_queue {
 public:
  void put(Output&& one) {
    if (taken_ > 0 && all_.size() == all_.capacity()) forget_taken();
    all_.push_back(std::move(one));
  }

  [[nodiscard]] std::optional<Output> next() {
    if (is_empty()) return std::nullopt;
    std::optional<Output> first(std::move(all_[taken_++]));
    if (is_empty()) release();
    return first;
  }

  [[nodiscard]] bool is_empty() const { return taken_ == all_.size(); }
  [[nodiscard]] std::size_t capacity() const { return all_.capacity(); }
  [[nodiscard]] std::size_t size() const { return all_.size() - taken_; }
  // The one that was put last; nullptr: there is none. Until the next call of put or next.
  [[nodiscard]] Output* last() { return is_empty() ? nullptr : &all_.back(); }
  void drop_last() {
    CHECK(!is_empty());
    all_.pop_back();
    if (is_empty()) release();
  }

 private:
  static constexpr std::size_t kept_bytes_max = 512;  // by an idle session

  void forget_taken() {
    all_.erase(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  void release() {
    all_.clear();
    taken_ = 0;
    // Not `= {}`, which would be the assignment of an empty list, and keep the room.
    if (all_.capacity() * sizeof(Output) > kept_bytes_max) all_ = std::vector<Output>();
  }

  std::vector<Output> all_;
  std::size_t taken_ = 0;  // the first ones of `all_`
};

}  // namespace stagecoach
