// What people do to their mail, one durable commit each, on a store on a disk: for tests in which the disk fails or the
// power is cut. Every operation loads what it needs and rests on the ones before it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "store/account/create.hpp"
#include "store/account/state.hpp"
#include "store/check/check_store.hpp"
#include "store/sessions.hpp"
#include "tests/store/store_world.hpp"

namespace stagecoach::store {

namespace operating {

struct operation {
  const char* name;
  std::function<bool(store&)> run;  // whether it was acknowledged
};

inline constexpr account_id ada{4711}, bob{4712}, eve{4713};

inline messages::scanned_rows rows_under(store& from, std::initializer_list<std::string> prefixes) {
  messages::scanned_rows found{from.log().generation(), {}};
  const auto view = from.rows().view();
  for (const auto& prefix : prefixes)
    (void)view.scan(prefix, [&](std::string_view key, std::string_view value) {
      found.rows.push_back({std::string(key), std::string(value)});
      return true;
    });
  return found;
}

inline result<account_state, failure> load(store& from, account_id who) {
  return account_state::load(
      who, rows_under(from, {account_key(who), mailboxes_prefix(who), subscriptions_prefix(who), removed_prefix(who)}));
}

template <class Answer>
bool commit(store& into, result<transition<Answer>, failure> made) {
  return made && made->commit && commit_one(into, std::move(*made->commit));
}

// A request to the account whose INBOX is open; `ask(state, inbox)` makes the transition.
template <class Ask>
bool in_inbox(store& on, account_id who, Ask ask) {
  auto state = load(on, who);
  if (!state) return false;
  const auto inbox = state->find("Inbox");
  if (!inbox) return false;
  state->begin_open(*inbox);
  if (!state->add_rows(*inbox, rows_under(on, {messages_prefix(who, *inbox)})) || !state->finish_open(*inbox))
    return false;
  return commit(on, ask(*state, *inbox));
}

inline uid_set uids(std::initializer_list<std::uint32_t> values) {
  uid_set set;
  for (const auto value : values) set.add(uid{value});
  return set;
}

inline messages::deliver order(const messages::staged_body& body, std::string mailbox, message_flags flags) {
  return {{}, body, "Delivered-To: x@y\r\n", std::move(mailbox), std::move(flags), unix_ms{123}, true};
}

// To all of them in one group of commits, as the store's writer does with what waits together.
inline bool deliver_to(store& on, const std::vector<account_id>& all, std::string_view body, message_flags flags) {
  const auto staged = stage(on.arriving(), body);
  if (!staged) return false;
  std::vector<messages::commit> commits;
  for (const auto who : all)
    if (auto state = load(on, who))
      if (auto made = state->append(order(*staged, "Inbox", flags))) commits.push_back(std::move(*made->commit));
  bool are_all = commits.size() == all.size();
  if (are_all)
    for (const auto& one : commit_all(on, std::move(commits))) are_all = are_all && one;
  on.arriving().discard(staged->id);
  return are_all;
}

// More rows than LevelDB's write buffer holds in these tests, as one group.
inline bool deliver_many(store& on, std::uint64_t seed) {
  const auto staged = stage(on.arriving(), made_of(100, seed));
  auto state = load(on, ada);
  if (!staged || !state) return false;
  auto what = order(*staged, "Inbox", {});
  what.prefix = "X: " + std::string(2500, 'x') + "\r\n";
  std::vector<messages::commit> commits;
  for (int i = 0; i < 30; ++i) {
    auto made = state->append(what);
    if (!made) return false;
    commits.push_back(std::move(*made->commit));
  }
  bool are_all = true;
  for (const auto& one : commit_all(on, std::move(commits))) are_all = are_all && one;
  on.arriving().discard(staged->id);
  return are_all;
}

inline bool create(store& on, account_id who, std::string name) {
  return static_cast<bool>(
      commit_one(on, create_account({{}, on.log().generation(), who, std::move(name), unix_ms{1'700'000'000'000}, 0})));
}

inline message_flags flags_of(std::initializer_list<flag> bits, const char* keyword) {
  message_flags flags;
  for (const auto one : bits) flags.set(one);
  if (keyword != nullptr) flags.add_keyword(keyword);
  return flags;
}

inline bool copy_or_move(store& on, uid_set which, const char* to, bool is_move) {
  return in_inbox(on, ada, [&](account_state& state, mailbox_id inbox) {
    return state.copy({{}, inbox, std::move(which), to, is_move}, rows_under(on, {contents_prefix(ada, inbox)}));
  });
}

template <class Ask>
bool of_tree(store& on, Ask ask) {
  auto state = load(on, ada);
  return state && commit(on, ask(*state));
}

inline constexpr session_hash session_of_eve{{1}}, old_session_of_eve{{2}};

inline bool write_row(store& on, std::string key, std::optional<std::string> value) {
  messages::commit what;
  what.generation = on.log().generation();
  what.rows.push_back({std::move(key), std::move(value)});
  return static_cast<bool>(commit_one(on, std::move(what)));
}

inline bool set_password(store& on, std::string hash) {
  login_row login;
  login.account = eve;
  login.password_hash = std::move(hash);
  return write_row(on, login_key("eve@localhost"), write_record(login));
}

// With the password of now, in which eve is signed in from there on.
inline bool keep_session(store& on, const session_hash& session, unix_ms used) {
  const auto stored = on.rows().get(login_key("eve@localhost"));
  if (!stored || !*stored) return false;
  const session_row row{eve, password_mark(*read_record<login_row>(**stored)), unix_ms{1000}, used, "127.0.0.1", "x"};
  return write_row(on, session_key(session), write_record(row));
}

// The first three make the accounts.
inline std::vector<operation> operations() {
  return {
      {"create ada", [](store& on) { return create(on, ada, "ada@localhost"); }},
      {"create bob", [](store& on) { return create(on, bob, "bob@localhost"); }},
      {"create eve", [](store& on) { return create(on, eve, "eve@localhost"); }},
      {"deliver", [](store& on) { return deliver_to(on, {ada}, made_of(900, 1), {}); }},
      {"deliver a large one", [](store& on) { return deliver_to(on, {ada}, made_of(15000, 2), {}); }},
      {"deliver to three",
       [](store& on) {
         return deliver_to(on, {ada, bob, eve}, made_of(6000, 3), {});
       }},
      {"append",
       [](store& on) {
         return deliver_to(on, {ada}, made_of(50, 4), flags_of({flag::seen, flag::deleted}, "work"));
       }},
      {"set flags",
       [](store& on) {
         return in_inbox(on, ada, [](account_state& state, mailbox_id inbox) {
           return state.set_flags(
               {{}, inbox, uids({1, 2}), {flag_change::add, flags_of({flag::flagged, flag::deleted}, "home")}});
         });
       }},
      {"create a mailbox",
       [](store& on) {
         return of_tree(on, [](account_state& state) { return state.create_mailbox({{}, "Old/Letters", {}}); });
       }},
      {"unsubscribe",
       [](store& on) {
         return of_tree(on, [](account_state& state) { return state.set_subscription({{}, "Old/Letters", false}); });
       }},
      {"copy",
       [](store& on) {
         return copy_or_move(on, uids({1, 3}), "Old/Letters", false);
       }},
      {"move",
       [](store& on) {
         return copy_or_move(on, uids({2, 3}), "Old/Letters", true);
       }},
      {"expunge",
       [](store& on) {
         return in_inbox(on, ada, [](account_state& state, mailbox_id inbox) {
           return result<transition<messages::messages_expunged>, failure>(state.expunge({{}, inbox, uids({1, 4})}));
         });
       }},
      {"release what was removed",
       [](store& on) {
         return of_tree(on,
                        [](account_state& state) { return result<transition<done>, failure>(state.release_all()); });
       }},
      {"deliver many", [](store& on) { return deliver_many(on, 5); }},
      {"deliver many again", [](store& on) { return deliver_many(on, 6); }},
      {"rename a mailbox",
       [](store& on) {
         return of_tree(on, [](account_state& state) { return state.rename_mailbox({{}, "Old", "New"}); });
       }},
      {"set a password", [](store& on) { return set_password(on, "$1"); }},
      {"begin a session", [](store& on) { return keep_session(on, old_session_of_eve, unix_ms{1000}); }},
      {"use a session", [](store& on) { return keep_session(on, old_session_of_eve, unix_ms{2000}); }},
      {"set another password", [](store& on) { return set_password(on, "$2"); }},
      {"begin another session", [](store& on) { return keep_session(on, session_of_eve, unix_ms{3000}); }},
      {"end a session", [](store& on) { return write_row(on, session_key(old_session_of_eve), std::nullopt); }},
  };
}

// Every row of every account, who may sign in and who has. What is stored of bodies is the checker's business.
inline std::string picture_of(store& of) {
  std::string all;
  for (const auto& row : rows_under(of, {all_accounts_prefix(), logins_prefix(), sessions_prefix()}).rows) {
    all += std::to_string(row.key.size()) + ' ' + row.key;
    all += std::to_string(row.value.size()) + ' ' + row.value;
  }
  return all;
}

inline std::string all_problems_of(store& in) {
  std::string all;
  for (const auto& one : check_store(in).problems) all += one + "\n";
  return all;
}

}  // namespace operating

}  // namespace stagecoach::store
