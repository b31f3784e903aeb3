// Random requests of several clients against a plain model: commits become durable and are reported late, mailboxes are
// opened and closed in between, and now and then everything that is not durable is lost. A failure prints its seed.
#include <gtest/gtest.h>

#include <set>

#include "tests/store/account/account_model.hpp"

namespace stagecoach::store {
namespace {

using view_map = std::map<uid, messages::message_view>;

class random_run {
 public:
  explicit random_run(std::uint32_t seed)
      : random(seed), store(rows_of_new_account(quota)), state(store.load(ada)), model(state.list_mailboxes().answer) {
    model.quota = quota;
    durable = model;
  }

  void step() {
    const auto choice = random.below(25);
    if (choice < 5)
      deliver();
    else if (choice < 7)
      set_flags();
    else if (choice < 9)
      expunge();
    else if (choice < 12)
      copy();
    else if (choice < 15)
      open_or_close();
    else if (choice < 17)
      apply(random.below(4));
    else if (choice < 19)
      report(random.below(4));
    else if (choice < 20)
      create();
    else if (choice < 21)
      remove();
    else if (choice < 22)
      rename();
    else if (choice < 23)
      subscribe();
    else if (choice < 24)
      release();
    else if (random.once_in(10))
      lose_what_is_not_durable();
    compare();
  }

  void settle() {
    apply(waiting.size());
    report(applied.size());
    EXPECT_TRUE(state.is_all_durable());
    lose_what_is_not_durable();  // nothing
    apply(waiting.size());
    report(applied.size());
    for (const auto& [name, box] : model.mailboxes) {
      const auto id = *state.find(name);
      begin_open(id);
      while (state.is_open(id) == false) read_on(id);
    }
    compare();
    EXPECT_TRUE(store.problems().empty());
  }

 private:
  static constexpr std::uint64_t quota = 6000;
  struct handed_out {
    std::uint64_t sequence;
    messages::commit commit;
    account_model after;
    bool has_modseq = true;
  };

  std::string some_mailbox() {
    auto at = model.mailboxes.begin();
    std::advance(at, random.below(static_cast<std::uint32_t>(model.mailboxes.size())));
    return at->first;
  }
  std::optional<std::string> some_open_mailbox() {
    if (replicas.empty()) return std::nullopt;
    auto at = replicas.begin();
    std::advance(at, random.below(static_cast<std::uint32_t>(replicas.size())));
    return name_of(at->first);
  }
  std::string name_of(mailbox_id id) const {
    for (const auto& [name, box] : model.mailboxes)
      if (state.find(name) == id) return name;
    ADD_FAILURE() << "no name";
    return {};
  }

  template <class Answer>
  void hand_out(const result<transition<Answer>, failure>& made, const std::optional<Answer>& expected) {
    if (!expected) {
      ASSERT_FALSE(made);
      return;
    }
    ASSERT_TRUE(made) << made.error().what;
    EXPECT_EQ(made->answer, *expected);
    EXPECT_EQ(made->sequence, state.last_sequence());
    const bool has_changed = model.highest != highest_handed_out;
    highest_handed_out = model.highest;
    EXPECT_EQ(made->commit.has_value(), has_changed);
    EXPECT_TRUE(has_changed || made->changes.empty());
    if (made->commit) {
      waiting.push_back({made->sequence, *made->commit, model, true});
      written.apply(*made->commit);
    }
    for (const auto& told : made->changes) replay(told);
  }

  // What the mailbox's actor makes of it.
  void replay(const mailbox_changes& told) {
    ASSERT_TRUE(replicas.contains(told.mailbox));
    auto& replica = replicas.at(told.mailbox);
    EXPECT_EQ(told.changes.up_to, modseq{model.highest});
    EXPECT_EQ(told.changes.status, state.status(name_of(told.mailbox))->answer);
    for (const auto& entry : told.changes.entries) {
      if (const auto* added = std::get_if<messages::added>(&entry)) {
        EXPECT_TRUE(replica.empty() || replica.rbegin()->first < added->message.id);
        replica.emplace(added->message.id, added->message);
      } else if (const auto* changed = std::get_if<messages::flags_changed>(&entry)) {
        replica.at(changed->id).flags = changed->flags;
        replica.at(changed->id).changed = changed->changed;
      } else {
        EXPECT_EQ(replica.erase(std::get<messages::expunged>(entry).id), 1U);
      }
    }
  }

  void deliver() {
    auto request = random.mail(random.once_in(12) ? random.name() : some_mailbox());
    request.create_mailbox = true;
    const auto made = state.append(request);
    hand_out(made, model.deliver(request, made ? made->answer.mailbox : mailbox_id{}));
  }
  void set_flags() {
    const auto name = some_open_mailbox();
    if (!name) return;
    const auto uids = random.uids(model.mailboxes[*name].next_uid);
    const auto delta = random.delta();
    hand_out(state.set_flags({{}, *state.find(*name), uids, delta}),
             std::optional(model.set_flags(*name, uids, delta)));
  }
  void expunge() {
    const auto name = some_open_mailbox();
    if (!name) return;
    std::optional<uid_set> uids;
    if (random.once_in(2)) uids = random.uids(model.mailboxes[*name].next_uid);
    hand_out<messages::messages_expunged>(state.expunge({{}, *state.find(*name), uids}),
                                          std::optional(model.expunge(*name, uids)));
  }
  void release() {
    const auto name = some_mailbox();
    const std::uint64_t up_to = random.below(static_cast<std::uint32_t>(model.highest) + 1);
    release(state.release(*state.find(name), modseq{up_to}), model.release(name, up_to));
  }
  void release_all() {
    bool has_any = false;
    for (const auto& [name, box] : std::map(model.mailboxes)) has_any = model.release(name, model.highest) || has_any;
    release(state.release_all(), has_any);
  }
  void release(const transition<done>& made, bool has_any) {
    EXPECT_EQ(made.commit.has_value(), has_any);
    EXPECT_TRUE(made.changes.empty());
    if (!made.commit) return;
    waiting.push_back({made.sequence, *made.commit, model, false});
    written.apply(*made.commit);
  }
  void copy() {
    const auto name = some_open_mailbox();
    if (!name) return;
    const auto uids = random.uids(model.mailboxes[*name].next_uid);
    const auto to = random.once_in(3) ? *name : some_mailbox();
    const bool move = random.once_in(2);
    const auto made =
        state.copy({{}, *state.find(*name), uids, to, move}, written.scan(contents_prefix(ada, *state.find(*name))));
    hand_out(made, model.copy(*name, uids, to, move));
  }

  void create() {
    const auto name = random.name();
    const auto made = state.create_mailbox({{}, name, {}});
    hand_out(made, model.create(name, made ? made->answer.mailbox : mailbox_id{}));
  }
  void remove() {
    const auto name = some_open_mailbox();
    if (!name) return;
    const auto id = *state.find(*name);
    const auto made = state.delete_mailbox({{}, *name});
    if (made) replicas.erase(id);
    hand_out(made, model.remove(*name, id));
  }
  void rename() {
    const auto from = random.once_in(3) ? "Inbox" : some_mailbox();
    const auto to = random.name();
    if (from == "Inbox" && !state.is_open(*state.find(from))) return;
    const auto inbox = *state.find("Inbox");
    hand_out(from == "Inbox" ? state.rename_inbox({{}, from, to}, written.scan(contents_prefix(ada, inbox)))
                             : state.rename_mailbox({{}, from, to}),
             model.rename(from, to));
  }
  void subscribe() {
    const auto name = random.name();
    const bool is_subscribed = random.once_in(2);
    hand_out(state.set_subscription({{}, name, is_subscribed}), std::optional(model.subscribe(name, is_subscribed)));
  }

  void open_or_close() {
    const auto name = some_mailbox();
    const auto id = *state.find(name);
    if (state.is_open(id)) {
      if (random.once_in(3)) close(id);
    } else if (const auto at = openings.find(id); at == openings.end()) {
      begin_open(id);
    } else if (random.once_in(15)) {
      close(id);
    } else {
      read_on(id);
    }
  }
  void close(mailbox_id id) {
    state.close_mailbox(id);
    replicas.erase(id);
    openings.erase(id);
  }
  void begin_open(mailbox_id id) {
    state.begin_open(id);
    openings[id] = uid{};
  }
  // The next few messages, as the rows are by now; at their end the mailbox opens.
  void read_on(mailbox_id id) {
    auto piece = store.scan(messages_prefix(ada, id));
    std::erase_if(piece.rows, [&](const auto& row) { return row.key <= message_key(ada, id, openings[id]); });
    if (piece.rows.size() > 3) piece.rows.resize(3);
    ASSERT_TRUE(state.add_rows(id, piece));
    if (!piece.rows.empty()) {
      openings[id] = parse_account_key(piece.rows.back().key)->message;
      return;
    }
    const auto opened = state.finish_open(id);
    ASSERT_TRUE(opened) << opened.error().what;
    EXPECT_EQ(opened->sequence, state.last_sequence());
    openings.erase(id);
    for (const auto& view : opened->answer.messages) replicas[id].emplace(view.id, view);
    replicas[id];
    EXPECT_EQ(opened->answer.status, state.status(name_of(id))->answer);
  }

  void apply(std::size_t count) {
    for (; count > 0 && !waiting.empty(); --count) {
      store.apply(waiting.front().commit);
      durable = waiting.front().after;
      applied.push_back(waiting.front().sequence);
      const bool has_modseq = waiting.front().has_modseq;
      waiting.pop_front();
      check_durable(has_modseq);
    }
  }
  void report(std::size_t count) {
    if (count == 0 || applied.empty()) return;
    // A group commit is reported once for all.
    const auto last = std::min(count, applied.size());
    state.committed(applied[last - 1]);
    applied.erase(applied.begin(), applied.begin() + static_cast<std::ptrdiff_t>(last));
  }
  void lose_what_is_not_durable() {
    waiting.clear();
    applied.clear();
    replicas.clear();
    openings.clear();
    written = store;
    state = store.load(ada);
    model = durable;
    highest_handed_out = model.highest;
    if (random.once_in(2)) release_all();
  }

  void check_durable(bool has_modseq) {
    EXPECT_EQ(store.problems(), std::vector<std::string>{});
    std::erase_if(store.references, [](const auto& one) { return one.second == 0; });
    EXPECT_EQ(store.references, durable.references());
    // UIDs and modseqs never go back.
    const auto reloaded = store.load(ada);
    if (has_modseq)
      EXPECT_GT(reloaded.row().highest, highest_durable);
    else
      EXPECT_EQ(reloaded.row().highest, highest_durable);
    highest_durable = reloaded.row().highest;
    for (const auto& status : reloaded.list_mailboxes().answer.all) {
      EXPECT_GE(status.next_uid, next_uids[status.id]);
      next_uids[status.id] = status.next_uid;
    }
  }

  void compare() {
    const auto list = state.list_mailboxes().answer;
    const auto& all = list.all;
    ASSERT_EQ(all.size(), model.mailboxes.size());
    EXPECT_EQ(list.missing, model.missing());
    for (const auto& status : all) {
      ASSERT_TRUE(model.mailboxes.contains(status.name));
      const auto& box = model.mailboxes.at(status.name);
      EXPECT_EQ(status.next_uid.value, box.next_uid);
      EXPECT_EQ(status.validity, box.validity);
      EXPECT_EQ(status.subscribed, model.subscriptions.contains(status.name));
      EXPECT_EQ(status.highest.value, box.highest);
      EXPECT_EQ(status.counts, box.counts());
      EXPECT_EQ(status.keywords, std::vector<std::string>(box.keywords.begin(), box.keywords.end()));
      EXPECT_EQ(state.is_open(status.id), replicas.contains(status.id));
      if (!replicas.contains(status.id)) continue;
      std::vector<messages::message_view> replica;
      for (const auto& [id, view] : replicas.at(status.id)) replica.push_back(view);
      EXPECT_EQ(replica, box.views());
    }
    EXPECT_EQ(state.row().bytes_used, model.used());
    EXPECT_EQ(state.row().highest.value, model.highest);
  }

  random_client random;
  row_map store;
  row_map written = store;  // and what is not durable
  account_state state;
  account_model model;
  account_model durable{messages::mailboxes{}};
  std::deque<handed_out> waiting;     // not in the rows
  std::deque<std::uint64_t> applied;  // in the rows, and not reported
  std::map<mailbox_id, view_map> replicas;
  std::map<mailbox_id, uid> openings;  // the last UID that was read
  std::uint64_t highest_handed_out = 2;
  modseq highest_durable;
  std::map<mailbox_id, uid> next_uids;
};

TEST(RandomAccount, IsWhatTheModelIs) {
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_run run(seed);
    for (int i = 0; i < 300 && !testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE("step " + std::to_string(i));
      run.step();
    }
    if (!testing::Test::HasFailure()) run.settle();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace stagecoach::store
