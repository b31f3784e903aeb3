// What the server takes from outside, as interfaces, so that a test gives its own: time, chance, the log, and how
// much memory there is. The real ones are in world_real.hpp and memory.hpp. All of them are called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocols/base/ids.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::runtime {

class clock_source {
 public:
  virtual ~clock_source() = default;
  [[nodiscard]] virtual unix_ms wall() const = 0;                                  // may jump
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;  // for deadlines and durations
  // Whether steady() is the machine's: who waits for a moment of it can sleep until then. A test's may jump ahead.
  [[nodiscard]] virtual bool is_real() const { return false; }
};

class random_source {
 public:
  virtual ~random_source() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;  // fit for secrets
  [[nodiscard]] std::uint64_t u64();
  [[nodiscard]] account_id new_account();  // never 0
};

class log_sink {
 public:
  virtual ~log_sink() = default;
  virtual void write(std::string_view line) = 0;  // one whole line, without its end
};

class memory_gauge {
 public:
  virtual ~memory_gauge() = default;
  // So much memory is in use that what would need more should wait or be refused for now.
  [[nodiscard]] virtual bool is_tight() const = 0;
  [[nodiscard]] virtual std::uint64_t bound() const = 0;  // octets that the process may have; 0: not known
};

struct world {
  const clock_source& clock;
  random_source& random;
  log_sink& log;
  const memory_gauge& memory;
};

// A new trace, for a mail or a command that begins here.
[[nodiscard]] trace_context new_trace(random_source& random);
// The next step of a trace: same trace id, new span.
[[nodiscard]] trace_context next_span(const trace_context& of, random_source& random);

}  // namespace stagecoach::runtime
