#include "actors/services/login_book.hpp"

#include <gtest/gtest.h>

#include "actors/services/password.hpp"

namespace stagecoach::services {
namespace {

login_book book() {
  login_book made(std::string(32, 's'));
  made.put("Ada@Localhost", {account_id{7}, "hash", unix_ms{1}});
  return made;
}

TEST(LoginBook, ComparesNamesWithoutCase) {
  const auto logins = book();
  ASSERT_NE(logins.find("ada@LOCALHOST"), nullptr);
  EXPECT_EQ(logins.find("bob@localhost"), nullptr);
  EXPECT_EQ(logins.list().at(0).name, "ada@localhost");
}

TEST(LoginBook, GivesUnknownAddressesToTheCatchAllOnly) {
  auto logins = book();
  EXPECT_EQ(logins.recipient({"ada", {"localhost"}}), account_id{7});
  EXPECT_EQ(logins.recipient({"x", {"example.org"}}), std::nullopt);
  logins.set_catch_all(account_id{7});
  EXPECT_EQ(logins.recipient({"x", {"example.org"}}), account_id{7});
}

TEST(LoginBook, ForgetsARightPasswordWhenItChanges) {
  auto logins = book();
  EXPECT_FALSE(logins.was_right("ada@localhost", "secret"));
  logins.remember_right("ada@localhost", "secret");
  EXPECT_TRUE(logins.was_right("ADA@localhost", "secret"));
  EXPECT_FALSE(logins.was_right("ada@localhost", "Secret"));
  logins.put("ada@localhost", {account_id{7}, "other hash", unix_ms{1}});
  EXPECT_FALSE(logins.was_right("ada@localhost", "secret"));
}

TEST(Password, AcceptsOnlyTheRightOne) {
  const auto hash = hash_of("stagecoach", "0123456789abcdef");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
  EXPECT_TRUE(is_password("stagecoach", *hash));
  EXPECT_FALSE(is_password("stagecoacH", *hash));
  EXPECT_FALSE(is_password("stagecoach", "no hash"));
  EXPECT_FALSE(is_password("anything", hash_of_nobody()));
}

TEST(Password, RefusesEmptyAndEndlessOnes) {
  EXPECT_FALSE(hash_of("", "0123456789abcdef"));
  EXPECT_FALSE(hash_of(std::string(1025, 'a'), "0123456789abcdef"));
  EXPECT_FALSE(is_password(std::string(1025, 'a'), hash_of_nobody()));
}

}  // namespace
}  // namespace stagecoach::services
