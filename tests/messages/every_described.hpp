// The described structs as a table of functions over bytes, so that a test or a fuzz target is a loop.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/json_read.hpp"
#include "protocols/base/json_write.hpp"
#include "protocols/base/record.hpp"
#include "tests/messages/all_described.hpp"
#include "tests/support/sample.hpp"

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

template <class T>
described_case case_of() {
  return {type_name<T>(),
          [](unsigned seed) { return write_record(sampler(seed).make<T>()); },
          [](unsigned seed) { return write_json(sampler(seed).make<T>()); },
          [](std::string_view record) -> result<std::string> {
            const auto read = read_record<T>(record);
            if (!read) return read.error();
            return write_record(*read);
          },
          [](std::string_view text) -> result<std::string, json_fault> {
            const auto read = read_json<T>(text, json_test_limits);
            if (!read) return read.error();
            return write_record(*read);
          },
          [](std::string_view record) { return write_json(*read_record<T>(record)); }};
}

inline const std::vector<described_case>& every_described() {
  static const std::vector<described_case> all = [] {
    std::vector<described_case> cases;
    for_each_described([&](auto type) { cases.push_back(case_of<typename decltype(type)::type>()); });
    return cases;
  }();
  return all;
}

}  // namespace stagecoach
