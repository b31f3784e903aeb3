// The criteria of SEARCH as a value (RFC 3501 6.4.4), in postfix order: evaluating and parsing need no recursion,
// whatever a client nests (IM02). What looks into a message is judged only when the rest does not decide: `matches`
// then says unknown, and search_content.hpp finds out.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/reader.hpp"
#include "protocols/base/uid_set.hpp"
#include "protocols/imap/limits.hpp"
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
  content,  // `number` is the place in `contents`
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

// Where a criterion looks, from cheap to dear: the stored structure, the header, all octets of the message.
enum class search_place : std::uint8_t {
  subject,
  from,
  to,
  cc,
  bcc,
  sent_before,
  sent_on,
  sent_since,  // the day of the Date field
  header,
  body,
  text,
  attachment,  // anything but the texts that are shown; asked by a page's search line
};

struct content_test {
  search_place place = search_place::subject;
  std::string field;     // of place header, lower-case
  std::string needle;    // UTF-8, case folded; empty: the field is there
  std::int64_t day = 0;  // of the sent_ places
};

// Values that wait to be combined: at most one for each level of nesting, and two to combine.
inline constexpr std::size_t search_stack_max = nesting_max + 4;

enum class truth : std::uint8_t { no, yes, unknown };

struct search_program {
  std::vector<search_step> steps;
  std::vector<content_test> contents;
  bool names_charset = false;
  bool is_charset_known = true;

  // What `*` and `$` mean now.
  void bind(const uid_map& map, const uid_set& saved);
  // Whether more than number and UID decides: facts must then be whole.
  [[nodiscard]] bool needs_rows() const;
  // Whether what is true of a message can be different after its flags were changed.
  [[nodiscard]] bool looks_at_flags() const;
  // `known` holds what was found of each of `contents`. Unknown: it depends on those that are unknown.
  [[nodiscard]] truth matches(const message_facts& facts, std::uint32_t number, std::span<const truth> known) const;
  // Every match is among these: a search within a few UIDs asks for few rows.
  [[nodiscard]] uid_set candidates(const uid_map& map) const;
};

// search_parse.cpp
[[nodiscard]] search_program take_search_program(reader& in);

}  // namespace stagecoach::imap
