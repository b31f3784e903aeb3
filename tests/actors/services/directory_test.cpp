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

std::string whose(test_core& core, const public_key_hash& key, const std::string& authorize_as) {
  const auto who = core.ask<messages::signed_in>(core->services().directory,
                                                 messages::sign_in_by_key{{}, key, authorize_as, "192.0.2.1"});
  return who ? who->name : std::string(fault_name(who.error().code));
}

fault_code add_key(test_core& core, const messages::add_public_key& what) {
  const auto added = core.ask<messages::public_key_added>(core->services().directory, what);
  return added ? fault_code::none : added.error().code;
}

fault_code remove_key(test_core& core, const messages::remove_public_key& what) {
  const auto removed = core.ask<messages::public_key_removed>(core->services().directory, what);
  return removed ? fault_code::none : removed.error().code;
}

TEST(Directory, KeepsPublicKeys) {
  const test_directory where;
  const public_key_hash laptop{{1}};
  const public_key_hash phone{{2}};
  {
    test_core core(where);
    (void)core.add("ada@localhost");
    (void)core.add("bob@localhost");
    const auto& is_one_there = *core->services().has_public_keys;
    EXPECT_FALSE(is_one_there);
    EXPECT_EQ(whose(core, laptop, ""), "not_found");
    EXPECT_EQ(add_key(core, {"carol@localhost", "laptop", laptop}), fault_code::not_found);
    EXPECT_EQ(add_key(core, {"ada@localhost", "", laptop}), fault_code::syntax);
    EXPECT_EQ(add_key(core, {"ada@localhost", "a\nb", laptop}), fault_code::syntax);
    EXPECT_EQ(add_key(core, {"ada@localhost", "\xff", laptop}), fault_code::syntax);
    EXPECT_EQ(add_key(core, {"ada@localhost", std::string(101, 'x'), laptop}), fault_code::syntax);
    EXPECT_FALSE(is_one_there);
    EXPECT_EQ(add_key(core, {"Ada@localhost", "laptop", laptop}), fault_code::none);
    EXPECT_TRUE(is_one_there);
    EXPECT_EQ(add_key(core, {"ada@localhost", "again", laptop}), fault_code::duplicate);
    EXPECT_EQ(add_key(core, {"bob@localhost", "mine", laptop}), fault_code::duplicate);
    EXPECT_EQ(add_key(core, {"ada@localhost", "laptop", phone}), fault_code::duplicate);
    EXPECT_EQ(add_key(core, {"bob@localhost", "laptop", phone}), fault_code::none);
    EXPECT_TRUE(core.stop_and_check().empty());
  }
  {
    test_core again(where);
    EXPECT_TRUE(*again->services().has_public_keys);
    EXPECT_EQ(whose(again, laptop, ""), "ada@localhost");
    EXPECT_EQ(whose(again, phone, "bob@localhost"), "bob@localhost");
    EXPECT_EQ(whose(again, phone, "ada@localhost"), "not_found");
    EXPECT_EQ(remove_key(again, {"ada@localhost", "phone"}), fault_code::not_found);
    EXPECT_EQ(remove_key(again, {"carol@localhost", "laptop"}), fault_code::not_found);
    EXPECT_EQ(remove_key(again, {"ada@localhost", "laptop"}), fault_code::none);
    EXPECT_EQ(remove_key(again, {"ada@localhost", "laptop"}), fault_code::not_found);
    EXPECT_EQ(whose(again, laptop, ""), "not_found");
    EXPECT_TRUE(*again->services().has_public_keys);
    EXPECT_EQ(remove_key(again, {"bob@localhost", "laptop"}), fault_code::none);
    EXPECT_FALSE(*again->services().has_public_keys);
    EXPECT_TRUE(again.stop_and_check().empty());
  }
  test_core last(where);
  EXPECT_EQ(whose(last, laptop, ""), "not_found");
  const auto left =
      last.ask<messages::public_key_list>(last->services().directory, messages::list_public_keys{"ada@localhost"});
  EXPECT_TRUE(left && left->keys.empty());
}

TEST(Directory, KeepsSessionsUntilTheyEndOrThePasswordIsAnother) {
  const test_directory where;
  const session_hash first{{1}}, second{{2}}, third{{3}}, of_bob{{4}};
  const auto keep = [](test_core& core, const session_hash& session, const messages::kept_session& what) {
    const auto kept =
        core.ask<messages::session_kept>(core->services().directory, messages::keep_session{{}, session, what});
    return kept ? kept->password : 0;
  };
  const auto end = [](test_core& core, std::vector<session_hash> which) {
    return bool(
        core.ask<messages::sessions_ended>(core->services().directory, messages::end_sessions{{}, std::move(which)}));
  };
  messages::kept_session adas;
  {
    test_core core(where);
    adas = {core.add("ada@localhost"), 0, unix_ms{1000}, unix_ms{1000}, "192.0.2.1", "agent"};
    EXPECT_EQ(keep(core, third, {account_id{99}, 0, unix_ms{1}, unix_ms{1}, "", ""}), 0U) << "there is no such account";
    adas.password = keep(core, first, adas);
    ASSERT_NE(adas.password, 0U);
    EXPECT_EQ(keep(core, second, {adas.account, 0, unix_ms{1}, unix_ms{1}, "", ""}), adas.password);
    EXPECT_EQ(keep(core, of_bob, {core.add("bob@localhost"), 0, unix_ms{5}, unix_ms{6}, "", ""}) == adas.password,
              false);
    adas.used = unix_ms{2000};
    EXPECT_EQ(keep(core, first, adas), adas.password) << "it is used again";
    EXPECT_TRUE(end(core, {second, third})) << "of which one was never there";
    EXPECT_TRUE(end(core, {}));
    EXPECT_TRUE(core.stop_and_check().empty());
  }
  {
    test_core again(where);
    const auto found = again->read_sessions();
    ASSERT_TRUE(found);
    ASSERT_EQ(found->good.size(), 2U);
    EXPECT_EQ(found->good[0].session, first);
    EXPECT_EQ(found->good[0].name, "ada@localhost");
    EXPECT_EQ(found->good[0].row, adas);
    EXPECT_EQ(found->good[1].session, of_bob);
    // The same one is a new one, too.
    ASSERT_TRUE(again.ask<messages::password_set>(again->services().directory,
                                                  messages::set_password{"ada@localhost", "a password"}));
    EXPECT_EQ(keep(again, first, adas), 0U) << "a use that was on its way";
    EXPECT_TRUE(again.stop_and_check().empty());
  }
  test_core last(where);
  const auto left = last->read_sessions();
  ASSERT_TRUE(left);
  ASSERT_EQ(left->good.size(), 1U);
  EXPECT_EQ(left->good[0].session, of_bob);
  EXPECT_EQ(left->over, std::vector{first});
}

// An account that is given its password at each start goes on with its sessions.
TEST(Directory, SetsNoPasswordThatIsThere) {
  const test_directory where;
  test_core core(where);
  ASSERT_TRUE(core->give_account("ada@localhost", "one"));
  const auto before = keys_of(core, "ada@localhost");
  ASSERT_TRUE(core->give_account("ada@localhost", "one"));
  EXPECT_EQ(keys_of(core, "ada@localhost"), before);
  ASSERT_TRUE(core->give_account("ada@localhost", "two"));
  EXPECT_FALSE(signs_in(core, "ada@localhost", "one"));
  EXPECT_TRUE(signs_in(core, "ada@localhost", "two"));
}

// Of one key, and of one name, that are added twice at once the second is refused while the first is on its way.
TEST(Directory, AddsAPublicKeyOnce) {
  const test_directory where;
  test_core core(where);
  (void)core.add("ada@localhost");
  const std::vector<messages::add_public_key> both = {{"ada@localhost", "laptop", public_key_hash{{1}}},
                                                      {"ada@localhost", "phone", public_key_hash{{1}}},
                                                      {"ada@localhost", "laptop", public_key_hash{{2}}}};
  std::vector<fault_code> ends;
  caf::scoped_actor self(core->stage().system(), true);
  const auto begin = [&](const messages::add_public_key& what) {
    return self->request(core->services().directory, std::chrono::seconds(30), what);
  };
  auto first = begin(both[0]);
  auto second = begin(both[1]);
  auto third = begin(both[2]);
  for (auto* one : {&first, &second, &third})
    one->receive([&](const messages::public_key_added&) { ends.push_back(fault_code::none); },
                 [&](caf::error& why) { ends.push_back(runtime::to_failure(why).code); });
  EXPECT_EQ(ends, (std::vector{fault_code::none, fault_code::duplicate, fault_code::duplicate}));
  EXPECT_EQ(whose(core, public_key_hash{{1}}, ""), "ada@localhost");
}

TEST(Directory, CountsFailuresWithAKey) {
  const test_directory where;
  test_core core(where);
  (void)core.add("ada@localhost");
  ASSERT_EQ(add_key(core, {"ada@localhost", "laptop", public_key_hash{{1}}}), fault_code::none);
  EXPECT_EQ(whose(core, public_key_hash{{1}}, ""), "ada@localhost");
  for (int i = 0; i < 10; ++i)
    caf::anon_send(core->services().directory,
                   messages::sign_in_ended{{}, key_text(public_key_hash{{2}}), "192.0.2.1", false});
  EXPECT_EQ(whose(core, public_key_hash{{1}}, ""), "busy");  // of this network nothing is looked at
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
