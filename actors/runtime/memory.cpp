#include "actors/runtime/memory.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <new>

namespace stagecoach::runtime {

namespace {

using namespace std::chrono_literals;

// A reader of bodies takes 100 MB in 20 ms. Looking is three microseconds, but giving back what is free, while it is
// tight, is milliseconds.
constexpr std::chrono::nanoseconds look_every = 1ms;
constexpr std::chrono::nanoseconds look_every_when_tight = 20ms;
constexpr std::uint64_t reserve_bytes_max = 32ULL << 20;

// --- the reserve: addresses that nobody uses. The process has one. ---

std::atomic<void*> reserve{nullptr};
std::size_t reserve_bytes = 0;  // 0: allocations do not fail here, the kernel ends the process

void hold_reserve() {
  if (reserve_bytes == 0 || reserve.load() != nullptr) return;
  void* range =
      mmap(nullptr, reserve_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  void* none = nullptr;
  if (range != MAP_FAILED && !reserve.compare_exchange_strong(none, range)) munmap(range, reserve_bytes);
}

// An allocation has failed; when this returns it is tried again.
void on_no_memory() {
  void* range = reserve.exchange(nullptr);
  if (range == nullptr) throw std::bad_alloc();
  munmap(range, reserve_bytes);
}

// --- figures ---

std::optional<std::uint64_t> number_at_start(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

void bound_by(std::uint64_t& bound, std::uint64_t other) {
  if (other != 0 && (bound == 0 || other < bound)) bound = other;
}

std::uint64_t limit_of(decltype(RLIMIT_AS) what) {
  rlimit limit{};
  return getrlimit(what, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : 0;
}

std::string contents_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_over(std::uint64_t taken, std::uint64_t bound) { return bound != 0 && taken > bound / 5 * 4; }

}  // namespace

bool is_tight(const memory_figures& taken, const memory_figures& bounds) {
  return is_over(taken.address_space, bounds.address_space) || is_over(taken.data, bounds.data) ||
         is_over(taken.resident, bounds.resident);
}

std::uint64_t smallest(const memory_figures& bounds) {
  std::uint64_t found = bounds.address_space;
  bound_by(found, bounds.data);
  bound_by(found, bounds.resident);
  return found;
}

std::uint64_t address_bound(const memory_figures& bounds) { return smallest({bounds.address_space, bounds.data, 0}); }

std::optional<memory_figures> parse_statm(std::string_view text, std::uint64_t page_bytes) {
  std::array<std::uint64_t, 6> pages{};  // size resident shared text lib data
  for (auto& one : pages) {
    const auto value = number_at_start(text);
    if (!value) return std::nullopt;
    one = *value;
    text.remove_prefix(std::min(text.find(' '), text.size()));
    text.remove_prefix(std::min<std::size_t>(1, text.size()));
  }
  return memory_figures{pages[0] * page_bytes, pages[5] * page_bytes,
                        (pages[1] - std::min(pages[1], pages[2])) * page_bytes};
}

std::vector<std::string> cgroup_limit_files(std::string_view cgroup) {
  std::vector<std::string> files;
  while (!cgroup.empty()) {
    const auto line = cgroup.substr(0, cgroup.find('\n'));
    cgroup.remove_prefix(std::min(line.size() + 1, cgroup.size()));
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const bool is_newer = controllers.empty();
    if (!is_newer && controllers != "memory") continue;
    const std::string root = is_newer ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    for (std::string path(line.substr(second + 1));; path.erase(path.rfind('/'))) {
      if (path.ends_with('/')) path.pop_back();
      for (const char* name : {"memory.max", "memory.high", "memory.limit_in_bytes"})
        if (is_newer == (std::string_view(name) != "memory.limit_in_bytes")) files.push_back(root + path + "/" + name);
      if (path.find('/') == std::string::npos) break;
    }
  }
  return files;
}

memory_figures memory_bounds() {
  memory_figures bounds{limit_of(RLIMIT_AS), limit_of(RLIMIT_DATA), 0};
  const auto pages = sysconf(_SC_PHYS_PAGES);
  const auto page_bytes = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page_bytes > 0)
    bounds.resident = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes);
  for (const auto& file : cgroup_limit_files(contents_of("/proc/self/cgroup")))
    bound_by(bounds.resident, number_at_start(contents_of(file)).value_or(0));  // "max": none
  return bounds;
}

void prepare_memory(const memory_figures& bounds) {
  if (bounds.address_space != 0) ::mallopt(M_ARENA_MAX, 1);
  reserve_bytes = std::min(reserve_bytes_max, address_bound(bounds) / 16);
  hold_reserve();
  std::set_new_handler(on_no_memory);
}

process_memory::process_memory() : bounds_(memory_bounds()), statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {}

process_memory::~process_memory() {
  if (statm_ >= 0) ::close(statm_);
}

bool process_memory::is_tight() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  auto due = next_look_.load(std::memory_order_relaxed);
  if (now >= due && next_look_.compare_exchange_strong(due, now + look_every_when_tight.count())) {
    is_tight_ = look();
    if (!is_tight_) next_look_ = now + look_every.count();
  }
  return is_tight_;
}

bool process_memory::look() const {
  std::array<char, 256> text;
  const auto read_now = [&]() -> std::optional<memory_figures> {
    const auto got = ::pread(statm_, text.data(), text.size(), 0);
    if (got <= 0) return std::nullopt;
    return parse_statm({text.data(), static_cast<std::size_t>(got)}, static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
  };
  auto taken = read_now();
  if (!taken) return false;
  if (runtime::is_tight(*taken, bounds_)) {
    // What was freed and not given back can be had again.
    ::malloc_trim(0);
    if (const auto again = read_now()) taken = again;
    const std::uint64_t free_bytes = ::mallinfo2().fordblks;
    taken->address_space -= std::min(taken->address_space, free_bytes);
    taken->data -= std::min(taken->data, free_bytes);
    if (runtime::is_tight(*taken, bounds_)) return true;
  }
  hold_reserve();
  return reserve_bytes != 0 && reserve.load() == nullptr;
}

}  // namespace stagecoach::runtime
