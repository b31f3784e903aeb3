#include "tests/messages/every_described.hpp"

#include "protocols/base/json_write.hpp"
#include "protocols/base/record.hpp"
#include "tests/messages/all_described.hpp"
#include "tests/support/sample.hpp"

namespace stagecoach {

namespace {

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

}  // namespace

const std::vector<described_case>& every_described() {
  static const std::vector<described_case> all = [] {
    std::vector<described_case> cases;
    for_each_described([&](auto type) { cases.push_back(case_of<typename decltype(type)::type>()); });
    return cases;
  }();
  return all;
}

}  // namespace stagecoach
