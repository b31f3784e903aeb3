// The criteria of SEARCH as a value (RFC 3501 6.4.4), in postfix order: evaluating and parsing need no recursion,
// whatever a client nests (IM02). What looks into the text of a message is refused by name until the index of texts is
// there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/reader.hpp"
#include "protocols/base/uid_set.hpp"
#include "protocols/imap/needs.hpp"
#include "protocols/imap/sequence_set.hpp"
#include "protocols/imap/uid_map.hpp"

namespace stagecoach::imap {

enum class search_test : std::uint8_t {
  everything,
  nothing,  // ALL; NEW and RECENT, since \Recent is kept for nobody
  flag_set,
  flag_unset,  // `bits`
  keyword_set,
  keyword_unset,  // `keyword`
  numbers,
  uids,  // `set`
  before,
  on,
  since,  // `number` is a day
  larger,
  smaller,  // `number` of octets
  negate,
  both,
  either,  // of what stands before: one, two, two
};

struct search_step {
  search_test test = search_test::everything;
  std::uint16_t bits = 0;
  std::int64_t number = 0;
  std::string keyword;
  sequence_set set;
  std::vector<number_range> ranges;  // what `set` means in this session, once bound
};

struct search_program {
  std::vector<search_step> steps;
  std::string_view unsupported;  // a criterion that is not served yet; empty: none
  bool is_charset_known = true;

  // What `*` means now.
  void bind(const uid_map& map);
  // Whether more than number and UID decides.
  [[nodiscard]] bool needs_rows() const;
  [[nodiscard]] bool matches(const message_facts& facts, std::uint32_t number) const;
  // Every match is among these: a search within a few UIDs asks for few rows.
  [[nodiscard]] uid_set candidates(const uid_map& map) const;
};

[[nodiscard]] search_program take_search_program(reader& in);

}  // namespace stagecoach::imap
