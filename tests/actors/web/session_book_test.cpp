// Who is signed in to the pages (security.md WB01, WB03, 4.6).
#include "actors/web/session_book.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace stagecoach::web {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t password = 77;

struct SessionBook : ::testing::Test {
  static messages::signed_in ada() { return {account_id{1}, "ada@localhost"}; }
  static messages::signed_in bob() { return {account_id{2}, "bob@localhost"}; }
  [[nodiscard]] moment at(std::chrono::milliseconds later) const {
    return {start_.steady + later, unix_ms{start_.wall.value + later.count()}};
  }
  session_book::begun begin(const std::string& cookie, const messages::signed_in& who,
                            std::chrono::milliseconds later) {
    auto made = book_.begin(hash_of_cookie(cookie), who, {"192.0.2.1", "agent"}, at(later));
    EXPECT_TRUE(book_.kept(hash_of_cookie(cookie), password));
    made.keep.password = password;
    return made;
  }
  bool is_there(const std::string& cookie, std::chrono::milliseconds later) {
    return book_.find(cookie, at(later).steady) != nullptr;
  }
  // As after a restart, at which the clocks show that.
  std::vector<session_hash> restart(const messages::kept_session& kept, const moment& now) {
    book_ = session_book();
    return book_.load({{hash_of_cookie("cookie"), "ada@localhost", kept}}, now);
  }
  session_book book_;
  moment start_{steady_time(1000h), unix_ms{1'800'000'000'000}};
};

TEST_F(SessionBook, LoginNeedsItsTokenAndItsCookieOnce) {
  const auto now = start_.steady;
  book_.prepare({"cookie", "token"}, now);
  EXPECT_FALSE(book_.take_login({"cookie", "other"}, now));
  EXPECT_TRUE(book_.take_login({"cookie", "token"}, now + 10min));
  EXPECT_FALSE(book_.take_login({"cookie", "token"}, now)) << "it was used";
  book_.prepare({"cookie", "token"}, now);
  EXPECT_FALSE(book_.take_login({"stolen", "token"}, now));
  EXPECT_FALSE(book_.take_login({"cookie", "token"}, now)) << "a wrong attempt uses it, too";
  book_.prepare({"cookie", "token"}, now);
  EXPECT_FALSE(book_.take_login({"cookie", "token"}, now + 10min + 1s));
}

TEST_F(SessionBook, KeepsAThousandLoginsThatBegan) {
  const auto now = start_.steady;
  for (std::size_t i = 0; i <= session_book::logins_max; ++i) book_.prepare({"c", std::to_string(i)}, now);
  EXPECT_FALSE(book_.take_login({"c", "0"}, now));
  EXPECT_TRUE(book_.take_login({"c", "1"}, now));
}

TEST_F(SessionBook, LinkSignsInOnce) {
  book_.add_link("link", ada());
  EXPECT_FALSE(book_.take_link("other"));
  EXPECT_EQ(book_.take_link("link"), ada());
  EXPECT_FALSE(book_.take_link("link"));
}

TEST_F(SessionBook, SessionIsFoundByItsCookieUntilItIsOld) {
  EXPECT_TRUE(begin("cookie", ada(), 0h).ended.empty());
  EXPECT_FALSE(is_there("other", 0h));
  EXPECT_FALSE(is_there(session_text(hash_of_cookie("cookie")), 0h)) << "the hash opens nothing";
  const auto* one = book_.find("cookie", at(24h).steady);
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->who, ada());
  EXPECT_FALSE(is_there("cookie", 48h + 1s)) << "it was not used for a day";
}

// A token of 32 octets that is of one cookie, and neither the cookie nor the hash that is kept.
TEST_F(SessionBook, TokenIsMadeOfTheCookie) {
  const auto token = session_book::token_of("cookie");
  EXPECT_EQ(token.size(), 64U);
  EXPECT_TRUE(session_book::is_token_of("cookie", token));
  EXPECT_FALSE(session_book::is_token_of("another", token));
  EXPECT_FALSE(session_book::is_token_of("cookie", ""));
  EXPECT_FALSE(session_book::is_token_of("cookie", token.substr(1)));
  EXPECT_FALSE(session_book::is_token_of("cookie", session_text(hash_of_cookie("cookie"))));
}

TEST_F(SessionBook, SessionEndsAfterAMonthHoweverMuchItIsUsed) {
  (void)begin("cookie", ada(), 0h);
  for (int day = 1; day <= 30; ++day) EXPECT_TRUE(is_there("cookie", 24h * day)) << day;
  EXPECT_FALSE(is_there("cookie", 24h * 30 + 1s));
  EXPECT_EQ(book_.end_old(at(24h * 30 + 1s).steady), std::vector{hash_of_cookie("cookie")});
}

TEST_F(SessionBook, EndsWhenToldTo) {
  (void)begin("cookie", ada(), 0h);
  book_.end(hash_of_cookie("cookie"));
  EXPECT_FALSE(is_there("cookie", 0h));
  EXPECT_FALSE(book_.due(hash_of_cookie("cookie"), at(5h))) << "a row that was removed would come back";
}

TEST_F(SessionBook, AllOfAnAccountEndTogether) {
  (void)begin("one", ada(), 0h);
  (void)begin("two", ada(), 0h);
  (void)begin("of another", bob(), 0h);
  EXPECT_EQ(book_.end_all(account_id{1}).size(), 2U);
  EXPECT_FALSE(is_there("one", 0h));
  EXPECT_TRUE(is_there("of another", 0h));
}

// A new password, while it was on its way to the disk: nobody gets its cookie.
TEST_F(SessionBook, OneThatEndedBeforeItWasKeptIsNotGivenOut) {
  (void)book_.begin(hash_of_cookie("cookie"), ada(), {}, start_);
  EXPECT_EQ(book_.end_all(account_id{1}), std::vector{hash_of_cookie("cookie")});
  EXPECT_FALSE(book_.kept(hash_of_cookie("cookie"), password));
}

TEST_F(SessionBook, AccountHasAHundredSessionsAndTheStalestGoes) {
  for (std::size_t i = 0; i < session_book::sessions_max; ++i)
    EXPECT_TRUE(begin(std::to_string(i), ada(), std::chrono::seconds(i)).ended.empty());
  EXPECT_TRUE(is_there("0", 1h));
  EXPECT_TRUE(begin("of another", bob(), 1h).ended.empty());
  EXPECT_EQ(begin("new", ada(), 1h).ended, std::vector{hash_of_cookie("1")});
  EXPECT_FALSE(is_there("1", 1h));
  EXPECT_TRUE(is_there("0", 1h));
}

TEST_F(SessionBook, MakesRoomForWhatWasKeptBeyondAHundred) {
  std::vector<store::stored_session> all;
  const auto wall = start_.wall.value;
  for (std::int64_t i = 0; i < 103; ++i)
    all.push_back({hash_of_cookie(std::to_string(i)),
                   "ada@localhost",
                   {account_id{1}, password, unix_ms{wall - 1000}, unix_ms{wall - 1000 + i}, "", ""}});
  EXPECT_TRUE(book_.load(std::move(all), start_).empty());
  EXPECT_EQ(begin("new", ada(), 0h).ended.size(), 4U);
  EXPECT_FALSE(is_there("3", 0h));
  EXPECT_TRUE(is_there("4", 0h));
}

TEST_F(SessionBook, GoesOnAfterARestart) {
  const auto kept = begin("cookie", ada(), 0h).keep;
  EXPECT_EQ(kept, (messages::kept_session{account_id{1}, password, start_.wall, start_.wall, "192.0.2.1", "agent"}));
  // The steady clock begins anew with the machine.
  const moment booted{steady_time(1min), at(20h).wall};
  EXPECT_TRUE(restart(kept, booted).empty());
  EXPECT_EQ(book_.end_old(booted.steady + 5h), std::vector{hash_of_cookie("cookie")}) << "25 hours in all";
  EXPECT_TRUE(restart(kept, booted).empty());
  const auto* one = book_.find("cookie", booted.steady + 3h);
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->who, ada());
  EXPECT_EQ(restart(kept, {steady_time(1min), at(25h).wall}), std::vector{hash_of_cookie("cookie")});
}

TEST_F(SessionBook, KeepsItsUseOnceAnHour) {
  const auto first = begin("cookie", ada(), 0h).keep;
  const auto session = hash_of_cookie("cookie");
  EXPECT_TRUE(is_there("cookie", 59min));
  EXPECT_FALSE(book_.due(session, at(59min)));
  EXPECT_FALSE(book_.due(session, at(5h))) << "it was not used since";
  EXPECT_TRUE(is_there("cookie", 5h));
  const auto second = book_.due(session, at(5h));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->began, first.began);
  EXPECT_EQ(second->used, at(5h).wall);
  EXPECT_EQ(second->password, password);
  EXPECT_FALSE(book_.due(session, at(5h))) << "once";
  // What was kept long before a restart is kept anew with the first use after it.
  EXPECT_TRUE(restart(first, {steady_time(1min), at(20h).wall}).empty());
  EXPECT_NE(book_.find("cookie", steady_time(2min)), nullptr);
  EXPECT_TRUE(book_.due(session, {steady_time(2min), at(20h + 1min).wall}));
}

TEST_F(SessionBook, DoesNotLookAtTheWallWhileItRuns) {
  (void)begin("cookie", ada(), 0h);
  const auto ahead = [&](std::chrono::milliseconds later, std::chrono::milliseconds jump) {
    return moment{at(later).steady, unix_ms{at(later).wall.value + jump.count()}};
  };
  EXPECT_TRUE(is_there("cookie", 2h));
  const auto far_ahead = book_.due(hash_of_cookie("cookie"), ahead(2h, 24h * 400));
  ASSERT_TRUE(far_ahead);
  EXPECT_EQ(far_ahead->used.value - far_ahead->began.value, std::chrono::milliseconds(2h).count()) << "its age";
  EXPECT_TRUE(book_.end_old(at(2h).steady).empty());
  // The clock is right again, and then there is a restart: it is two hours old as before.
  EXPECT_TRUE(restart(*far_ahead, at(3h)).empty());
  EXPECT_TRUE(is_there("cookie", 3h + 24h));
  EXPECT_TRUE(restart(*far_ahead, at(3h)).empty());
  EXPECT_FALSE(is_there("cookie", 3h + 24h + 1s)) << "a day of silence is one";
}

// Every start shows a year long before the last one: nobody is signed out, and what was lived counts all the same.
TEST_F(SessionBook, GrowsOldUnderAnyClock) {
  auto kept = begin("cookie", ada(), 0h).keep;
  constexpr std::int64_t years = 1'000'000'000'000;
  constexpr int lives = 31;  // of 23 hours, 30 days and less than a life more
  for (int life = 1; life <= lives; ++life) {
    const moment booted{steady_time(1h), unix_ms{start_.wall.value - life * years}};
    ASSERT_TRUE(restart(kept, booted).empty()) << life;
    const moment later{steady_time(24h), unix_ms{booted.wall.value + std::chrono::milliseconds(23h).count()}};
    ASSERT_NE(book_.find("cookie", later.steady), nullptr) << life;
    kept = *book_.due(hash_of_cookie("cookie"), later);
  }
  EXPECT_EQ(std::chrono::milliseconds(kept.used.value - kept.began.value), 23h * lives);
  EXPECT_TRUE(restart(kept, {steady_time(1h), unix_ms{-lives * years}}).empty());
  EXPECT_EQ(book_.find("cookie", steady_time(1h + 24h * 30 - 23h * lives + 1s)), nullptr);
}

// What is kept anew when the wall's clock was set says when it was used by the clock of the next start.
TEST_F(SessionBook, OutlivesAClockThatIsSet) {
  constexpr auto set = 24h * 20;
  const auto kept = begin("cookie", ada(), 0h).keep;
  auto other = begin("other", bob(), 0h);
  moment now = at(30min);
  now.wall.value += std::chrono::milliseconds(set).count();
  const auto rows = book_.all(now);
  ASSERT_EQ(rows.size(), 2U);
  moment later = at(1h);
  later.wall.value += std::chrono::milliseconds(set).count();
  EXPECT_EQ(restart(kept, later).size(), 1U) << "by the row of before it was not used for weeks";
  for (const auto& [session, row] : rows) {
    if (session != hash_of_cookie("cookie")) continue;
    EXPECT_TRUE(restart(row, later).empty());
    EXPECT_TRUE(is_there("cookie", 1h));
  }
  (void)book_.begin(hash_of_cookie("fresh"), ada(), {"", ""}, at(1h));
  EXPECT_EQ(book_.all(at(1h)).size(), 1U) << "what is not kept yet has no row";
}

TEST_F(SessionBook, TakesAnyTimesOfARow) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
  const struct {
    std::int64_t began, used;
    bool is_over;
  } table[] = {{least, least, true}, {least, most, true}, {most, most, false},
               {most, least, true},  {0, 0, true},        {start_.wall.value, start_.wall.value, false}};
  for (const auto& one : table)
    EXPECT_EQ(restart({account_id{1}, password, unix_ms{one.began}, unix_ms{one.used}, "", ""}, start_).size(),
              one.is_over ? 1U : 0U)
        << one.began << " " << one.used;
}

}  // namespace
}  // namespace stagecoach::web
