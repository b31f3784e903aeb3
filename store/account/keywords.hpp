// Keywords as they are stored: on a message and in the list of its mailbox, which only grows (RFC 9051 2.3.2;
// mail-server-behaviour 5.3 and rows 51-53). The protocol cores spell them; here is what a row may hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/flags.hpp"

namespace stagecoach::store {

// The list is part of the mailbox's row, which every delivery writes: it must not grow without end.
inline constexpr std::size_t mailbox_keywords_max = 1000;

// Printable ASCII without `(){%*"\]`, lower-case, and not one of the `$` flags that are bits, which are never keywords.
[[nodiscard]] bool is_storable_keyword(std::string_view keyword);
// Of storable keywords, sorted, each once.
[[nodiscard]] bool are_storable_keywords(const std::vector<std::string>& keywords);
// Storable keywords and no bit without a meaning.
[[nodiscard]] bool are_storable_flags(const message_flags& flags);

// Both are sorted: how many of `more` are not in `list`.
[[nodiscard]] std::size_t count_missing(const std::vector<std::string>& list, const std::vector<std::string>& more);
// Both are sorted; what is missing in `list` is put in.
void merge_keywords(std::vector<std::string>& list, const std::vector<std::string>& more);

}  // namespace stagecoach::store
