// Which thread a message is put into at delivery (mail-server-behaviour 5.5).
#include "store/account/threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {
namespace {

struct letter {
  std::string id;
  std::string subject;
  std::string references = {};
  std::string in_reply_to = {};
  std::int64_t day = 0;
  std::string mailbox = "Inbox";
};

messages::deliver request_of(const letter& one) {
  auto made = account_world::mail(one.mailbox, {}, 1);
  auto& parts = made.body.parts;
  parts.envelope.message_id = one.id;
  parts.envelope.subject = one.subject;
  parts.envelope.in_reply_to = one.in_reply_to;
  parts.references = one.references;
  made.received = unix_ms{1'700'000'000'000 + one.day * 86'400'000};
  return made;
}

messages::deliver report_of(const letter& one) {
  auto made = request_of(one);
  auto& part = made.body.parts.parts[0];
  part.type = "multipart";
  part.subtype = "report";
  part.parameters = {{"report-type", "delivery-status"}};
  return made;
}

class thread_world : public account_world {
 public:
  // What a lookup reads: of each prefix the last one first.
  messages::scanned_rows related(const messages::deliver& request) {
    messages::scanned_rows all{1, {}};
    for (const auto& prefix : state.related_prefixes(mime::threading_of(request.body.parts), request.mailbox)) {
      auto found = store.scan(prefix);
      std::reverse(found.rows.begin(), found.rows.end());
      all.rows.insert(all.rows.end(), found.rows.begin(), found.rows.end());
    }
    return all;
  }
  message_row put_request(const messages::deliver& request) {
    const auto answer = commit(state.append(request, related(request))).answer;
    return message(request.mailbox, answer.id.value);
  }
  message_row put(const letter& one) { return put_request(request_of(one)); }
};

void expect_answers(const message_row& one, const message_row& first, const message_row& parent) {
  EXPECT_EQ(one.thread, first.thread);
  EXPECT_EQ(one.parent, parent.message);
}

void expect_alone(const message_row& one) {
  EXPECT_EQ(one.thread, one.message);
  EXPECT_EQ(one.parent.value, 0U);
}

TEST(Threads, FollowReferencesFromTheNearestOn) {
  thread_world world;
  const auto first = world.put({"<1@x>", "plan"});
  expect_alone(first);
  const auto answer = world.put({"<2@x>", "Re: plan", "<1@x>"});
  expect_answers(answer, first, first);
  expect_answers(world.put({"<3@x>", "RE: [list] plan", "<1@x> <2@x>"}), first, answer);
  // The nearest is missing: the next one it is.
  expect_answers(world.put({"<4@x>", "Re: plan", "<1@x> <2@x> <gone@x>"}), first, answer);
  expect_answers(world.put({"<5@x>", "Re: plan", "", "<1@X>"}), first, first);
  expect_alone(world.put({"<6@x>", "Re: plan", "<gone@x>", "<1@x>"}));
  expect_alone(world.put({"", "something else"}));
}

TEST(Threads, AnotherSubjectIsAnotherThreadUnlessItReportsADelivery) {
  thread_world world;
  const auto first = world.put({"<1@x>", "plan"});
  expect_alone(world.put({"<2@x>", "new plan", "<1@x>"}));
  expect_answers(world.put_request(report_of({"<3@x>", "Undelivered mail", "<1@x>"})), first, first);
}

TEST(Threads, AnAnswerWithoutReferencesIsFoundByItsSubject) {
  thread_world world;
  const auto old = world.put({"<1@x>", "plan", "", "", 0});
  const auto first = world.put({"<2@x>", "plan", "", "", 10});
  const auto answer = world.put({"<3@x>", "Re: plan", "", "", 20});
  expect_answers(answer, first, first);
  expect_answers(world.put({"<4@x>", "Re: plan", "", "", 38}), first, answer);
  EXPECT_NE(old.thread, first.thread);
  expect_alone(world.put({"<5@x>", "plan", "", "", 21}));                 // no answer
  expect_alone(world.put({"<6@x>", "Re: plan", "", "", 100}));            // four weeks and more later
  expect_alone(world.put({"<7@x>", "Re: plan", "", "", 20, "Archive"}));  // another mailbox
  expect_alone(world.put({"<8@x>", "Re: ", "", "", 20}));
}

TEST(Threads, TheSameMessageTwiceIsOneThread) {
  thread_world world;
  const auto first = world.put({"<1@x>", "plan"});
  const auto again = world.put({"<1@x>", "plan", "", "", 0, "Archive"});
  expect_answers(again, first, first);
  expect_answers(world.put({"<2@x>", "Re: plan", "<1@x>"}), first, again);
}

TEST(Threads, StayWithWhatIsCopiedAndMovedAndForgetWhatIsGone) {
  thread_world world;
  const auto first = world.put({"<1@x>", "plan"});
  world.put({"<2@x>", "Re: plan", "<1@x>"});
  world.open("Inbox");
  world.copy("Inbox", uids_of({2}), "Archive");
  EXPECT_EQ(world.message("Archive", 1).thread, first.thread);
  world.move("Inbox", uids_of({1}), "Trash");
  EXPECT_EQ(world.message("Trash", 1).thread, first.thread);
  expect_answers(world.put({"<3@x>", "Re: plan", "<1@x>"}), first, first);
  world.open("Trash");
  world.set_flags("Trash", uids_of({1}), flag_change::add, flags_of({flag::deleted}));
  world.expunge("Trash", std::nullopt);
  expect_alone(world.put({"<4@x>", "Re: plan", "<1@x>"}));
  world.remove("Archive");
}

// By the rows under its hash, which are as many as it has messages, whatever their subjects.
TEST(Threads, FindTheirMessages) {
  thread_world world;
  const auto first = world.put({"<1@x>", "plan"});
  world.put_request(report_of({"", "Undelivered mail", "<1@x>"}));
  world.put({"<2@x>", "Re: plan", "<1@x>", "", 0, "Archive"});
  world.put({"<3@x>", "plan"});
  const auto members = [&](const std::string& mailbox) {
    std::vector<std::uint32_t> found;
    const auto prefix = threads_prefix(ada, thread_hash(first.thread), world.named(mailbox));
    for (const auto& one : world.store.scan(prefix).rows) found.push_back(parse_account_key(one.key)->message.value);
    return found;
  };
  EXPECT_EQ(members("Inbox"), (std::vector{1U, 2U}));
  EXPECT_EQ(members("Archive"), std::vector{1U});
  world.open("Inbox");
  world.move("Inbox", uids_of({1}), "Archive");
  world.copy("Inbox", uids_of({2}), "Archive");
  EXPECT_EQ(members("Inbox"), std::vector{2U});
  EXPECT_EQ(members("Archive"), (std::vector{1U, 2U, 3U}));
}

// What is on its way to the disk is known, whenever the rows were read.
TEST(Threads, LookupsSeeWhatTheyCannotHaveRead) {
  thread_world world;
  const auto request = request_of({"<1@x>", "plan"});
  const auto answer = request_of({"<2@x>", "Re: plan", "<1@x>"});
  const auto early = world.state.begin_lookup();
  const auto before = world.related(answer);  // nothing
  auto first = world.state.append(request, world.related(request));
  ASSERT_TRUE(first);
  world.store.apply(*first->commit);
  world.state.committed(first->sequence);
  const auto second = world.commit(world.state.append(answer, before)).answer.id;
  world.state.end_lookup(early);
  expect_answers(world.message("Inbox", second.value), world.message("Inbox", 1), world.message("Inbox", 1));
  // Nobody can have missed it any more: it is the rows that tell.
  expect_alone([&] {
    const auto third = request_of({"<3@x>", "Re: plan", "<1@x>"});
    return world.message("Inbox", world.commit(world.state.append(third)).answer.id.value);
  }());
}

TEST(Threads, AreChecked) {
  thread_world world;
  world.put({"<1@x>", "plan"});
  world.put({"<2@x>", "Re: plan", "<1@x>"});
  const auto inbox = world.named("Inbox");
  const auto keys = thread_keys(ada, inbox, uid{2}, world.message("Inbox", 2));
  ASSERT_EQ(keys.size(), 3U);
  const std::string place = "account 4711 (ada@localhost), mailbox 1 \"Inbox\", uid 2: ";
  auto damaged = world.store;
  damaged.rows.erase(keys[0]);
  EXPECT_EQ(damaged.problems(), std::vector{place + "cannot be found by its thread, or by who answers it"});
  damaged = world.store;
  damaged.rows.erase(keys[2]);
  EXPECT_EQ(damaged.problems(), std::vector{place + "cannot be found by its thread, or by who answers it"});
  damaged = world.store;
  damaged.rows[keys[1]] = write_record(thread_row{message_id{1}, message_id{1}, unix_ms{0}, 0});
  EXPECT_EQ(damaged.problems(), std::vector{place + "its row of a thread says otherwise"});
  damaged = world.store;
  damaged.rows[thread_key(ada, 77, inbox, uid{2})] = damaged.rows[keys[0]];
  EXPECT_EQ(damaged.problems(), std::vector{place + "has a row of a thread that is not its own"});
  damaged = world.store;
  auto row = world.message("Inbox", 2);
  row.thread = message_id{};
  damaged.rows[message_key(ada, inbox, uid{2})] = write_record(row);
  EXPECT_EQ(damaged.problems().size(), 4U);  // it is in none, and no row is its own
}

}  // namespace
}  // namespace stagecoach::store
