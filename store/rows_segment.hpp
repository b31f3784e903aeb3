// The row of a segment file: how much of it is known and how much of that is in use. Written with the rows of the
// bodies.
#pragma once

#include <cstdint>

#include "protocols/base/described.hpp"
#include "protocols/base/record.hpp"

namespace stagecoach::store {

struct segment_row {
  std::uint64_t bytes = 0;       // of the file, up to the end of the last record that the index knows
  std::uint64_t live_bytes = 0;  // of the records that a body's row names
  bool is_sealed = false;        // nothing is appended any more
  bool is_dead = false;          // no row names a body in it; the file goes
  static constexpr auto fields =
      described(field(1, "bytes", &segment_row::bytes), field(2, "live_bytes", &segment_row::live_bytes),
                field(3, "is_sealed", &segment_row::is_sealed), field(4, "is_dead", &segment_row::is_dead));
  friend bool operator==(const segment_row&, const segment_row&) = default;
};

// How many commits the index holds. A body's record tells how many there were when it was written, so that an index
// which has lost some is recognised (store/blobs.hpp).
struct sequence_row {
  std::uint64_t commits = 0;
  static constexpr auto fields = described(field(1, "commits", &sequence_row::commits));
  friend bool operator==(const sequence_row&, const sequence_row&) = default;
};

struct format_row {
  std::uint32_t version = 0;
  static constexpr auto fields = described(field(1, "version", &format_row::version));
  friend bool operator==(const format_row&, const format_row&) = default;
};

}  // namespace stagecoach::store

// Compiled in rows.cpp.
namespace stagecoach {
extern template struct record_of<store::segment_row>;
extern template struct record_of<store::sequence_row>;
extern template struct record_of<store::format_row>;
}  // namespace stagecoach
