// The search line of a page, read into the same program that SEARCH of IMAP makes, so a scan and a change are judged by
// one matcher (user-experience.md 1.4):
//
//     query = all *("OR" all)
//     all   = *(["-" | "NOT"] ("(" query ")" | [tag ":"] value))
//     value = word | "text with spaces", where "" is a quote
//
// Every line means something: what is no known tag, and a value that its tag cannot take, is a word to look for; a
// quote or bracket that is not closed ends with the line. Words are looked for in subject, addresses and text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocols/base/result.hpp"
#include "protocols/imap/search_program.hpp"

namespace stagecoach::query {

inline constexpr std::size_t line_bytes_max = 1000;
inline constexpr std::size_t terms_max = 40;  // of one line: work is terms times messages
inline constexpr unsigned nesting_max = 20;   // brackets; deeper ones are characters of words

// `today` is the day since 1970 that ages are counted from. Fails with too_long.
[[nodiscard]] result<imap::search_program> parse_query(std::string_view line, std::int64_t today);

}  // namespace stagecoach::query
