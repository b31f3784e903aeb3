// Who is signed in to the pages (security.md WB01, WB03, 4.6).
#include "actors/web/session_book.hpp"

#include <gtest/gtest.h>

namespace stagecoach::web {
namespace {

using namespace std::chrono_literals;

struct SessionBook : ::testing::Test {
  static messages::signed_in ada() { return {account_id{1}, "ada@localhost"}; }
  session_book book_;
  steady_time now_{1000h};
};

TEST_F(SessionBook, LoginNeedsItsTokenAndItsCookieOnce) {
  book_.prepare({"cookie", "token"}, now_);
  EXPECT_FALSE(book_.take_login({"cookie", "other"}, now_));
  EXPECT_TRUE(book_.take_login({"cookie", "token"}, now_ + 10min));
  EXPECT_FALSE(book_.take_login({"cookie", "token"}, now_)) << "it was used";
  book_.prepare({"cookie", "token"}, now_);
  EXPECT_FALSE(book_.take_login({"stolen", "token"}, now_));
  EXPECT_FALSE(book_.take_login({"cookie", "token"}, now_)) << "a wrong attempt uses it, too";
  book_.prepare({"cookie", "token"}, now_);
  EXPECT_FALSE(book_.take_login({"cookie", "token"}, now_ + 10min + 1s));
}

TEST_F(SessionBook, KeepsAThousandLoginsThatBegan) {
  for (std::size_t i = 0; i <= session_book::logins_max; ++i) book_.prepare({"c", std::to_string(i)}, now_);
  EXPECT_FALSE(book_.take_login({"c", "0"}, now_));
  EXPECT_TRUE(book_.take_login({"c", "1"}, now_));
}

TEST_F(SessionBook, LinkSignsInOnce) {
  book_.add_link("link", ada());
  EXPECT_FALSE(book_.take_link("other"));
  EXPECT_EQ(book_.take_link("link"), ada());
  EXPECT_FALSE(book_.take_link("link"));
}

TEST_F(SessionBook, SessionIsFoundByItsCookieUntilItIsOld) {
  EXPECT_TRUE(book_.begin({"cookie", "token"}, ada(), now_).empty());
  EXPECT_EQ(book_.find("other", now_), nullptr);
  EXPECT_EQ(book_.find(session_book::hash_of("cookie"), now_), nullptr) << "the hash opens nothing";
  const auto* one = book_.find("cookie", now_ + 24h);
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->who, ada());
  EXPECT_EQ(one->csrf, "token");
  EXPECT_EQ(book_.find("cookie", now_ + 48h + 1s), nullptr) << "it was not used for a day";
}

TEST_F(SessionBook, SessionEndsAfterAMonthHoweverMuchItIsUsed) {
  (void)book_.begin({"cookie", "token"}, ada(), now_);
  for (int day = 1; day <= 30; ++day) EXPECT_NE(book_.find("cookie", now_ + 24h * day), nullptr) << day;
  EXPECT_EQ(book_.find("cookie", now_ + 24h * 30 + 1s), nullptr);
  EXPECT_EQ(book_.end_old(now_ + 24h * 30 + 1s), std::vector{session_book::hash_of("cookie")});
}

TEST_F(SessionBook, EndsWhenToldTo) {
  (void)book_.begin({"cookie", "token"}, ada(), now_);
  book_.end("cookie");
  EXPECT_EQ(book_.find("cookie", now_), nullptr);
}

TEST_F(SessionBook, AllOfAnAccountEndTogether) {
  (void)book_.begin({"one", "t"}, ada(), now_);
  (void)book_.begin({"two", "t"}, ada(), now_);
  (void)book_.begin({"of another", "t"}, {account_id{2}, "bob"}, now_);
  EXPECT_EQ(book_.end_all(account_id{1}).size(), 2U);
  EXPECT_EQ(book_.find("one", now_), nullptr);
  EXPECT_NE(book_.find("of another", now_), nullptr);
}

TEST_F(SessionBook, AccountHasAHundredSessionsAndTheStalestGoes) {
  for (std::size_t i = 0; i < session_book::sessions_max; ++i)
    EXPECT_TRUE(book_.begin({std::to_string(i), "t"}, ada(), now_ + std::chrono::seconds(i)).empty());
  EXPECT_NE(book_.find("0", now_ + 1h), nullptr);
  EXPECT_TRUE(book_.begin({"of another", "t"}, {account_id{2}, "bob"}, now_ + 1h).empty());
  EXPECT_EQ(book_.begin({"new", "t"}, ada(), now_ + 1h), std::vector{session_book::hash_of("1")});
  EXPECT_EQ(book_.find("1", now_ + 1h), nullptr);
  EXPECT_NE(book_.find("0", now_ + 1h), nullptr);
}

}  // namespace
}  // namespace stagecoach::web
