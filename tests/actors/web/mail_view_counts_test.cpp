// What a view answers when its messages are counted: in pieces, beside what it is told meanwhile, once for each asker.
#include <gtest/gtest.h>

#include <atomic>
#include <caf/scoped_actor.hpp>
#include <map>
#include <optional>

#include "actors/web/mail_view.hpp"
#include "protocols/query/mail_query.hpp"
#include "tests/actors/web/cast.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::web {
namespace {

using namespace std::chrono_literals;
using runtime::promise;
using runtime::reply;
using testing::missing;

constexpr std::int64_t day_ms = 24LL * 60 * 60 * 1000;

struct house {
  std::atomic<std::size_t> largest{0};     // of all questions, in messages
  std::atomic<std::size_t> answers_of{7};  // in structures
  std::atomic<bool> holds{false};          // the reader's answers, until it is told to sweep
  std::atomic<std::size_t> held{0};

  void asked(std::size_t messages) {
    if (largest < messages) largest = messages;
  }
};

class box final : public runtime::watched<services::mailbox_handle> {
 public:
  box(caf::actor_config& cfg, runtime::stage& on, house& in, mailbox_id id, std::uint32_t messages)
      : watched(cfg, on, "mailbox", "box"), house_(in), id_(id), messages_(messages) {}

 private:
  behavior_type make_behavior() override {
    return {
        [this](const messages::watch&) -> reply<messages::watching> {
          viewer_ = sender_speaking<messages::viewer_talk>();
          messages::watching now;
          now.status.id = id_;
          now.status.highest = modseq{5};
          now.uids.add(uid_range{uid{1}, uid{messages_}});
          return now;
        },
        [](const messages::look_away&) {},
        [](const messages::seen&) {},
        [](const messages::catch_up&) -> reply<messages::caught_up> { return missing(); },
        [this](const messages::read_rows& m) -> reply<messages::rows> {
          messages::rows found;
          m.uids.for_each([&](uid one) { found.messages.push_back(row(one)); });
          if (is_read_) house_.asked(found.messages.size());
          is_read_ = true;
          return found;
        },
        [](const messages::set_flags&) -> reply<messages::flags_set> { return missing(); },
        [](const messages::expunge&) -> reply<messages::messages_expunged> { return missing(); },
        [](const messages::copy&) -> reply<messages::copied> { return missing(); },
        [this](const messages::apply_changes& m) {
          send(viewer_, messages::changes{m.trace, id_, m.up_to, m.entries});
        },
        [this](const messages::mailbox_removed&) { quit(); },
        [](const messages::wanted&) {},
    };
  }
  static messages::message_view row(uid id) {
    messages::message_view one;
    one.id = id;
    one.received = unix_ms{id.value * day_ms};
    one.message = one.thread = message_id{id.value % 10};
    if (id.value % 3 == 0) one.flags.set(flag::seen);
    if (id.value % 4 == 0) one.flags.keywords = {"todo"};
    return one;
  }
  void on_exit() override { viewer_ = runtime::handle_of<messages::viewer_talk>(); }

  house& house_;
  const mailbox_id id_;
  const std::uint32_t messages_;
  bool is_read_ = false;  // by the view for itself, which asks for all of it
  runtime::handle_of<messages::viewer_talk> viewer_;
};

class reader final : public runtime::watched<services::blob_reader_handle> {
 public:
  reader(caf::actor_config& cfg, runtime::stage& on, house& in) : watched(cfg, on, "blob_reader", "0"), house_(in) {}
  void on_exit() override { held_.clear(); }

 private:
  behavior_type make_behavior() override {
    return {
        [](const messages::read_octets&) -> reply<messages::octets_read> { return missing(); },
        [](const messages::stage_octets&) -> reply<messages::octets_staged> { return missing(); },
        [](const messages::finish_staging&) -> reply<messages::staged_body> { return missing(); },
        [](const messages::scan_rows&) -> reply<messages::scanned_rows> { return missing(); },
        [](const messages::read_contents&) -> reply<messages::scanned_rows> { return missing(); },
        [this](const messages::read_structures& m) -> reply<messages::structures> {
          house_.asked(m.uids.size());
          if (!house_.holds) return some_of(m);
          auto to = make_response_promise<messages::structures>();
          held_.emplace_back(to, some_of(m));
          ++house_.held;
          return to;
        },
        [](const messages::check_account&) -> reply<messages::account_checked> { return missing(); },
        [this](const messages::sweep_staging&) {
          for (auto& [to, answer] : held_) to.deliver(std::move(answer));
          held_.clear();
          house_.held = 0;
        },
    };
  }
  // A sender for each mailbox, and one for all.
  messages::structures some_of(const messages::read_structures& m) const {
    messages::structures found;
    m.uids.for_each([&](uid one) {
      if (found.messages.size() >= house_.answers_of) return;
      auto& made = found.messages.emplace_back();
      made.id = found.up_to = one;
      auto& from = made.parts.envelope.from;
      from.push_back({mime::address_kind::mailbox, "", "", one.value % 2 == 0 ? "even" : "odd", "x"});
      from.push_back({mime::address_kind::mailbox, "", "", "box" + std::to_string(m.mailbox.value), "x"});
    });
    return found;
  }

  house& house_;
  std::vector<std::pair<promise<messages::structures>, messages::structures>> held_;
};

struct MailViewCounts : ::testing::Test {
  ~MailViewCounts() override {
    if (view_) caf::anon_send_exit(view_, caf::exit_reason::user_shutdown);
    view_ = mail_view_handle();
    asker_.reset();
    owner_.reset();
    boxes_.clear();
    reader_ = services::blob_reader_handle();
    on_.stage().stop();
  }

  void add_box(const std::string& name, std::uint32_t messages) {
    const mailbox_id id{static_cast<std::uint32_t>(boxes_.size() + 1)};
    boxes_.emplace(name, on_.stage().spawn<box>(house_, id, messages));
    wanted_.mailboxes.push_back({id, name});
  }
  void open(std::string_view query = "") {
    wanted_.number = 1;
    wanted_.count = 5;
    if (!query.empty()) wanted_.query = *query::parse_query(query, 20'000);
    services::node_services services;
    services.readers.all.push_back(reader_);
    view_ = on_.stage().spawn<mail_view>(services, messages::signed_in{account_id{7}, "ada"},
                                         on_.stage().spawn<testing::account_of_boxes>(boxes_), wanted_,
                                         caf::actor_cast<view_owner_handle>(*owner_));
  }
  // What the view says, until it says that.
  bool hears(std::string_view text) {
    for (bool is_late = false; !is_late;) {
      bool is_it = false;
      (*owner_)->receive(
          [&](const messages::view_said& m) {
            is_it = m.octets.find(text) != std::string::npos;
            on_.tell(view_, messages::view_taken());
          },
          caf::after(20s) >> [&] { is_late = true; });
      if (is_it) return true;
    }
    return false;
  }
  bool is_shown() { return hears("\"is_searching\":false"); }
  auto begin_count() { return (*asker_)->request(view_, 30s, api::count_view()); }
  template <class Waiting>
  static result<api::counted, failure> end_count(Waiting& waiting) {
    result<api::counted, failure> given = failure{fault_code::syntax, "no answer"};
    waiting.receive([&](const api::counted& m) { given = m; },
                    [&](const caf::error& why) { given = runtime::to_failure(why); });
    return given;
  }
  result<api::counted, failure> count() {
    auto waiting = begin_count();
    return end_count(waiting);
  }
  bool is_held() {
    return testing::eventually([&] { return house_.held == 1; });
  }
  void let_go() {
    house_.holds = false;
    on_.tell(reader_, messages::sweep_staging());
  }

  house house_;
  testing::test_stage on_;
  std::optional<caf::scoped_actor> owner_{on_.stage().system()};
  std::optional<caf::scoped_actor> asker_{on_.stage().system()};
  services::blob_reader_handle reader_ = on_.stage().spawn<reader>(house_);
  std::map<std::string, services::mailbox_handle> boxes_;
  mail_view::request wanted_;
  mail_view_handle view_;
};

TEST_F(MailViewCounts, CountsAllThatItStandsForInPieces) {
  add_box("Inbox", 1200);
  for (const bool threads : {false, true}) {
    wanted_.threads = threads;
    open();
    ASSERT_TRUE(is_shown());
    house_.largest = 0;
    const auto counted = count();
    ASSERT_TRUE(counted);
    EXPECT_EQ(counted->up_to, modseq{5});
    EXPECT_EQ(counted->total, 1200U);
    EXPECT_EQ(counted->unread, 800U);
    EXPECT_EQ(counted->years, (std::vector<api::year_count>{{1973, 105}, {1972, 366}, {1971, 365}, {1970, 364}}));
    EXPECT_EQ(counted->labels, (std::vector<api::label_count>{{"todo", 300}}));
    EXPECT_EQ(counted->senders,
              (std::vector<api::sender_count>{{"", "box1@x", 1200}, {"", "even@x", 600}, {"", "odd@x", 600}}));
    EXPECT_EQ(house_.largest, 500U);
    caf::anon_send_exit(view_, caf::exit_reason::user_shutdown);
  }
}

TEST_F(MailViewCounts, CountsNothingAtOnce) {
  add_box("Inbox", 20);
  open("label:none");
  ASSERT_TRUE(is_shown());
  const auto counted = count();
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->total, 0U);
  EXPECT_TRUE(counted->years.empty() && counted->labels.empty() && counted->senders.empty());
}

TEST_F(MailViewCounts, IsBusyUntilTheSearchIsOver) {
  add_box("Inbox", 20);
  house_.holds = true;
  open("from:odd");
  ASSERT_TRUE(is_held());
  const auto early = count();
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, fault_code::busy);
  let_go();
  ASSERT_TRUE(is_shown());
  const auto counted = count();
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->total, 10U);
  EXPECT_EQ(counted->senders, (std::vector<api::sender_count>{{"", "box1@x", 10}, {"", "odd@x", 10}}));
}

TEST_F(MailViewCounts, IsDoneForWhoHasAskedLast) {
  add_box("Inbox", 20);
  open();
  ASSERT_TRUE(is_shown());
  house_.holds = true;
  auto first = begin_count();
  ASSERT_TRUE(is_held());
  auto second = begin_count();
  const auto older = end_count(first);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, fault_code::busy);
  let_go();
  const auto newer = end_count(second);
  ASSERT_TRUE(newer);
  EXPECT_EQ(newer->total, 20U);
}

TEST_F(MailViewCounts, ChangesDoNotWaitForIt) {
  add_box("Inbox", 20);
  open();
  ASSERT_TRUE(is_shown());
  house_.holds = true;
  auto waiting = begin_count();
  ASSERT_TRUE(is_held());
  messages::flags_changed starred{uid{20}, {}, modseq{6}};
  starred.flags.set(flag::flagged);
  on_.tell(boxes_.at("Inbox"), messages::apply_changes{{}, modseq{6}, {starred}, {}});
  EXPECT_TRUE(hears("row_flags"));
  EXPECT_EQ(house_.held, 1U) << "it is counted still";
  let_go();
  const auto counted = end_count(waiting);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->up_to, modseq{5});
}

TEST_F(MailViewCounts, LeavesOutAMailboxThatGoes) {
  add_box("Gone", 700);
  add_box("Inbox", 30);
  add_box("Kept", 40);
  wanted_.is_everywhere = true;
  house_.answers_of = 500;
  open();
  ASSERT_TRUE(is_shown());
  const auto before = count();
  ASSERT_TRUE(before);
  EXPECT_EQ(before->total, 770U);
  house_.holds = true;
  auto waiting = begin_count();
  ASSERT_TRUE(is_held());
  on_.tell(boxes_.at("Gone"), messages::mailbox_removed());
  EXPECT_TRUE(testing::eventually([&] { return on_.stage().registry().alive("mailbox") == 2; }));
  let_go();
  const auto counted = end_count(waiting);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->total, 70U);
  EXPECT_EQ(counted->senders, (std::vector<api::sender_count>{
                                  {"", "box3@x", 40}, {"", "even@x", 35}, {"", "odd@x", 35}, {"", "box2@x", 30}}));
}

TEST_F(MailViewCounts, AnswersWhenTheViewEnds) {
  add_box("Inbox", 20);
  for (const bool is_closed : {true, false}) {
    open();
    ASSERT_TRUE(is_shown());
    house_.holds = true;
    auto waiting = begin_count();
    ASSERT_TRUE(is_held());
    if (is_closed)
      caf::anon_send_exit(view_, caf::exit_reason::user_shutdown);
    else
      on_.tell(boxes_.at("Inbox"), messages::mailbox_removed());
    const auto counted = end_count(waiting);
    ASSERT_FALSE(counted);
    EXPECT_EQ(counted.error().code, fault_code::not_found);
    EXPECT_EQ(counted.error().what, "the view has ended");
    let_go();
    EXPECT_TRUE(testing::eventually([&] { return house_.held == 0; }));
  }
}

}  // namespace
}  // namespace stagecoach::web
