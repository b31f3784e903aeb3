#include "config/limits.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace stagecoach::config {
namespace {

std::string problem(const std::string& text) {
  limit_table limits;
  const auto set = set_limit(limits, text);
  EXPECT_EQ(limits == limit_table(), !set) << text;
  return set ? "" : set.error().what;
}

TEST(Limits, AreSetByName) {
  limit_table limits;
  ASSERT_TRUE(set_limit(limits, "errors=5"));
  ASSERT_TRUE(set_limit(limits, "login_delay_s=0"));
  EXPECT_EQ(limits.errors, 5U);
  EXPECT_EQ(limits.login_delay_s, 0U);
}

TEST(Limits, SayWhatIsWrong) {
  EXPECT_EQ(problem("errors"), "\"errors\" is not name=value");
  const auto unknown = problem("eror=5");
  EXPECT_TRUE(unknown.starts_with("there is no limit \"eror\"; there are connections, ")) << unknown;
  for_each_field<limit_table>(
      [&](const auto& one) { EXPECT_NE(unknown.find(std::string(one.name)), std::string::npos) << one.name; });
  for (const auto* value : {"", "-1", "x", "5x", " 5", "0x5", "0", "1001", "99999999999999999999999"})
    EXPECT_EQ(problem("errors=" + std::string(value)),
              "errors=" + std::string(value) + ": it is a number from 1 to 1000");
}

// Each at both of its ends, and one beyond them.
TEST(Limits, HaveRanges) {
  for_each_field<limit_table>([](const auto& one) {
    limit_table limits;
    const auto takes = [&](std::uint64_t value) {
      return bool(set_limit(limits, std::string(one.name) + "=" + std::to_string(value)));
    };
    EXPECT_TRUE(takes(one.least)) << one.name;
    EXPECT_EQ(limits.*one.member, one.least);
    EXPECT_TRUE(takes(one.most)) << one.name;
    EXPECT_EQ(limits.*one.member, one.most);
    EXPECT_FALSE(takes(one.most + 1)) << one.name;
    EXPECT_TRUE(one.least == 0 || !takes(one.least - 1)) << one.name;
    for (const auto& table : {limit_table(), developer_limits()}) {
      EXPECT_GE(table.*one.member, one.least) << one.name;
      EXPECT_LE(table.*one.member, one.most) << one.name;
    }
    EXPECT_FALSE(one.help.empty() || one.whose.empty()) << one.name;
  });
}

// RFC 5321 4.5.3.1.8, 4.5.3.2.7 and RFC 3501 5.4 demand these of a server.
TEST(Limits, AllowWhatTheStandardsDemand) {
  for (const auto& table : {limit_table(), developer_limits()}) {
    EXPECT_GE(table.recipients, 100U);
    EXPECT_GE(table.recipients_submitted, 100U);
    EXPECT_GE(table.command_s, 300U);
    EXPECT_GE(table.imap_silence_s, 1800U);
  }
}

TEST(Limits, OfADeveloperCountNothingAcrossConnections) {
  const auto limits = developer_limits();
  for (const auto value : {limits.connections_per_address, limits.connections_per_address_minute,
                           limits.failed_logins_per_address_minute, limits.failed_logins_per_address_day,
                           limits.login_delay_s, limits.mails_per_address_minute, limits.mail_mib_per_address_minute})
    EXPECT_EQ(value, 0U);
}

// The table that people read is this one.
TEST(Limits, StandInTheDocumentation) {
  std::ifstream file("docs/operate.md");
  std::ostringstream text;
  text << file.rdbuf();
  ASSERT_FALSE(text.str().empty()) << "tests run in the root of the tree";
  const limit_table usual;
  const auto local = developer_limits();
  for_each_field<limit_table>([&](const auto& one) {
    std::string row = "| `" + std::string(one.name) + "` | " + std::to_string(usual.*one.member) + " | ";
    row += usual.*one.member == local.*one.member ? "" : std::to_string(local.*one.member);
    row += (row.back() == ' ' ? "| " : " | ") + std::string(one.help) + " | " + std::string(one.whose) + " |";
    EXPECT_NE(text.str().find(row), std::string::npos) << "docs/operate.md lacks: " << row;
  });
}

}  // namespace
}  // namespace stagecoach::config
