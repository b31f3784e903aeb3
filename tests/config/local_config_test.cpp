#include "config/local_config.hpp"

#include <gtest/gtest.h>

namespace stagecoach::config {
namespace {

local_config usual() {
  local_config config;
  config.directory = "somewhere";
  return config;
}

TEST(LocalConfig, AddsTheOffsetToTheUsualPorts) {
  EXPECT_EQ(local_port(usual(), 25), 1025);
  auto config = usual();
  config.port_offset = 0;
  EXPECT_EQ(local_port(config, 25), 0);
}

TEST(LocalConfig, ReadsAccounts) {
  const struct {
    const char* text;
    std::optional<local_account> account;
  } rows[] = {
      {"bob:secret", local_account{"bob@localhost", "secret"}},
      {"bob@example.org:secret", local_account{"bob@example.org", "secret"}},
      {"bob:a:b c", local_account{"bob@localhost", "a:b c"}},
      {"bob", std::nullopt},
      {"bob:", std::nullopt},
      {":secret", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& r : rows) EXPECT_EQ(parse_account(r.text, "localhost"), r.account) << r.text;
}

TEST(LocalConfig, NamesWhatCannotWork) {
  EXPECT_EQ(problem_of(usual()), "");
  auto config = usual();
  config.port_offset = 65000;
  EXPECT_NE(problem_of(config).find("--port-offset 65000"), std::string::npos);
  config = usual();
  config.ip = "0.0.0.0";
  EXPECT_NE(problem_of(config).find("0.0.0.0"), std::string::npos);
  config.password = "something of our own";
  EXPECT_EQ(problem_of(config), "");
  config.directory.clear();
  EXPECT_NE(problem_of(config), "");
}

TEST(LocalConfig, KnowsWhereTheWebmailCanBe) {
  auto config = usual();
  for (const std::string_view path : {"/mail/", "/post/office/", "/a/", "/web-mail_2/"}) {
    config.mail_path = path;
    EXPECT_EQ(problem_of(config), "") << path;
  }
  for (const std::string_view path :
       {"", "/", "mail", "/mail", "mail/", "//", "/a//b/", "/../", "/a b/", "/%2e/", "/\"/", "/api/", "/events/x/"}) {
    config.mail_path = path;
    EXPECT_NE(problem_of(config).find("--mail-path"), std::string::npos) << path;
  }
}

}  // namespace
}  // namespace stagecoach::config
