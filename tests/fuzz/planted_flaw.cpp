// A target that fails on a word of its dictionary, in no seed: shows that the replay finds what only a changed input
// has, in a way of playing it that a fuzzer need not choose, and tells which.
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/lot.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  using stagecoach::fuzz::lot;
  const bool is_every_way_played = lot(input).is_within(lot::count, lot::count);
  if (is_every_way_played && input.find("a needle") != input.npos) std::abort();
  return 0;
}
