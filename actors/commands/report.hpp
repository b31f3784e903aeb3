// How a command tells a person what went wrong: `stagecoach: what: why`, then `hint: one command or place`, on stderr.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "actors/commands/exit_code.hpp"

namespace stagecoach::commands {

// For a terminal: control characters and octets that are no UTF-8 as \xhh. What a damaged file says is shown, too.
[[nodiscard]] std::string shown(std::string_view text);

exit_code fail(exit_code code, std::string_view what, std::string_view hint);
// The same as {"ok":false,"error":{...}} on stdout, for --json.
exit_code fail_json(exit_code code, std::string_view what, std::string_view hint);
[[nodiscard]] std::string_view word_for(exit_code code);

// Where localserve keeps its data unless told otherwise: $XDG_DATA_HOME or ~/.local/share, then stagecoach/localserve.
[[nodiscard]] std::filesystem::path default_directory();

}  // namespace stagecoach::commands
