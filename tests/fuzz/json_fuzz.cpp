// Any text as the JSON of any struct (the first byte chooses): refused with a reason, or a value that comes back from
// its own JSON. A text that some struct accepts is one whose syntax is right.
#include <algorithm>
#include <cstdint>

#include "protocols/base/check.hpp"
#include "tests/messages/every_described.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto& all = stagecoach::every_described();
  const auto& message = all[data[0] % all.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

  const auto syntax =
      stagecoach::visit_json(text, stagecoach::json_test_limits, [](stagecoach::json_cursor& root) { root.skip(); });
  const auto read = message.through_json(text);
  if (!read) {
    CHECK(read.error().code != stagecoach::fault_code::none && !read.error().what.empty());
    CHECK(!read.error().offset || *read.error().offset <= text.size());
    return 0;
  }
  CHECK(!syntax);
  const auto again = message.through_json(message.json_of(*read));
  CHECK(again && *again == *read);
  return 0;
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

// Now and then the input becomes an honest value, so that the search starts from all structs and needs no seed files.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t size_max,
                                               unsigned seed) {
  if (seed % 128 != 0) return LLVMFuzzerMutate(data, size, size_max);
  const auto& all = stagecoach::every_described();
  const std::size_t chosen = seed / 128 % all.size();
  const auto honest = all[chosen].sample_json(seed);
  if (honest.size() + 1 > size_max) return size;
  data[0] = static_cast<std::uint8_t>(chosen);
  std::copy(honest.begin(), honest.end(), data + 1);
  return honest.size() + 1;
}
