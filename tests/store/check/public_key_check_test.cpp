#include "store/check/public_key_check.hpp"

#include <gtest/gtest.h>

#include "tests/store/check/owned_rows.hpp"

namespace stagecoach::store {
namespace {

constexpr public_key_hash laptop{{1}}, phone{{2}}, bobs{{3}};

rows sound_rows() {
  auto all = rows_of_accounts();
  all[public_key_key(laptop)] = write_record(public_key_row{ada, "laptop", unix_ms{1}});
  all[public_key_key(phone)] = write_record(public_key_row{ada, "phone", unix_ms{2}});
  all[public_key_key(bobs)] = write_record(public_key_row{bob, "laptop", unix_ms{3}});
  return all;
}

std::vector<std::string> problems_of(const rows& all) { return problems_found_by(check_public_keys, all); }

TEST(PublicKeyCheck, FindsNothingWrongInSoundRows) {
  EXPECT_EQ(problems_of(sound_rows()), std::vector<std::string>{});
  EXPECT_EQ(problems_of({}), std::vector<std::string>{});
}

TEST(PublicKeyCheck, SaysWhatIsWrong) {
  const std::string first = "TLS public key " + key_text(laptop) + ": ";
  const struct {
    const char* name;
    void (*damage)(rows& all);
    std::vector<std::string> problems;
  } table[] = {
      {"unreadable",
       [](rows& all) { all[public_key_key(laptop)] = "\xff"; },
       {first + "its row cannot be read: field key"}},
      {"no name",
       [](rows& all) {
         all[public_key_key(laptop)] = write_record(public_key_row{ada, "", unix_ms{1}});
       },
       {first + "has no name"}},
      {"no account",
       [](rows& all) { all.erase(account_key(ada)); },
       {first + "belongs to account 4711, which is not there",
        "TLS public key " + key_text(phone) + ": belongs to account 4711, which is not there"}},
      {"account 0",
       [](rows& all) {
         all[public_key_key(laptop)] = write_record(public_key_row{{}, "x", unix_ms{1}});
       },
       {first + "belongs to account 0, which is not there"}},
      {"no login",
       [](rows& all) { all.erase(login_key("bob@localhost")); },
       {"TLS public key " + key_text(bobs) + ": belongs to account 4712, which has no login name"}},
      {"a name twice",
       [](rows& all) { all[public_key_key(phone)] = all[public_key_key(laptop)]; },
       {"TLS public key " + key_text(phone) + ": has the name of another key of account 4711, laptop"}},
      {"a short key",
       [](rows& all) { all["kabc"] = all[public_key_key(bobs)]; },
       {"the key 6b616263 has no known form"}},
      {"a long key",
       [](rows& all) { all[public_key_key(bobs) + "x"] = all[public_key_key(bobs)]; },
       {"the key 6b03" + std::string(62, '0') + "78 has no known form"}},
  };
  for (const auto& one : table) {
    auto all = sound_rows();
    one.damage(all);
    EXPECT_EQ(problems_of(all), one.problems) << one.name;
  }
}

}  // namespace
}  // namespace stagecoach::store
