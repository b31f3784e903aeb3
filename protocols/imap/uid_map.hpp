// Message sequence number <-> UID as one session sees them (RFC 3501 2.3.1). Numbers are counted over ranges of UIDs,
// so a mailbox of a million messages without gaps costs one entry. It changes only when the client is told.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/base/ids.hpp"
#include "protocols/base/uid_set.hpp"
#include "protocols/imap/sequence_set.hpp"

namespace stagecoach::imap {

class uid_map {
 public:
  uid_map() = default;
  explicit uid_map(const uid_set& uids);

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] uid last() const;  // 0 when empty
  [[nodiscard]] bool contains(uid one) const { return number_of(one) != 0; }
  [[nodiscard]] std::uint32_t number_of(uid one) const;  // 0: not here
  [[nodiscard]] uid at(std::uint32_t number) const;      // 1 to size()

  // RFC 3501 7.3.1: new messages come at the end; what is not above last() is left out.
  void append(const uid_set& added);

  // Takes them out and returns the numbers to tell, each counted after the ones before it (RFC 3501 7.4.1).
  std::vector<std::uint32_t> remove(const uid_set& gone);

  // Which messages a client means. By number: none when a number is above size(), which is the client's error
  // (RFC 9051 9, seq-number). By UID: what does not exist is left out; `*` is the last.
  [[nodiscard]] std::optional<uid_set> by_number(const sequence_set& set) const;
  [[nodiscard]] uid_set by_uid(const sequence_set& set) const;
  [[nodiscard]] uid_set all() const;
  [[nodiscard]] uid_set between(uid first, uid last) const;

 private:
  struct run {
    std::uint32_t first = 0;   // UID
    std::uint32_t last = 0;    // UID
    std::uint32_t number = 0;  // of first
  };
  [[nodiscard]] std::vector<run>::const_iterator run_of(std::uint32_t uid_value) const;
  void add_numbers(uid_set& out, number_range range) const;
  void push(std::uint32_t first, std::uint32_t last);

  std::vector<run> runs_;
  std::uint32_t size_ = 0;
};

}  // namespace stagecoach::imap
