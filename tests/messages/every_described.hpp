// The described structs as a table of functions over bytes, so that a test or a fuzz target is a loop.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/json_read.hpp"

namespace stagecoach {

// Values are compared by their records, which are equal if and only if the values are.
struct described_case {
  std::string name;
  std::string (*sample_record)(unsigned seed);
  std::string (*sample_json)(unsigned seed);
  result<std::string> (*through_record)(std::string_view record);          // read, written
  result<std::string, json_fault> (*through_json)(std::string_view text);  // read, written as a record
  std::string (*json_of)(std::string_view record);                         // of a record that can be read
};

inline constexpr json_limits json_test_limits{1 << 20, unknown_members::refuse};

const std::vector<described_case>& every_described();

}  // namespace stagecoach
