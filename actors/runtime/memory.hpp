// How much memory this process may have and has, and what it does when that becomes little: a doorman asks is_tight()
// before he lets in what would need more (edge/), so that nobody is refused in the middle. A reserve is given up when
// an allocation fails all the same; only when that is gone too does it fail.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/world.hpp"

namespace stagecoach::runtime {

// Octets. Of bounds: 0 is none.
struct memory_figures {
  std::uint64_t address_space = 0;  // ulimit -v
  std::uint64_t data = 0;           // ulimit -d
  std::uint64_t resident = 0;  // the machine's memory, or the cgroup's; of what is taken, what has no file behind it
};

// More than four fifths of any bound are taken.
[[nodiscard]] bool is_tight(const memory_figures& taken, const memory_figures& bounds);
// The smallest bound; 0: none.
[[nodiscard]] std::uint64_t smallest(const memory_figures& bounds);
// The smaller of those that make an allocation fail; 0: none.
[[nodiscard]] std::uint64_t address_bound(const memory_figures& bounds);
// What /proc/self/statm says. None: it says something else.
[[nodiscard]] std::optional<memory_figures> parse_statm(std::string_view text, std::uint64_t page_bytes);
// The files that bound the cgroup of a process, given its /proc/PID/cgroup: those of version 2 and 1, from its own up
// to the root.
[[nodiscard]] std::vector<std::string> cgroup_limit_files(std::string_view cgroup);

// Read once, at the start.
[[nodiscard]] memory_figures memory_bounds();
// Before any thread is made, by main: with little address space glibc keeps no arenas of 64 MB for each thread, and the
// reserve is taken.
void prepare_memory(const memory_figures& bounds);

// The real gauge. Looks at the kernel's figures every millisecond at most.
class process_memory final : public memory_gauge {
 public:
  process_memory();
  process_memory(const process_memory&) = delete;
  process_memory& operator=(const process_memory&) = delete;
  ~process_memory() override;
  [[nodiscard]] bool is_tight() const override;
  [[nodiscard]] std::uint64_t bound() const override { return smallest(bounds_); }

 private:
  [[nodiscard]] bool look() const;

  memory_figures bounds_;
  int statm_;  // kept open: with no descriptor left it must still be read
  mutable std::atomic<std::int64_t> next_look_{0};
  mutable std::atomic<bool> is_tight_{false};
};

}  // namespace stagecoach::runtime
