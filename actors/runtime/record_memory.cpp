#include "actors/runtime/record_memory.hpp"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "protocols/base/check.hpp"

namespace stagecoach::runtime {

record_memory::record_memory(std::size_t slots) : slots_(slots) {
  void* range =
      mmap(nullptr, slots * slot_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) return;
  madvise(range, slots * slot_bytes, MADV_NOHUGEPAGE);  // a slot in use must not keep a hundred others
  begin_ = static_cast<char*>(range);
  free_.reset(new std::uint32_t[slots]);  // not touched before it is needed
}

record_memory::~record_memory() {
  if (begin_ != nullptr) munmap(begin_, slots_ * slot_bytes);
}

bool record_memory::owns(const void* what) const {
  const auto* octet = static_cast<const char*>(what);
  return begin_ != nullptr && octet >= begin_ && octet < begin_ + slots_ * slot_bytes;
}

void* record_memory::take() {
  const std::lock_guard held(mutex_);
  if (warm_count_ > 0) return begin_ + warm_[--warm_count_] * slot_bytes;
  if (free_count_ > 0) return begin_ + free_[--free_count_] * slot_bytes;
  if (begin_ == nullptr || unused_ == slots_) return nullptr;
  return begin_ + unused_++ * slot_bytes;
}

void record_memory::give(void* what) {
  CHECK(owns(what));
  const auto slot =
      static_cast<std::uint32_t>(static_cast<std::size_t>(static_cast<char*>(what) - begin_) / slot_bytes);
  const std::lock_guard held(mutex_);
  if (warm_count_ < warm_max) {
    warm_[warm_count_++] = slot;
    return;
  }
  madvise(what, slot_bytes, MADV_DONTNEED);
  free_[free_count_++] = slot;
}

namespace {

constexpr std::size_t slots_max = 100'000;  // addresses, not memory; what is beyond comes from the heap
constexpr std::uint64_t share_of_addresses = 16;

record_memory* records = nullptr;

void* take(std::size_t bytes, const char*, int) {
  if (bytes == 0) return nullptr;  // as OpenSSL's own does
  if (bytes >= record_memory::least_bytes && bytes <= record_memory::slot_bytes)
    if (void* slot = records->take()) return slot;
  return std::malloc(bytes);
}

void give(void* what, const char*, int) {
  if (records->owns(what)) {
    records->give(what);
  } else {
    std::free(what);
  }
}

void* take_instead(void* what, std::size_t bytes, const char* file, int line) {
  if (what == nullptr) return take(bytes, file, line);
  if (bytes == 0) {
    give(what, file, line);
    return nullptr;
  }
  if (!records->owns(what)) return std::realloc(what, bytes);
  void* other = take(bytes, file, line);
  if (other == nullptr) return nullptr;
  std::memcpy(other, what, std::min(bytes, record_memory::slot_bytes));
  give(what, file, line);
  return other;
}

}  // namespace

std::size_t record_slots(std::uint64_t address_bytes) {
  if (address_bytes == 0) return slots_max;
  return std::min<std::uint64_t>(slots_max, address_bytes / share_of_addresses / record_memory::slot_bytes);
}

void give_openssl_record_memory(std::size_t slots) {
#ifdef __SANITIZE_ADDRESS__
  return;  // which sees more of what lies in the common heap
#endif
  static record_memory all(slots);  // outlives OpenSSL's own clean-up at exit
  records = &all;
  CHECK(CRYPTO_set_mem_functions(take, take_instead, give) == 1);
}

}  // namespace stagecoach::runtime
