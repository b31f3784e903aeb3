// result<T>: a value, or why there is none. Not throwing, not ignorable. For a world that is wrong (input, disk, peer);
// when we are wrong use CHECK, when there simply is none use std::optional.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocols/base/check.hpp"

namespace stagecoach {

// The spellings (fault_name) are log keys and metric labels: never renamed, tests/data/fault_codes.txt holds them.
enum class fault_code : unsigned char {
  none = 0,
  syntax = 1,        // not of the grammar
  too_long = 2,      // a limit on length, count or depth
  out_of_range = 3,  // a number that the grammar allows and the meaning does not
  truncated = 4,     // ended too early
  unknown_field = 5,
  wrong_type = 6,
  duplicate = 7,
  not_utf8 = 8,
  corrupt = 9,  // stored data that cannot be what we wrote
  not_found = 10,
  disk = 11,  // a system call on a file failed
  full = 12,  // disk or quota
  newer_format = 13,
  busy = 14,        // somebody else holds it
  not_empty = 15,   // it holds what must go first
  overloaded = 16,  // too little memory for it now
};

[[nodiscard]] constexpr std::string_view fault_name(fault_code code) {
  switch (code) {
    case fault_code::none:
      return "none";
    case fault_code::syntax:
      return "syntax";
    case fault_code::too_long:
      return "too_long";
    case fault_code::out_of_range:
      return "out_of_range";
    case fault_code::truncated:
      return "truncated";
    case fault_code::unknown_field:
      return "unknown_field";
    case fault_code::wrong_type:
      return "wrong_type";
    case fault_code::duplicate:
      return "duplicate";
    case fault_code::not_utf8:
      return "not_utf8";
    case fault_code::corrupt:
      return "corrupt";
    case fault_code::not_found:
      return "not_found";
    case fault_code::disk:
      return "disk";
    case fault_code::full:
      return "full";
    case fault_code::newer_format:
      return "newer_format";
    case fault_code::busy:
      return "busy";
    case fault_code::not_empty:
      return "not_empty";
    case fault_code::overloaded:
      return "overloaded";
  }
  return "none";
}

// For parsers: no allocation, `what` is static text, `offset` counts bytes from the start of the input.
struct fault {
  fault_code code = fault_code::none;
  std::size_t offset = 0;
  std::string_view what;
  friend bool operator==(const fault&, const fault&) = default;
};

// For disks and peers, where the reason is known only at run time: names the thing and the place.
struct failure {
  fault_code code = fault_code::none;
  std::string what;
  friend bool operator==(const failure&, const failure&) = default;
};

template <class T, class E = fault>
class [[nodiscard]] result {
 public:
  result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  const T& operator*() const& {
    CHECK(*this);
    return *std::get_if<0>(&state_);
  }
  T& operator*() & {
    CHECK(*this);
    return *std::get_if<0>(&state_);
  }
  T&& operator*() && {
    CHECK(*this);
    return std::move(*std::get_if<0>(&state_));
  }
  const T* operator->() const {
    CHECK(*this);
    return std::get_if<0>(&state_);
  }
  T* operator->() {
    CHECK(*this);
    return std::get_if<0>(&state_);
  }
  const E& error() const {
    CHECK(!*this);
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, E> state_;
};

// result<done>: an effect that has nothing to return.
using done = std::monostate;

}  // namespace stagecoach
