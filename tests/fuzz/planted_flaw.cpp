// A target that fails on a word of its dictionary, in no seed: shows that the replay finds what only a changed input
// has, and tells which.
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.find("a needle") != input.npos) std::abort();
  return 0;
}
