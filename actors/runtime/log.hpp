// One structured line (logfmt): time=... level=info event=delivered actor=account:ada trace=4be1... key=value ...
// Values are quoted and escaped where they hold anything but plain printable ASCII, so a peer cannot forge a line,
// and long ones are cut, so that it cannot fill the disk with one.
//
//   on().log(log_line(log_level::info, "delivered").with(trace).with("mailbox", name).with("uid", uid.value));
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/base/ids.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::runtime {

enum class log_level : std::uint8_t { debug, info, warning, error };

class log_line {
 public:
  log_line(log_level level, std::string_view event);

  log_line& with(std::string_view key, std::string_view value) &;
  log_line& with(std::string_view key, const char* value) & { return with(key, std::string_view(value)); }
  template <std::integral Number>
  log_line& with(std::string_view key, Number value) & {
    return with(key, std::string_view(std::to_string(value)));
  }
  // trace=, 32 hex digits; nothing when the context is none.
  log_line& with(const trace_context& trace) &;

  template <class... Args>
  log_line&& with(Args&&... args) && {
    return std::move(static_cast<log_line&>(*this).with(std::forward<Args>(args)...));
  }

  [[nodiscard]] log_level level() const { return level_; }
  // Without the time, which the stage puts in front.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  log_level level_;
  std::string text_;
};

// 2026-03-01T08:15:30.123Z
[[nodiscard]] std::string log_time(unix_ms at);

}  // namespace stagecoach::runtime
