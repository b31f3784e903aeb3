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

TEST(LoginBook, SaysWhoseAPublicKeyIs) {
  const public_key_hash adas{{1}};
  const public_key_hash bobs{{2}};
  const public_key_hash of_nobody{{3}};
  auto logins = book();
  auto bob = row_of("hash");
  bob.account = account_id{8};
  logins.put("bob@localhost", bob);
  EXPECT_FALSE(logins.has_keys());
  logins.put_key(adas, {account_id{7}, "phone", unix_ms{1}});
  logins.put_key(bobs, {account_id{8}, "phone", unix_ms{2}});
  logins.put_key(of_nobody, {account_id{9}, "lost", unix_ms{3}});
  const struct {
    const char* name;
    public_key_hash key;
    std::string authorize_as;
    std::string owner;  // empty: nobody
  } rows[] = {
      {"whoever has it", adas, "", "ada@localhost"},
      {"by name", adas, "ada@localhost", "ada@localhost"},
      {"in any case", adas, "ADA@LocalHost", "ada@localhost"},
      {"by an address of the account", adas, "ada+lists@LOCALHOST", "ada@localhost"},
      {"by the name of another account", adas, "bob@localhost", ""},
      {"by an address of nobody", adas, "x@example.org", ""},
      {"by something else", adas, "ada", ""},
      {"by nothing at something", adas, "@", ""},
      {"another account's", bobs, "", "bob@localhost"},
      {"a key that nobody has", public_key_hash{{4}}, "", ""},
      {"and asks for a name", public_key_hash{{4}}, "ada@localhost", ""},
      {"an account without a login", of_nobody, "", ""},
  };
  for (const auto& r : rows) {
    const auto who = logins.owner_of(r.key, r.authorize_as);
    EXPECT_EQ(who ? who->name : "", r.owner) << r.name;
  }
  EXPECT_EQ(logins.owner_of(bobs, "")->account, account_id{8});
  EXPECT_EQ(logins.find_key(account_id{8}, "phone"), bobs);
  EXPECT_EQ(logins.find_key(account_id{8}, "laptop"), std::nullopt);
  logins.set_catch_all(account_id{7});
  EXPECT_TRUE(logins.owner_of(adas, "x@example.org"));
  EXPECT_FALSE(logins.owner_of(bobs, "x@example.org"));
  EXPECT_FALSE(logins.owner_of(adas, "bob@localhost"));
  logins.remove_key(adas);
  EXPECT_FALSE(logins.owner_of(adas, ""));
}

TEST(LoginBook, ListsPublicKeysByAccountAndName) {
  auto logins = book();
  auto bob = row_of("hash");
  bob.account = account_id{8};
  logins.put("bob@localhost", bob);
  logins.put_key(public_key_hash{{1}}, {account_id{8}, "laptop", unix_ms{1}});
  logins.put_key(public_key_hash{{2}}, {account_id{7}, "phone", unix_ms{2}});
  logins.put_key(public_key_hash{{3}}, {account_id{7}, "desk", unix_ms{3}});
  const std::vector<messages::public_key_entry> adas = {{"ada@localhost", "desk", public_key_hash{{3}}, unix_ms{3}},
                                                        {"ada@localhost", "phone", public_key_hash{{2}}, unix_ms{2}}};
  EXPECT_EQ(logins.list_keys(account_id{7}), adas);
  auto all = adas;
  all.push_back({"bob@localhost", "laptop", public_key_hash{{1}}, unix_ms{1}});
  EXPECT_EQ(logins.list_keys(std::nullopt), all);
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
