// Memory for the buffers in which OpenSSL holds one TLS record, or a handshake. They are needed for moments, by
// thousands of connections at once while these begin, and are a hundred times larger than what lives long: in the
// common heap they leave holes that never close. Here they have an address range of their own, and what is free goes
// back to the system.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

namespace stagecoach::runtime {

class record_memory {
 public:
  static constexpr std::size_t slot_bytes = 24 * 1024;   // 16,384 octets, which OpenSSL rounds up to 21,848; in pages
  static constexpr std::size_t least_bytes = 16 * 1024;  // smaller ones are not for here

  explicit record_memory(std::size_t slots);  // address space only, until they are used
  record_memory(const record_memory&) = delete;
  record_memory& operator=(const record_memory&) = delete;
  ~record_memory();

  // Null when there is none left.
  [[nodiscard]] void* take();
  void give(void* what);
  [[nodiscard]] bool owns(const void* what) const;

 private:
  static constexpr std::size_t warm_max = 32;  // free slots that keep their pages

  std::mutex mutex_;
  const std::size_t slots_;
  char* begin_ = nullptr;                  // null: the system had no address range for us
  std::uint32_t unused_ = 0;               // this one and those behind it were never taken
  std::unique_ptr<std::uint32_t[]> free_;  // a stack
  std::size_t free_count_ = 0;
  std::array<std::uint32_t, warm_max> warm_{};  // another
  std::size_t warm_count_ = 0;
};

// How many slots a process gets that may have so many octets of addresses; 0: as many as it likes.
[[nodiscard]] std::size_t record_slots(std::uint64_t address_bytes);
// From now on OpenSSL takes its record buffers from so many slots, and from the heap when they are used up. Once,
// before anything else of OpenSSL is called.
void give_openssl_record_memory(std::size_t slots);

}  // namespace stagecoach::runtime
