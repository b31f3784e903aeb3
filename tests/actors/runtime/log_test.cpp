#include "actors/runtime/log.hpp"

#include <gtest/gtest.h>

namespace stagecoach::runtime {
namespace {

TEST(Log, ValuesCannotForgeALine) {
  struct row {
    std::string_view value;
    std::string_view out;
  };
  const row rows[] = {
      {"plain", "plain"},
      {"", "\"\""},
      {"two words", "\"two words\""},
      {"a=b", "\"a=b\""},
      {"quote\"back\\", "\"quote\\\"back\\\\\""},
      {"x\r\nlevel=error", "\"x\\r\\nlevel=error\""},
      {std::string_view("nul\0", 4), "\"nul\\x00\""},
      {"\x1b[31m", "\"\\x1b[31m\""},
      {"\xc3\xa9", "\"\\xc3\\xa9\""},
  };
  for (const auto& r : rows)
    EXPECT_EQ(log_line(log_level::info, "seen").with("key", r.value).text(),
              "level=info event=seen key=" + std::string(r.out));
}

TEST(Log, LongValuesAreCut) {
  const auto logged = [](const std::string& value) {
    return log_line(log_level::info, "seen").with("key", std::string_view(value)).text();
  };
  EXPECT_EQ(logged(std::string(1024, 'x')), "level=info event=seen key=" + std::string(1024, 'x'));
  EXPECT_EQ(logged(std::string(1025, 'x')), "level=info event=seen key=\"" + std::string(1024, 'x') + "...\"");
  EXPECT_EQ(logged(std::string(1'000'000, '\x1b')).size(), logged(std::string(1025, '\x1b')).size());
}

TEST(Log, TraceStandsOnlyWhenThereIsOne) {
  trace_context none;
  trace_context some;
  some.trace[0] = 0xab;
  EXPECT_EQ(log_line(log_level::warning, "x").with(none).with("n", 3).text(), "level=warning event=x n=3");
  EXPECT_EQ(log_line(log_level::debug, "x").with(some).text(),
            "level=debug event=x trace=ab000000000000000000000000000000");
}

TEST(Log, TimeIsUtcWithMilliseconds) {
  EXPECT_EQ(log_time(unix_ms{0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(log_time(unix_ms{1'772'352'930'123}), "2026-03-01T08:15:30.123Z");
  EXPECT_EQ(log_time(unix_ms{-1}), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace stagecoach::runtime
