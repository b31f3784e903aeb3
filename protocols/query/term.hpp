// One thing that a search line asks for, as steps of a search program. Each leaves one value on the program's stack.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocols/imap/search_program.hpp"

namespace stagecoach::query {

// Subject, addresses or text hold it.
void put_word(imap::search_program& program, std::string_view word);

// False, and nothing is put: there is no such tag, or it cannot take the value. `tag` is lower-case.
[[nodiscard]] bool put_tagged(imap::search_program& program, std::string_view tag, std::string_view value,
                              std::int64_t today);

}  // namespace stagecoach::query
