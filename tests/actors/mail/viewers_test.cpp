#include "actors/mail/viewers.hpp"

#include <gtest/gtest.h>

#include "tests/store/account/account_model.hpp"

namespace stagecoach::mail {
namespace {

using viewer_id = std::uint64_t;
using store::account_world;
using store::flags_of;
using store::uids_of;

// Inbox of an account, whose commits are durable at once, and its index.
struct ViewersTest : testing::Test {
  ViewersTest() : index(open()) {}
  mailbox_index open() {
    auto opened = world.open("Inbox");
    return {opened.status, std::move(opened.messages)};
  }
  template <class Answer>
  std::vector<viewers<viewer_id>::batch> tell(const store::transition<Answer>& made) {
    for (const auto& told : made.changes) index.apply(told.changes);
    return all.changed(index);
  }
  std::vector<viewers<viewer_id>::batch> deliver() { return tell(world.deliver("Inbox", {}, 1)); }
  store::transition<messages::flags_set> flag_all(flag one) {
    uid_set every;
    every.add(uid_range{uid{1}, uid{UINT32_MAX}});
    return world.set_flags("Inbox", every, flag_change::add, flags_of({one}));
  }
  static std::vector<std::uint32_t> added_by(const shared_changes& told) {
    std::vector<std::uint32_t> uids;
    if (told)
      for (const auto& entry : told->entries) uids.push_back(std::get<messages::added>(entry).message.id.value);
    return uids;
  }
  using uid_list = std::vector<std::uint32_t>;

  account_world world;
  mailbox_index index;
  viewers<viewer_id> all;
  static constexpr viewer_id ann = 1;
  static constexpr viewer_id bob = 2;
};

// Row 47: two deliveries in quick succession both appear, without a third event.
TEST_F(ViewersTest, TwoDeliveriesInQuickSuccessionBothAppear) {
  all.add(ann, index.status().highest);
  const auto first = deliver();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].to, std::vector<viewer_id>{ann});
  EXPECT_EQ(added_by(first[0].what), uid_list{1});
  EXPECT_TRUE(deliver().empty());  // a credit of one
  EXPECT_TRUE(deliver().empty());
  const auto rest = all.seen(index, ann, first[0].what->up_to);
  EXPECT_EQ(added_by(rest), (uid_list{2, 3}));
  EXPECT_EQ(all.seen(index, ann, rest->up_to), nullptr);
  EXPECT_EQ(added_by(deliver().at(0).what), uid_list{4});
}

TEST_F(ViewersTest, IsNotToldWhatTheAnswerToWatchHas) {
  deliver();
  all.add(ann, index.status().highest);
  EXPECT_EQ(all.flush(index, ann), nullptr);
  EXPECT_EQ(added_by(deliver().at(0).what), uid_list{2});
  all.add(ann, index.status().highest);  // once more: begins anew, with credit
  EXPECT_EQ(added_by(deliver().at(0).what), uid_list{3});
}

TEST_F(ViewersTest, ViewersThatWereToldTheSameShareTheChanges) {
  all.add(ann, index.status().highest);
  deliver();
  for (std::uint64_t i = 10; i < 20; ++i) all.add(i, index.status().highest);
  const auto batches = deliver();  // ann has no credit
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].to.size(), 10U);
  EXPECT_EQ(added_by(batches[0].what), uid_list{2});
  deliver();
  const auto tenth = all.seen(index, 10, batches[0].what->up_to);
  EXPECT_EQ(all.seen(index, 11, batches[0].what->up_to), tenth);
  // Two groups, each with its own.
  all.add(bob, index.status().highest);
  const auto two = tell(flag_all(flag::seen));
  EXPECT_EQ(two.size(), 1U);
  for (std::uint64_t i = 12; i < 20; ++i) EXPECT_NE(all.seen(index, i, modseq{99}), nullptr);
}

TEST_F(ViewersTest, FlushesBeforeAnAnswerWhateverTheCredit) {
  all.add(ann, index.status().highest);
  const auto first = deliver();
  deliver();
  const auto flushed = all.flush(index, ann);
  EXPECT_EQ(added_by(flushed), uid_list{2});
  EXPECT_EQ(all.flush(index, ann), nullptr);
  deliver();
  EXPECT_EQ(all.seen(index, ann, first[0].what->up_to), nullptr);  // the second is still on its way
  EXPECT_EQ(added_by(all.seen(index, ann, flushed->up_to)), uid_list{3});
}

TEST_F(ViewersTest, GivesCreditBackThoughLaterChangesCameToNothing) {
  all.add(ann, index.status().highest);
  const auto first = deliver();
  tell(world.deliver("Inbox", flags_of({flag::deleted}), 1));
  tell(world.expunge("Inbox", std::nullopt));
  EXPECT_EQ(all.flush(index, ann), nullptr);  // came and went
  EXPECT_EQ(all.seen(index, ann, first[0].what->up_to), nullptr);
  EXPECT_EQ(added_by(deliver().at(0).what), uid_list{3});
}

TEST_F(ViewersTest, TheOriginatorHasItsAnswerAndTheOthersTheChange) {
  deliver();
  all.add(ann, index.status().highest);
  all.add(bob, index.status().highest);
  all.request_began(ann);
  EXPECT_EQ(deliver().at(0).to, std::vector<viewer_id>{bob});  // ann waits for her answer
  const auto made = flag_all(flag::seen);
  EXPECT_TRUE(tell(made).empty());  // bob has no credit
  const auto before_answer = all.request_ended(index, ann, made.answer.changed);
  ASSERT_NE(before_answer, nullptr);
  // Message 2 is news to her, with the flags that she has just set; what became of message 1 is in the answer.
  ASSERT_EQ(before_answer->entries.size(), 1U);
  EXPECT_EQ(std::get<messages::added>(before_answer->entries[0]).message.id, uid{2});
  EXPECT_TRUE(std::get<messages::added>(before_answer->entries[0]).message.flags.has(flag::seen));
  const auto to_bob = all.seen(index, bob, modseq{99});
  ASSERT_NE(to_bob, nullptr);
  EXPECT_EQ(to_bob->entries.size(), 2U);
}

TEST_F(ViewersTest, KnowsUpToWhereEverybodyHasActed) {
  const auto processed = [&] { return all.processed(index.status().highest); };
  deliver();
  EXPECT_EQ(processed(), index.status().highest) << "nobody looks";
  const auto start = index.status().highest;
  all.add(ann, start);
  all.add(bob, start);
  const auto told = deliver().at(0).what->up_to;  // to both
  EXPECT_EQ(processed(), start);
  deliver();
  (void)all.flush(index, ann);  // she is told more, and has acted upon none of it
  EXPECT_EQ(processed(), start);
  (void)all.seen(index, ann, index.status().highest);
  EXPECT_EQ(processed(), start);
  const auto rest = all.seen(index, bob, told);
  EXPECT_EQ(processed(), told);
  all.add(bob, told);  // once more
  EXPECT_EQ(processed(), told);
  all.remove(bob);
  EXPECT_EQ(processed(), index.status().highest);
  all.clear();
  EXPECT_EQ(all.processed(modseq{99}), modseq{99});
}

TEST_F(ViewersTest, WhoeverIsToldByItsAnswerHasActed) {
  deliver();
  all.add(ann, index.status().highest);
  all.request_began(ann);
  const auto made = flag_all(flag::seen);
  tell(made);
  EXPECT_NE(all.processed(index.status().highest), made.answer.changed);
  EXPECT_EQ(all.request_ended(index, ann, made.answer.changed), nullptr);
  EXPECT_EQ(all.processed(index.status().highest), made.answer.changed);
}

TEST_F(ViewersTest, ARequestThatFailsHidesNothing) {
  all.add(ann, index.status().highest);
  all.request_began(ann);
  EXPECT_TRUE(deliver().empty());
  EXPECT_EQ(added_by(all.request_ended(index, ann, {})), uid_list{1});
  all.request_began(ann);
  EXPECT_EQ(all.request_ended(index, ann, {}), nullptr);
}

TEST_F(ViewersTest, ThoseWhoDoNotLookAreToldNothing) {
  all.request_began(bob);
  deliver();
  EXPECT_EQ(all.flush(index, bob), nullptr);
  EXPECT_EQ(all.seen(index, bob, modseq{1}), nullptr);
  EXPECT_EQ(all.request_ended(index, bob, modseq{3}), nullptr);
  all.add(ann, index.status().highest);
  all.request_began(ann);
  all.remove(ann);
  EXPECT_TRUE(all.empty());
  all.add(ann, index.status().highest);  // came back before the answer
  EXPECT_EQ(added_by(deliver().at(0).what), uid_list{2});
  EXPECT_EQ(all.request_ended(index, ann, {}), nullptr);
  EXPECT_EQ(all.size(), 1U);
}

// A viewer in the random run: it knows what it was told, nothing else.
struct simulated_viewer {
  std::map<uid, messages::message_view> known;
  modseq told;
  std::deque<shared_changes> inbox;  // sent to it, not yet taken
  std::uint32_t slowness = 1;
};

class random_mailbox {
 public:
  explicit random_mailbox(std::uint32_t seed) : random(seed), index(open()) {
    for (std::uint64_t id = 1; id <= 5; ++id) watch(id);
    simulated.at(5).slowness = 200;  // hardly ever answers
  }

  void step() {
    const viewer_id who = random.below(5) + 1U;
    switch (random.below(10)) {
      case 0:
      case 1:
        tell(world.commit(world.state.append(random.mail("Inbox"))));
        break;
      case 2:
      case 3:
        request(who, [&] { return tell(world.commit(world.state.set_flags({{}, inbox, uids(), random.delta()}))); });
        break;
      case 4:
        request(who, [&] {
          return tell(world.commit<messages::messages_expunged>(world.state.expunge({{}, inbox, std::nullopt})));
        });
        break;
      case 5:
        request(who, [&] { return tell(world.copy_or_move({{}, inbox, uids(), "Inbox", random.once_in(2)})); });
        break;
      case 6:
        send(who, all.flush(index, who));
        check_current(who);
        break;
      case 7:
        if (random.once_in(30)) {
          all.remove(who);
          simulated.at(who).inbox.clear();
          watch(who);
        }
        break;
      default:
        take(who);
    }
    check_readable();
  }

  void settle() {
    for (auto& [id, viewer] : simulated) {
      viewer.slowness = 1;
      for (int i = 0; i < 50; ++i) take(id);
      check_current(id);
    }
    check_readable();
    EXPECT_FALSE(index.has_unreleased());
    EXPECT_TRUE(world.store.scan(store::removed_prefix(store::ada)).rows.empty());
  }

 private:
  mailbox_index open() {
    auto opened = world.open("Inbox");
    return {opened.status, std::move(opened.messages)};
  }
  uid_set uids() { return random.uids(index.status().next_uid.value); }

  void watch(viewer_id who) {
    all.add(who, index.status().highest);
    auto& viewer = simulated[who];
    viewer.known.clear();
    uid_set seen_uids;
    for (const auto& view : live()) {
      viewer.known.emplace(view.id, view);
      seen_uids.add(view.id);
    }
    EXPECT_EQ(index.watching().uids, seen_uids);
    viewer.told = index.status().highest;
  }

  template <class Answer>
  Answer tell(const store::transition<Answer>& made) {
    for (const auto& told : made.changes) {
      for (const auto& entry : told.changes.entries)
        if (const auto* flags = std::get_if<messages::flags_changed>(&entry))
          flag_changes[flags->id].push_back(flags->changed);
      index.apply(told.changes);
      for (const auto& one : all.changed(index))
        for (const auto who : one.to) send(who, one.what);
    }
    return made.answer;
  }

  template <class Ask>
  void request(viewer_id who, Ask ask) {
    all.request_began(who);
    if (random.once_in(3)) {  // somebody was faster
      tell(world.commit(world.state.append(random.mail("Inbox"))));
      tell(world.commit(world.state.set_flags({{}, inbox, uids(), random.delta()})));
    }
    const auto answer = ask();
    own = answer.changed;
    send(who, all.request_ended(index, who, answer.changed));
    auto& viewer = simulated.at(who);
    const auto knew = viewer.known;
    const auto since = viewer.told;
    told_flags.clear();
    while (!viewer.inbox.empty()) take_first(viewer);  // on the same path: before the answer
    learn(viewer, answer);
    for (const auto& [id, view] : knew) {
      if (!viewer.known.contains(id)) continue;
      EXPECT_EQ(told_flags.contains(id), was_changed_by_others(id, since)) << id.value;
    }
    own = {};
    viewer.told = index.status().highest;
    EXPECT_EQ(all.seen(index, who, viewer.told), nullptr);  // it has taken all; there is no more
    check_current(who);
  }
  static void learn(simulated_viewer& viewer, const messages::flags_set& answer) {
    for (const auto& view : answer.messages) {
      ASSERT_TRUE(viewer.known.contains(view.id));
      viewer.known[view.id] = view;
    }
  }
  static void learn(simulated_viewer& viewer, const messages::messages_expunged& answer) {
    answer.uids.for_each([&](uid id) { viewer.known.erase(id); });
  }
  void learn(simulated_viewer& viewer, const messages::copied& answer) const {
    for (const auto id : answer.to) EXPECT_TRUE(viewer.known.contains(id));
    for (const auto id : answer.from)  // COPY leaves them, MOVE does not
      if (!world.store.rows.contains(store::message_key(store::ada, inbox, id))) viewer.known.erase(id);
  }

  // After `since`, and not by the request that is being answered.
  bool was_changed_by_others(uid id, modseq since) const {
    const auto found = flag_changes.find(id);
    return found != flag_changes.end() && std::any_of(found->second.begin(), found->second.end(),
                                                      [&](modseq when) { return when > since && when != own; });
  }

  void send(viewer_id who, const shared_changes& told) {
    if (told) simulated.at(who).inbox.push_back(told);
  }
  void take(viewer_id who) {
    auto& viewer = simulated.at(who);
    if (viewer.inbox.empty() || !random.once_in(viewer.slowness)) return;
    const auto up_to = viewer.inbox.front()->up_to;
    take_first(viewer);
    send(who, all.seen(index, who, up_to));
  }
  void take_first(simulated_viewer& viewer) {
    const auto told = viewer.inbox.front();
    viewer.inbox.pop_front();
    EXPECT_GT(told->up_to, viewer.told);
    std::set<uid> named;
    uid last_added;
    for (const auto& entry : told->entries) {
      if (const auto* added = std::get_if<messages::added>(&entry)) {
        EXPECT_TRUE(named.insert(added->message.id).second);
        EXPECT_GT(added->message.created, viewer.told);
        EXPECT_GT(added->message.id, last_added);
        last_added = added->message.id;
        EXPECT_TRUE(viewer.known.emplace(added->message.id, added->message).second);
      } else if (const auto* flags = std::get_if<messages::flags_changed>(&entry)) {
        EXPECT_TRUE(named.insert(flags->id).second);
        EXPECT_GT(flags->changed, viewer.told);
        EXPECT_TRUE(flags->changed != own || was_changed_by_others(flags->id, viewer.told));
        told_flags.insert(flags->id);
        ASSERT_TRUE(viewer.known.contains(flags->id));
        viewer.known[flags->id].flags = flags->flags;
        viewer.known[flags->id].changed = flags->changed;
      } else {
        const auto& gone = std::get<messages::expunged>(entry);
        EXPECT_TRUE(named.insert(gone.id).second);
        EXPECT_NE(gone.changed, own);
        EXPECT_EQ(viewer.known.erase(gone.id), 1U);
      }
    }
    viewer.told = told->up_to;
  }

  // What is there for everybody: without what only some may still read.
  std::vector<messages::message_view> live() const {
    uid_set every;
    every.add(uid_range{uid{1}, uid{UINT32_MAX}});
    auto found = index.read(every).messages;
    std::erase_if(found, [&](const auto& view) {
      return !world.store.rows.contains(store::message_key(store::ada, inbox, view.id));
    });
    return found;
  }

  // RFC 2180 4.1.2: whatever a viewer knows it can read.
  void check_readable() {
    const auto processed = all.processed(index.status().highest);
    if (index.release(processed)) (void)world.release("Inbox", processed);
    for (const auto& [id, viewer] : simulated) {
      uid_set known;
      for (const auto& [one, view] : viewer.known) {
        known.add(one);
        EXPECT_TRUE(world.is_readable("Inbox", one.value)) << one.value;
      }
      EXPECT_EQ(index.read(known).messages.size(), viewer.known.size());
    }
  }

  // Once it has taken what was sent, it knows exactly what is there.
  void check_current(viewer_id who) {
    auto& viewer = simulated.at(who);
    while (!viewer.inbox.empty()) {
      const auto up_to = viewer.inbox.front()->up_to;
      take_first(viewer);
      const auto more = all.seen(index, who, up_to);
      EXPECT_EQ(more, nullptr);  // it was flushed
    }
    std::vector<messages::message_view> known;
    for (const auto& [id, view] : viewer.known) known.push_back(view);
    EXPECT_EQ(known, live());
    EXPECT_EQ(index.status(), world.status("Inbox"));
  }

  store::random_client random;
  account_world world;
  mailbox_id inbox = world.named("Inbox");
  mailbox_index index;
  viewers<viewer_id> all;
  std::map<viewer_id, simulated_viewer> simulated;
  modseq own;  // of the request that is being answered
  std::map<uid, std::vector<modseq>> flag_changes;
  std::set<uid> told_flags;
};

TEST(RandomViewers, EveryViewerEndsWithWhatIsThere) {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_mailbox run(seed);
    for (int i = 0; i < 500 && !testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE("step " + std::to_string(i));
      run.step();
    }
    if (!testing::Test::HasFailure()) run.settle();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace stagecoach::mail
