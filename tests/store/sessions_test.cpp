// Which sessions a node begins with.
#include "store/sessions.hpp"

#include <gtest/gtest.h>

#include <map>

#include "protocols/base/record.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {
namespace {

constexpr account_id ada{4711}, bob{4712};
constexpr session_hash first{{1}}, second{{2}}, third{{3}};

login_row login_of(account_id who, std::string password_hash) {
  login_row row;
  row.account = who;
  row.password_hash = std::move(password_hash);
  return row;
}

session_row session_under(const login_row& login) {
  return {login.account, password_mark(login), unix_ms{1}, unix_ms{2}, "192.0.2.1", "agent"};
}

struct Sessions : testing::Test {
  stored_sessions read() {
    auto found = read_sessions([this](std::string_view prefix, const visit_row& visit) -> result<done, failure> {
      for (auto at = rows.lower_bound(std::string(prefix)); at != rows.end() && at->first.starts_with(prefix); ++at)
        if (!visit(at->first, at->second)) break;
      return done{};
    });
    EXPECT_TRUE(found);
    return found ? std::move(*found) : stored_sessions{};
  }
  std::map<std::string, std::string> rows;
};

TEST_F(Sessions, GoOnWithTheNameThatTheirAccountHas) {
  EXPECT_TRUE(read().good.empty());
  const auto login = login_of(ada, "$argon2id$a");
  rows[login_key("ada@localhost")] = write_record(login);
  rows[session_key(first)] = write_record(session_under(login));
  const auto found = read();
  ASSERT_EQ(found.good.size(), 1U);
  EXPECT_EQ(found.good.front().session, first);
  EXPECT_EQ(found.good.front().name, "ada@localhost");
  EXPECT_EQ(found.good.front().row, session_under(login));
  EXPECT_TRUE(found.over.empty() && found.unreadable.empty());
}

// Its commit is enough: nothing that was to follow it needs to have happened.
TEST_F(Sessions, AreOverWithAnotherPassword) {
  const auto login = login_of(ada, "$argon2id$a");
  rows[session_key(first)] = write_record(session_under(login));
  rows[login_key("ada@localhost")] = write_record(login_of(ada, "$argon2id$b"));
  rows[login_key("bob@localhost")] = write_record(login_of(bob, "$argon2id$a"));
  rows[session_key(second)] = write_record(session_under(login_of(bob, "$argon2id$a")));
  const auto found = read();
  ASSERT_EQ(found.good.size(), 1U);
  EXPECT_EQ(found.good.front().session, second);
  EXPECT_EQ(found.over, std::vector{first});
}

TEST_F(Sessions, AreOverWithoutTheirAccount) {
  rows[session_key(first)] = write_record(session_under(login_of(ada, "$argon2id$a")));
  EXPECT_EQ(read().over, std::vector{first});
}

TEST_F(Sessions, ThatCannotBeReadKeepNobodyFromStarting) {
  const auto login = login_of(ada, "$argon2id$a");
  rows[login_key("ada@localhost")] = write_record(login);
  rows[session_key(first)] = "\xff garbage";
  rows["w short"] = write_record(session_under(login));
  rows[session_key(third)] = write_record(session_under(login));
  const auto found = read();
  ASSERT_EQ(found.good.size(), 1U);
  EXPECT_EQ(found.good.front().session, third);
  EXPECT_EQ(found.unreadable, (std::vector<std::string>{session_key(first), "w short"}));
}

}  // namespace
}  // namespace stagecoach::store
