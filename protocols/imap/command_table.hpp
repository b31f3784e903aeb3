// The one table of commands: where each is allowed, what it does to message numbers, what it needs first, which
// capability announces it and which RFC defines it. The order of responses, pipelining and the capability list follow
// from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocols/base/reader.hpp"
#include "protocols/imap/command.hpp"

namespace stagecoach::imap {

enum class allowed : std::uint8_t { always, signed_out, signed_in, selected };

// RFC 3501 7.4.1: while a command uses message numbers, no EXPUNGE is told; all others end with what is pending.
enum class numbers : std::uint8_t { unaffected, used };

enum class sync : std::uint8_t {
  not_needed,
  first
};  // ask need_changes before it runs, so that it shows what is so now

struct command_row {
  std::string_view name;  // upper case; "UID FETCH" is a name
  allowed when = allowed::always;
  numbers use = numbers::unaffected;
  sync up_to_date = sync::not_needed;
  std::string_view capability;  // or several, with spaces between; empty: part of IMAP4rev1
  std::string_view rfc;
  // Reads the arguments, from the space before the first to the end.
  parsed_command (*parse)(reader& in) = nullptr;
};

[[nodiscard]] std::span<const command_row> command_table();
[[nodiscard]] const command_row* find_command(std::string_view upper_name);
[[nodiscard]] bool is_allowed(const command_row& row, const session_state& session);

}  // namespace stagecoach::imap
