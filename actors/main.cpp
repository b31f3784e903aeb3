#include <malloc.h>

#include "actors/commands/table.hpp"
#include "actors/runtime/memory.hpp"
#include "actors/runtime/record_memory.hpp"

namespace {
// Blocks from this size on go back to the system when they are freed. Left alone, glibc takes the first of them for a
// habit and keeps what follows in the heap (decision 28).
constexpr int returned_block_bytes = 1024 * 1024;
}  // namespace

int main(int count, char** words) {
  ::mallopt(M_MMAP_THRESHOLD, returned_block_bytes);
  const auto bounds = stagecoach::runtime::memory_bounds();
  stagecoach::runtime::prepare_memory(bounds);
  stagecoach::runtime::give_openssl_record_memory(
      stagecoach::runtime::record_slots(stagecoach::runtime::address_bound(bounds)));
  return stagecoach::commands::run(count, words);
}
