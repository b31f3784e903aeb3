// What lets the console follow one mail through the system: the first field of every mail-related message.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/base/described.hpp"
#include "protocols/base/ids.hpp"

namespace stagecoach {

struct trace_context {
  std::array<std::uint8_t, 16> trace{};  // zero: not traced
  std::array<std::uint8_t, 8> span{};
  std::uint8_t flags = 0;  // bit 0: sampled (W3C trace context)

  static constexpr auto fields =
      described(field(1, "trace", &trace_context::trace, "16 random bytes, one mail or one command"),
                field(2, "span", &trace_context::span, "8 random bytes, one step of it"),
                field(3, "flags", &trace_context::flags, "bit 0: sampled"));
  friend bool operator==(const trace_context&, const trace_context&) = default;
};

// 32 hex digits, as in log lines and in `follow`; the first six are what a log line shows.
[[nodiscard]] inline std::string trace_text(const trace_context& context) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(context.trace.data()), context.trace.size()));
}

}  // namespace stagecoach
