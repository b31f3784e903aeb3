#include "actors/runtime/log.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace stagecoach::runtime {

namespace {

constexpr std::string_view level_name(log_level level) {
  switch (level) {
    case log_level::debug:
      return "debug";
    case log_level::info:
      return "info";
    case log_level::warning:
      return "warning";
    case log_level::error:
      return "error";
  }
  return "error";
}

bool is_plain(std::string_view value) {
  if (value.empty()) return false;
  for (const char c : value)
    if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\') return false;
  return true;
}

constexpr std::size_t value_bytes_max = 1024;  // of one value; a client chooses some of them

// Everything outside printable ASCII as \xNN: a line never holds a control character or half a code point.
void append_value(std::string& out, std::string_view whole) {
  const auto value = whole.substr(0, value_bytes_max);
  if (value.size() == whole.size() && is_plain(value)) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < ' ' || c >= 0x7f) {
      out += "\\x" + to_hex(std::string_view(&c, 1));
    } else {
      out += c;
    }
  }
  if (value.size() < whole.size()) out += "...";
  out += '"';
}

}  // namespace

log_line::log_line(log_level level, std::string_view event) : level_(level), text_("level=") {
  text_ += level_name(level);
  text_ += " event=";
  append_value(text_, event);
}

log_line& log_line::with(std::string_view key, std::string_view value) & {
  text_ += ' ';
  text_ += key;
  text_ += '=';
  append_value(text_, value);
  return *this;
}

log_line& log_line::with(const trace_context& trace) & {
  if (trace.trace == trace_context{}.trace) return *this;
  return with("trace", std::string_view(trace_text(trace)));
}

std::string log_time(unix_ms at) {
  const std::int64_t milliseconds = ((at.value % 1000) + 1000) % 1000;
  const std::time_t seconds = static_cast<std::time_t>((at.value - milliseconds) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> out{};
  const auto size = std::snprintf(out.data(), out.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                                  static_cast<int>(milliseconds));
  return {out.data(), static_cast<std::size_t>(size)};
}

}  // namespace stagecoach::runtime
