// A bounds-checked cursor over bytes, for text and for binary. Sticky: after its first failure every read yields
// nothing, so a parser checks once, at the end, and returns the fault with its offset. The bytes must outlive the
// reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/base/result.hpp"

namespace stagecoach {

class reader {
 public:
  explicit reader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return fault_.code == fault_code::none; }
  [[nodiscard]] const fault& error() const { return fault_; }
  [[nodiscard]] bool at_end() const { return !ok() || at_ == bytes_.size(); }
  [[nodiscard]] std::size_t offset() const { return at_; }
  [[nodiscard]] std::string_view rest() const { return ok() ? bytes_.substr(at_) : std::string_view{}; }

  // The first failure stays; returns false so that `return in.fail(...)` reads well in predicates.
  bool fail(fault_code code, std::string_view what) {
    if (ok()) fault_ = fault{code, at_, what};
    return false;
  }

  // --- text ---
  [[nodiscard]] char peek() const { return ok() && at_ < bytes_.size() ? bytes_[at_] : '\0'; }
  // Takes the literal if it stands here; no failure otherwise.
  bool skip(char c) {
    if (at_end() || bytes_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool skip(std::string_view literal) {
    if (!ok() || bytes_.substr(at_, literal.size()) != literal) return false;
    at_ += literal.size();
    return true;
  }
  // Same, ASCII letters without case.
  bool skip_nocase(std::string_view literal);
  bool expect(char c, std::string_view what) { return skip(c) || fail(fault_code::syntax, what); }
  // The longest run of bytes for which the predicate holds; may be empty.
  template <class Predicate>
  std::string_view take_while(Predicate holds) {
    if (!ok()) return {};
    const std::size_t from = at_;
    while (at_ < bytes_.size() && holds(bytes_[at_])) ++at_;
    return bytes_.substr(from, at_ - from);
  }
  // Decimal digits without sign, at most `max`; leading zeros are allowed. Fails without digits or above max.
  std::uint64_t number(std::uint64_t max, std::string_view what);

  // --- binary ---
  std::string_view take(std::size_t count, std::string_view what) {
    if (!ok()) return {};
    if (count > bytes_.size() - at_) {
      fail(fault_code::truncated, what);
      return {};
    }
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  // A reader of the next `size` bytes, which this one passes over. Its offsets count from the start of the whole input.
  [[nodiscard]] reader part(std::size_t size, std::string_view what);
  // Takes over the failure of a part.
  void join(const reader& part) {
    if (ok()) fault_ = part.fault_;
  }
  std::uint8_t byte(std::string_view what);
  std::uint32_t fixed32(std::string_view what);  // little endian
  std::uint64_t fixed64(std::string_view what);  // little endian
  std::uint64_t varint(std::string_view what);   // LEB128, at most 10 bytes

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  fault fault_;
};

// The writing half of the binary forms.
void put_varint(std::string& out, std::uint64_t value);
void put_fixed32(std::string& out, std::uint32_t value);
void put_fixed64(std::string& out, std::uint64_t value);
// What is appended between these two is preceded by its length as a varint; `start` is what the first one returned.
[[nodiscard]] std::size_t open_sized(std::string& out);
void close_sized(std::string& out, std::size_t start);

// ASCII only: the protocols' own case folding, never for text of people.
[[nodiscard]] constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
[[nodiscard]] constexpr char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
[[nodiscard]] bool equal_nocase(std::string_view a, std::string_view b);
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] std::string ascii_upper(std::string_view text);

}  // namespace stagecoach
