// The directory with its rows: a password is set in all its forms at once, and what was made stays after a restart.
#include "actors/services/directory.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/core.hpp"

namespace stagecoach::services {
namespace {

using testing::test_core;
using testing::test_directory;

// Whether the keys are of the password.
bool fits(scram_hash hash, const scram_keys& keys, std::string_view password) {
  return derive_scram(hash, password, {keys.salt, keys.iterations}) == keys;
}

messages::keys_found keys_of(test_core& core, const std::string& name) {
  const auto found = core.ask<messages::keys_found>(core->services().directory, messages::lookup_keys{{}, name, {}});
  CHECK(found);
  return *found;
}

bool signs_in(test_core& core, const std::string& name, const std::string& password) {
  return bool(core.ask<messages::signed_in>(core->services().directory, messages::sign_in{{}, name, password, {}}));
}

TEST(Directory, KeepsEveryFormOfAPasswordInStep) {
  const test_directory where;
  messages::keys_found of_nobody;
  messages::keys_found changed;
  {
    test_core core(where);
    (void)core.add("ada@localhost");
    const auto first = keys_of(core, "ada@localhost");
    EXPECT_TRUE(fits(scram_hash::sha_256, first.sha_256, "a password"));
    EXPECT_TRUE(fits(scram_hash::sha_1, first.sha_1, "a password"));
    EXPECT_TRUE(signs_in(core, "ada@localhost", "a password"));

    ASSERT_TRUE(core.ask<messages::password_set>(core->services().directory,
                                                 messages::set_password{"ada@localhost", "another"}));
    changed = keys_of(core, "ada@localhost");
    EXPECT_NE(changed.sha_256.salt, first.sha_256.salt);
    EXPECT_TRUE(fits(scram_hash::sha_256, changed.sha_256, "another"));
    EXPECT_TRUE(fits(scram_hash::sha_1, changed.sha_1, "another"));
    EXPECT_TRUE(signs_in(core, "ada@localhost", "another"));
    EXPECT_FALSE(signs_in(core, "ada@localhost", "a password"));
    of_nobody = keys_of(core, "eve@localhost");
    EXPECT_EQ(of_nobody.account, account_id{});
    EXPECT_TRUE(core.stop_and_check().empty());
  }
  test_core again(where);
  EXPECT_EQ(keys_of(again, "ada@localhost"), changed);
  EXPECT_EQ(keys_of(again, "eve@localhost"), of_nobody);
}

// A password that SASLprep refuses is one of Argon2id only.
TEST(Directory, TakesPasswordsThatScramCannotSay) {
  const test_directory where;
  test_core core(where);
  const std::string password = "bell \x07";
  ASSERT_TRUE(
      core.ask<messages::account_added>(core->services().directory, messages::add_account{"bob@localhost", password}));
  EXPECT_TRUE(signs_in(core, "bob@localhost", password));
  EXPECT_EQ(keys_of(core, "bob@localhost").sha_256.iterations, scram_iterations);  // made up
}

// How long a question takes by the node's clock, which the test moves on.
template <class Answer, class Question>
std::chrono::milliseconds time_of(test_core& core, const Question& question, bool is_answered) {
  std::atomic<bool> is_over = false;
  const auto began = core.clock().steady();
  std::thread asking([&] {
    EXPECT_EQ(bool(core.ask<Answer>(core->services().directory, question)), is_answered);
    is_over = true;
  });
  EXPECT_TRUE(testing::eventually([&] {
    core.clock().advance(std::chrono::milliseconds(20));
    return is_over.load();
  }));
  asking.join();
  return std::chrono::duration_cast<std::chrono::milliseconds>(core.clock().steady() - began);
}

TEST(Directory, DelaysWhoGuessesAtAnAccount) {
  using namespace std::chrono_literals;
  const test_directory where;
  test_core core(where);
  (void)core.add("ada@localhost");
  const auto& directory = core->services().directory;
  const auto fail = [&](const std::string& name, const std::string& ip) {
    caf::anon_send(directory, messages::sign_in_ended{{}, name, ip, false});
  };
  const messages::lookup_keys guess{{}, "ada@localhost", "203.0.113.1"};
  for (int i = 0; i < 4; ++i)
    fail(i % 2 == 0 ? "ada@localhost" : "ADA@localhost", "192.0." + std::to_string(i * 8) + ".1");
  EXPECT_GE((time_of<messages::keys_found>(core, guess, true)), 2s) << "the fifth attempt";
  EXPECT_GE(
      (time_of<messages::signed_in>(core, messages::sign_in{{}, "ada@localhost", "a password", "203.0.113.1"}, true)),
      2s)
      << "also with the right password";
  EXPECT_EQ(core.log().count("event=login_delayed"), 2U);
  EXPECT_TRUE(core.ask<messages::keys_found>(directory, messages::lookup_keys{{}, "ada@localhost", ""}));
  EXPECT_TRUE(core.ask<messages::keys_found>(directory, messages::lookup_keys{{}, "eve@localhost", "203.0.113.1"}));
  caf::anon_send(directory, messages::sign_in_ended{{}, "ada@localhost", "203.0.113.1", true});
  EXPECT_TRUE(core.ask<messages::keys_found>(directory, guess));
  EXPECT_EQ(core.log().count("event=login_delayed"), 2U) << "nobody else waited, and who is known does not";
}

TEST(Directory, KnowsWhoseAddressItIs) {
  const test_directory where;
  test_core core(where);
  const auto ada = core.add("ada@localhost");
  const auto bob = core.add("bob@localhost");
  const auto may = [&](account_id who, const address& sender) {
    const auto answer =
        core.ask<messages::sender_checked>(core->services().directory, messages::check_sender{{}, who, sender});
    return answer && answer->is_theirs;
  };
  EXPECT_TRUE(may(ada, {"ada", {"localhost"}}));
  EXPECT_TRUE(may(ada, {"anybody", {"example.org"}}));  // it gets all mail
  EXPECT_FALSE(may(ada, {"bob", {"localhost"}}));
  EXPECT_TRUE(may(bob, {"BOB", {"localhost"}}));
  EXPECT_FALSE(may(bob, {"anybody", {"example.org"}}));
}

// The second attempt is taken; an address that nobody has is unknown at the first.
TEST(Directory, KnowsWhoWasTurnedAwayBefore) {
  const test_directory where;
  test_core core(where);
  const auto bob = core.add("bob@localhost");
  const auto ask = [&](const std::string& greylisted, const std::string& local) {
    const auto answer = core.ask<messages::recipient_found>(
        core->services().directory, messages::lookup_recipient{{}, {local, {"localhost"}}, greylisted});
    return answer ? std::to_string(answer->account.value) : answer.error().what;
  };
  const auto found = std::to_string(bob.value);
  EXPECT_EQ(ask("", "bob"), found);
  EXPECT_EQ(ask("127.0.0.1 <s@x>", "bob+greylist"), "greylisted");
  EXPECT_EQ(ask("127.0.0.1 <t@x>", "bob+greylist"), "greylisted");
  EXPECT_EQ(ask("127.0.0.1 <s@x>", "bob+greylist"), found);
  EXPECT_EQ(ask("127.0.0.1 <s@x>", "bob+greylist"), "greylisted") << "each mail once";
}

}  // namespace
}  // namespace stagecoach::services
