// Long actions as a page has them: batches between which a session tells of its progress and can be told to stop. The
// mailbox is one that commits when the test says so.
#include <gtest/gtest.h>

#include <atomic>
#include <caf/scoped_actor.hpp>
#include <mutex>
#include <optional>
#include <set>

#include "actors/web/web_session.hpp"
#include "protocols/base/json_read.hpp"
#include "tests/actors/web/cast.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::web {
namespace {

using namespace std::chrono_literals;
using runtime::promise;
using runtime::reply;
using testing::missing;

// What the test sees of the mailbox.
struct seen_messages {
  void set(const uid_set& uids, bool is_seen) {
    const std::lock_guard locked(lock);
    uids.for_each([&](uid one) { is_seen ? (void)seen.insert(one) : (void)seen.erase(one); });
  }
  std::size_t count() {
    const std::lock_guard locked(lock);
    return seen.size();
  }
  std::mutex lock;
  std::set<uid> seen;
  std::atomic<int> commits{0};
  std::atomic<int> fails_at{0};
};

// Of 4,000 messages; the only flag is \Seen. It does as many commits as it was `wanted`, and holds the next.
class box final : public runtime::watched<services::mailbox_handle> {
 public:
  box(caf::actor_config& cfg, runtime::stage& on, seen_messages& in) : watched(cfg, on, "mailbox", "Inbox"), in_(in) {}
  void on_exit() override { held_.clear(); }

 private:
  struct held {
    messages::set_flags asked;
    promise<messages::flags_set> to;
  };

  behavior_type make_behavior() override {
    return {
        [](const messages::watch&) -> reply<messages::watching> { return missing(); },
        [](const messages::look_away&) {},
        [](const messages::seen&) {},
        [](const messages::catch_up&) -> reply<messages::caught_up> { return missing(); },
        [this](const messages::read_rows& m) -> reply<messages::rows> {
          messages::rows found;
          const std::lock_guard locked(in_.lock);
          m.uids.for_each([&](uid one) {
            auto& row = found.messages.emplace_back();
            row.id = one;
            if (in_.seen.contains(one)) row.flags.set(flag::seen);
          });
          return found;
        },
        [this](const messages::set_flags& m) -> reply<messages::flags_set> {
          auto to = make_response_promise<messages::flags_set>();
          held_.push_back({m, to});
          commit();
          return to;
        },
        [](const messages::expunge&) -> reply<messages::messages_expunged> { return missing(); },
        [](const messages::copy&) -> reply<messages::copied> { return missing(); },
        [](const messages::apply_changes&) {},
        [](const messages::mailbox_removed&) {},
        [this](const messages::wanted& m) {
          may_ += m.count;
          commit();
        },
    };
  }
  void commit() {
    while (!held_.empty() && may_ > 0) {
      --may_;
      auto next = std::move(held_.front());
      held_.erase(held_.begin());
      if (++in_.commits == in_.fails_at) {
        next.to.deliver(runtime::to_error(failure{fault_code::full, "no room"}));
        continue;
      }
      in_.set(next.asked.uids, next.asked.delta.change == flag_change::add);
      next.to.deliver(messages::flags_set{modseq{static_cast<std::uint64_t>(in_.commits)}, {}, {}});
    }
  }

  seen_messages& in_;
  std::vector<held> held_;
  std::uint64_t may_ = 0;
};

class accounts final : public runtime::watched<services::accounts_handle> {
 public:
  accounts(caf::actor_config& cfg, runtime::stage& on, services::account_handle only)
      : watched(cfg, on, "accounts", "all"), only_(std::move(only)) {}
  void on_exit() override { only_ = services::account_handle(); }

 private:
  behavior_type make_behavior() override {
    return {
        [this](const messages::activate&) -> reply<services::account_handle> { return only_; },
        [](const messages::retire&) -> reply<messages::retired> { return missing(); },
    };
  }
  services::account_handle only_;
};

struct LongActionOfAPage : ::testing::Test {
  LongActionOfAPage() {
    box_ = on_.stage().spawn<box>(mail_);
    account_ = on_.stage().spawn<testing::account_of_boxes>(testing::account_of_boxes::boxes{{"Inbox", box_}});
    services_.accounts = on_.stage().spawn<accounts>(account_);
    session_ = on_.stage().spawn<web_session>(services_, messages::signed_in{account_id{7}, "ada@localhost"}, "/mail/");
  }
  ~LongActionOfAPage() override {
    page_.reset();
    asker_.reset();
    for (const auto& one : {caf::actor_cast<caf::actor>(session_), caf::actor_cast<caf::actor>(services_.accounts),
                            caf::actor_cast<caf::actor>(account_), caf::actor_cast<caf::actor>(box_)})
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    source_ = runtime::handle_of<messages::octet_source_talk>();
    session_ = runtime::handle_of<messages::web_session_talk>();
    services_ = services::node_services();
    account_ = services::account_handle();
    box_ = services::mailbox_handle();
    on_.stage().stop();
  }

  static messages::http_request request(const std::string& target, const std::string& body) {
    messages::http_request made;
    made.method = "POST";
    made.target = target;
    made.body = body;
    return made;
  }
  messages::http_answer call(const std::string& method, const std::string& body) {
    const auto given = on_.ask<messages::http_answer>(session_, request("/api/" + method, body));
    return given ? *given : messages::http_answer{599, {}, given.error().what, false};
  }
  // Of messages 1 to 4,000; it is answered when the mailbox has done it.
  auto mark_all_read(const std::string& op) {
    std::string uids = "1";
    for (int i = 2; i <= 4'000; ++i) uids += "," + std::to_string(i);
    return (*asker_)->request(session_, 30s,
                              request("/api/mail.set_flags",
                                      R"({"mailbox":1,"uids":[)" + uids + R"(],"add":["\\Seen"],"op":")" + op + "\"}"));
  }
  template <class Waiting>
  static messages::http_answer end(Waiting& waiting) {
    messages::http_answer given;
    waiting.receive([&](const messages::http_answer& m) { given = m; },
                    [&](const caf::error& why) {
                      given = {599, {}, runtime::to_failure(why).what, false};
                    });
    return given;
  }
  static api::acted acted(const messages::http_answer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto read = read_json<api::acted>(answer.body, json_limits{10'000, unknown_members::refuse});
    return read ? *read : api::acted();
  }
  void let(std::uint64_t commits) { on_.tell(box_, messages::wanted{commits}); }
  bool has_done(int commits) {
    return testing::eventually([&] { return mail_.commits == commits; });
  }

  void open_page() {
    (*page_)
        ->request(session_, 30s, request("/events", "{}"))
        .receive([](const messages::http_answer& m) { EXPECT_TRUE(m.is_streamed); },
                 [](const caf::error& why) { ADD_FAILURE() << runtime::to_failure(why).what; });
    (*page_)->receive([&](const messages::stream_octets&) {
      source_ = caf::actor_cast<runtime::handle_of<messages::octet_source_talk>>((*page_)->current_sender());
    });
    EXPECT_NE(next_events().find("hello"), std::string::npos);
  }
  // What the page is sent next, as long as it does not ask for more nothing.
  std::string next_events() {
    std::string octets;
    (*page_)->receive([&](const messages::stream_octets& m) { octets = m.octets; }, caf::after(20s) >> [] {});
    return octets;
  }
  void ask_for_more() { (*page_)->send(source_, messages::more_octets{}); }
  static std::string progress(int done) { return R"("op":"mark","done":)" + std::to_string(done) + R"(,"total":4000)"; }

  seen_messages mail_;
  testing::test_stage on_;
  std::optional<caf::scoped_actor> page_{on_.stage().system()};
  std::optional<caf::scoped_actor> asker_{on_.stage().system()};
  runtime::handle_of<messages::octet_source_talk> source_;
  services::mailbox_handle box_;
  services::account_handle account_;
  services::node_services services_;
  runtime::handle_of<messages::web_session_talk> session_;
};

TEST_F(LongActionOfAPage, TellsHowFarItIsAndIsCancelled) {
  open_page();
  ask_for_more();
  auto waiting = mark_all_read("mark");
  let(1);
  EXPECT_NE(next_events().find(progress(1'000)), std::string::npos);
  const auto again = call("mail.set_flags", R"({"mailbox":1,"uids":[1],"add":["\\Seen"],"op":"mark"})");
  EXPECT_EQ(again.status, 409);
  EXPECT_NE(again.body.find(R"("where":"op")"), std::string::npos) << again.body;
  EXPECT_EQ(call("action.cancel", R"({"op":"another"})").status, 404);
  EXPECT_EQ(call("action.cancel", R"({"op":"mark"})").status, 200);
  let(100);  // the batch that is at work, and no other
  const auto made = acted(end(waiting));
  EXPECT_EQ(made, (api::acted{2'000, made.undo, modseq{2}, true, 4'000, {}}));
  EXPECT_EQ(mail_.count(), 2'000U);
  EXPECT_EQ(call("action.cancel", R"({"op":"mark"})").status, 404);
  const auto back = acted(call("mail.undo", R"({"what":")" + made.undo + R"(","op":"back"})"));
  EXPECT_EQ(back.messages, 2'000U);
  EXPECT_EQ(mail_.count(), 0U);
}

TEST_F(LongActionOfAPage, ASlowPageIsToldTheLastOfIt) {
  open_page();
  auto waiting = mark_all_read("mark");
  for (int batch = 1; batch <= 3; ++batch) {
    let(1);
    ASSERT_TRUE(has_done(batch));
    on_.clock().advance(200ms);
  }
  let(1);
  EXPECT_EQ(acted(end(waiting)).messages, 4'000U);
  ask_for_more();
  const auto told = next_events();
  const auto first = told.find("action_progress");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(told.find(R"("kind":"action_progress")", told.find(R"("kind":"action_progress")") + 1), std::string::npos)
      << told;
  EXPECT_EQ(told.find(progress(1'000)), std::string::npos) << told;
}

TEST_F(LongActionOfAPage, SaysWhatWasDoneBeforeItFailed) {
  mail_.fails_at = 3;
  auto waiting = mark_all_read("");
  let(100);
  const auto made = acted(end(waiting));
  EXPECT_EQ(made, (api::acted{2'000, made.undo, modseq{2}, false, 4'000, "no room"}));
  EXPECT_EQ(mail_.count(), 2'000U);
  const auto undo = R"({"what":")" + made.undo + R"("})";
  mail_.fails_at = 5;
  const auto half = acted(call("mail.undo", undo));
  EXPECT_EQ(half, (api::acted{1'000, half.undo, modseq{4}, false, 2'000, "no room"}));
  EXPECT_EQ(acted(call("mail.undo", undo)).messages, 1'000U) << "what it has left, by the same name";
  EXPECT_EQ(mail_.count(), 0U);
  EXPECT_EQ(call("mail.undo", undo).status, 404);
}

TEST_F(LongActionOfAPage, IsRefusedWhenItsFirstBatchIs) {
  mail_.fails_at = 1;
  auto waiting = mark_all_read("mark");
  let(1);
  const auto refused = end(waiting);
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("no room"), std::string::npos);
  for (const auto& name : {std::string(65, 'x'), std::string("two words"), std::string("\\u00fc")}) {
    const auto bad = call("mail.set_flags", R"({"mailbox":1,"uids":[1],"op":")" + name + "\"}");
    EXPECT_EQ(bad.status, 400) << name;
    EXPECT_NE(bad.body.find(R"("where":"op")"), std::string::npos) << bad.body;
  }
}

TEST_F(LongActionOfAPage, StopsBeforeItsRequestIsGivenUp) {
  auto waiting = mark_all_read("mark");
  let(1);
  ASSERT_TRUE(has_done(1));
  on_.clock().advance(46s);
  let(100);
  const auto made = acted(end(waiting));
  EXPECT_EQ(made.why, "it took too long");
  EXPECT_FALSE(made.is_cancelled);
  EXPECT_EQ(mail_.count(), made.messages);
  EXPECT_EQ(acted(call("mail.undo", R"({"what":")" + made.undo + R"("})")).messages, made.messages);
  EXPECT_EQ(mail_.count(), 0U);
}

TEST_F(LongActionOfAPage, EndsWithItsSession) {
  auto waiting = mark_all_read("mark");
  let(1);
  ASSERT_TRUE(has_done(1));
  on_.tell(session_, messages::end_session{true});
  EXPECT_EQ(end(waiting).status, 401);
  let(100);
  ASSERT_TRUE(testing::eventually([&] { return on_.stage().registry().alive("web_session") == 0; }));
  EXPECT_LE(mail_.commits, 2) << "the batch that was at work";
  EXPECT_EQ(mail_.count() % 1'000, 0U);
}

}  // namespace
}  // namespace stagecoach::web
