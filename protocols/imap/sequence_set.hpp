// Sets of message numbers or UIDs as clients write them (RFC 3501 9, sequence-set): 1,3:5,7:*. What they mean is said
// by the uid_map of the session.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/base/ids.hpp"
#include "protocols/base/reader.hpp"

namespace stagecoach::imap {

struct sequence_range {
  std::uint32_t first = 0;  // 0 is `*`, the largest in the mailbox
  std::uint32_t last = 0;
  friend bool operator==(const sequence_range&, const sequence_range&) = default;
};

struct sequence_set {
  std::vector<sequence_range> ranges;
  bool is_saved = false;  // `$`, the result of the last SEARCH with SAVE (RFC 9051 6.4.4.1); then there are no ranges
  friend bool operator==(const sequence_set&, const sequence_set&) = default;
};

// The numbers of a set as ranges, sorted and merged; `largest` stands for `*`. 3:1 is 1:3 (RFC 3501 9).
struct number_range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  friend bool operator==(const number_range&, const number_range&) = default;
};
[[nodiscard]] std::vector<number_range> resolve(const sequence_set& set, std::uint32_t largest);

// 0 and what exceeds 32 bits are faults (IM08).
[[nodiscard]] sequence_set take_sequence_set(reader& in);
[[nodiscard]] std::string write_sequence_set(const sequence_set& set);
[[nodiscard]] std::string write_ranges(const std::vector<number_range>& ranges);
// Keeps the order, since the two sets of COPYUID correspond (RFC 4315 3); runs that count up become ranges.
[[nodiscard]] std::string write_uids_in_order(const std::vector<uid>& uids);

}  // namespace stagecoach::imap
