#include "store/check/session_check.hpp"

#include <gtest/gtest.h>

#include "tests/store/check/owned_rows.hpp"

namespace stagecoach::store {
namespace {

constexpr session_hash of_ada{{1}}, of_bob{{2}};

rows sound_rows() {
  auto all = rows_of_accounts();
  // One is as old as can be, the other of a clock that was ahead; both are under a password of before.
  all[session_key(of_ada)] = write_record(session_row{ada, 1, unix_ms{1}, unix_ms{1}, "", ""});
  all[session_key(of_bob)] = write_record(session_row{bob, 2, unix_ms{1LL << 50}, unix_ms{1LL << 51}, "::1", "agent"});
  return all;
}

std::vector<std::string> problems_of(const rows& all) { return problems_found_by(check_sessions, all); }

TEST(SessionCheck, FindsNothingWrongInSoundRows) {
  EXPECT_EQ(problems_of(sound_rows()), std::vector<std::string>{});
  EXPECT_EQ(problems_of({}), std::vector<std::string>{});
}

TEST(SessionCheck, SaysWhatIsWrong) {
  const std::string adas = "session 01" + std::string(62, '0') + ": ";
  const std::string bobs = "session 02" + std::string(62, '0') + ": ";
  const struct {
    const char* name;
    void (*damage)(rows& all);
    std::vector<std::string> problems;
  } table[] = {
      {"unreadable",
       [](rows& all) { all[session_key(of_ada)] = "\xff"; },
       {adas + "its row cannot be read: field key"}},
      {"times in the wrong order",
       [](rows& all) {
         all[session_key(of_ada)] = write_record(session_row{ada, 1, unix_ms{2}, unix_ms{1}, "", ""});
       },
       {adas + "was used before it began"}},
      {"no account",
       [](rows& all) { all.erase(account_key(ada)); },
       {adas + "belongs to account 4711, which is not there"}},
      {"account 0",
       [](rows& all) { all[session_key(of_ada)] = ""; },
       {adas + "belongs to account 0, which is not there"}},
      {"no login",
       [](rows& all) { all.erase(login_key("bob@localhost")); },
       {bobs + "belongs to account 4712, which has no login name"}},
      {"a short key",
       [](rows& all) { all["wabc"] = all[session_key(of_bob)]; },
       {"the key 77616263 has no known form"}},
  };
  for (const auto& one : table) {
    auto all = sound_rows();
    one.damage(all);
    EXPECT_EQ(problems_of(all), one.problems) << one.name;
  }
}

TEST(SessionCheck, SaysWhenTheRowsCannotBeRead) {
  std::vector<std::string> problems;
  check_sessions(
      [](auto, const auto&) {
        return failure{fault_code::corrupt, "a block"};
      },
      [&](std::string problem) { problems.push_back(std::move(problem)); });
  EXPECT_EQ(problems, std::vector<std::string>{"the sessions could not be read to their end: a block"});
}

}  // namespace
}  // namespace stagecoach::store
