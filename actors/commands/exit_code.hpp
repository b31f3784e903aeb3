// What a command exits with. Documented in `stagecoach help`; scripts depend on the numbers.
#pragma once

#include <string_view>

namespace stagecoach::commands {

enum class exit_code : int {
  good = 0,
  failed = 1,
  wrong_usage = 2,
  configuration_invalid = 3,
  problems_found = 4,
  not_permitted = 5,
  not_reachable = 6,
  already_there = 7,  // exists already, or the port is taken
  timed_out = 8,
  partly_done = 9,
};

inline constexpr std::string_view exit_codes_text =
    "0 done, 1 failed, 2 wrong usage, 3 configuration invalid, 4 a check found problems, 5 not permitted,\n"
    "6 server not reachable, 7 already exists or port taken, 8 timed out, 9 partly done";

}  // namespace stagecoach::commands
