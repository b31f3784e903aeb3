// Strong types for every id and count, so that a UID can never be taken for a modseq. Values, comparable, hashable,
// without arithmetic except `next`.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace stagecoach {

template <class Tag, class Rep>
struct strong {
  using rep = Rep;
  Rep value{};
  friend constexpr auto operator<=>(const strong&, const strong&) = default;
  [[nodiscard]] constexpr strong next() const { return strong{static_cast<Rep>(value + 1)}; }
};

template <class T>
inline constexpr bool is_strong = false;
template <class Tag, class Rep>
inline constexpr bool is_strong<strong<Tag, Rep>> = true;

using account_id = strong<struct account_id_tag, std::uint64_t>;  // random, once, at creation; 0 is none
using mailbox_id = strong<struct mailbox_id_tag, std::uint32_t>;  // per account, counts up, never used again
using message_id = strong<struct message_id_tag, std::uint64_t>;  // per account, counts up; kept by MOVE
using uid = strong<struct uid_tag, std::uint32_t>;                // RFC 9051 2.3.1.1; 0 is none
using uid_validity = strong<struct uid_validity_tag, std::uint32_t>;
using modseq = strong<struct modseq_tag, std::uint64_t>;     // RFC 7162; one counter per account, first is 2
using unix_ms = strong<struct unix_ms_tag, std::int64_t>;    // a moment, milliseconds since 1970 UTC
using shard_id = strong<struct shard_id_tag, std::uint8_t>;  // 1 of 256, from the account id, never changes

// SHA-256 of a body: its address in the store.
struct blob_hash {
  std::array<std::uint8_t, 32> bytes{};
  friend constexpr auto operator<=>(const blob_hash&, const blob_hash&) = default;
};

// The shard is the top byte of a 64-bit mix of the account id (splitmix64's finaliser): stored keys depend on it.
[[nodiscard]] constexpr shard_id shard_of(account_id account) {
  std::uint64_t x = account.value;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  x ^= x >> 31;
  return shard_id{static_cast<std::uint8_t>(x >> 56)};
}

// Lower-case hex of any bytes; how hashes and trace ids are shown.
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::string to_hex(const blob_hash& hash);
// The bytes of an even number of hex digits; empty when it is anything else.
[[nodiscard]] std::string from_hex(std::string_view text);

}  // namespace stagecoach

template <class Tag, class Rep>
struct std::hash<stagecoach::strong<Tag, Rep>> {
  std::size_t operator()(const stagecoach::strong<Tag, Rep>& x) const noexcept { return std::hash<Rep>{}(x.value); }
};
template <>
struct std::hash<stagecoach::blob_hash> {
  std::size_t operator()(const stagecoach::blob_hash& x) const noexcept {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(x.bytes.data()), 8});
  }
};
