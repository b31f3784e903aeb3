#include "actors/services/login_book.hpp"

#include <gtest/gtest.h>

#include "actors/services/password.hpp"

namespace stagecoach::services {
namespace {

store::login_row row_of(std::string hash) {
  store::login_row row;
  row.account = account_id{7};
  row.password_hash = std::move(hash);
  row.created = unix_ms{1};
  return row;
}

login_book book() {
  login_book made({std::string(32, 's'), std::string(32, 'n')});
  made.put("Ada@Localhost", row_of("hash"));
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

TEST(LoginBook, GivesTaggedAddressesToTheirUser) {
  auto logins = book();
  EXPECT_EQ(logins.recipient({"ada+lists", {"localhost"}}), account_id{7});
  EXPECT_EQ(logins.recipient({"Ada+a+b", {"localhost"}}), account_id{7});
  EXPECT_EQ(logins.recipient({"+ada", {"localhost"}}), std::nullopt);
  EXPECT_EQ(logins.recipient({"ada+lists", {"example.org"}}), std::nullopt);
  auto row = row_of("hash");
  row.account = account_id{8};
  logins.put("ada+work@localhost", row);  // a login name of its own comes first
  EXPECT_EQ(logins.recipient({"ada+work", {"localhost"}}), account_id{8});
  EXPECT_TRUE(logins.is_address_of(account_id{7}, {"ada+lists", {"localhost"}}));
}

TEST(LoginBook, ForgetsARightPasswordWhenItChanges) {
  auto logins = book();
  EXPECT_FALSE(logins.was_right("ada@localhost", "secret"));
  logins.remember_right("ada@localhost", "secret");
  EXPECT_TRUE(logins.was_right("ADA@localhost", "secret"));
  EXPECT_FALSE(logins.was_right("ada@localhost", "Secret"));
  logins.put("ada@localhost", row_of("other hash"));
  EXPECT_FALSE(logins.was_right("ada@localhost", "secret"));
}

TEST(LoginBook, AnAccountSendsAsTheAddressesWhoseMailItGets) {
  auto logins = book();
  EXPECT_TRUE(logins.is_address_of(account_id{7}, {"ada", {"localhost"}}));
  EXPECT_FALSE(logins.is_address_of(account_id{7}, {"x", {"example.org"}}));
  auto bob = row_of("hash");
  bob.account = account_id{8};
  logins.put("bob@localhost", bob);
  EXPECT_FALSE(logins.is_address_of(account_id{8}, {"ada", {"localhost"}}));
  logins.set_catch_all(account_id{7});
  EXPECT_TRUE(logins.is_address_of(account_id{7}, {"x", {"example.org"}}));
  EXPECT_FALSE(logins.is_address_of(account_id{7}, {"bob", {"localhost"}}));
  EXPECT_FALSE(logins.is_address_of(account_id{8}, {"x", {"example.org"}}));
}

// RFC 5802 9: nobody learns from the first step whether there is such a name.
TEST(LoginBook, KeysOfNobodyLookLikeKeys) {
  auto logins = book();
  const auto nobody = logins.keys("eve@localhost");
  for (const auto& [keys, bytes] : {std::pair{nobody.sha_256, 32U}, std::pair{nobody.sha_1, 20U}}) {
    EXPECT_EQ(keys.salt.size(), scram_salt_bytes);
    EXPECT_EQ(keys.iterations, scram_iterations);
    EXPECT_EQ(keys.stored_key.size(), bytes);
    EXPECT_EQ(keys.server_key.size(), bytes);
  }
  EXPECT_EQ(nobody.sha_256.salt, nobody.sha_1.salt);  // as of a real one
  EXPECT_EQ(logins.keys("Eve@LOCALHOST"), nobody);
  EXPECT_NE(logins.keys("bob@localhost").sha_256.salt, nobody.sha_256.salt);
  // The same after a restart: only the cache's secret is new then.
  EXPECT_EQ(login_book({std::string(32, 'x'), std::string(32, 'n')}).keys("eve@localhost"), nobody);
  EXPECT_NE(login_book({std::string(32, 's'), std::string(32, 'x')}).keys("eve@localhost").sha_256, nobody.sha_256);
}

TEST(LoginBook, OlderRowsHaveNoKeysAndNobodySees) {
  auto logins = book();
  EXPECT_EQ(logins.keys("ada@localhost").account, account_id{7});
  EXPECT_EQ(logins.keys("ada@localhost").sha_256.iterations, scram_iterations);
  auto row = row_of("hash");
  row.scram_sha_256 = *derive_scram(scram_hash::sha_256, "stagecoach", {"salty", 4096});
  logins.put("ada@localhost", row);
  EXPECT_EQ(logins.keys("ada@localhost").sha_256, row.scram_sha_256);
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
