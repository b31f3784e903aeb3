// An account over a map instead of a store, for the tests of its transitions. Commits wait until they are applied to
// the rows, and are reported as durable when the test says so.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/account.hpp"
#include "protocols/base/record.hpp"
#include "store/account/create.hpp"
#include "store/account/state.hpp"
#include "store/check/account_check.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

inline constexpr account_id ada{4711};
inline constexpr unix_ms new_year{1'700'000'000'000};

inline uid_set uids_of(std::initializer_list<std::uint32_t> values) {
  uid_set set;
  for (const auto value : values) set.add(uid{value});
  return set;
}

inline message_flags flags_of(std::initializer_list<flag> bits) {
  message_flags flags;
  for (const auto one : bits) flags.set(one);
  return flags;
}

inline message_flags flags_of(std::initializer_list<flag> bits, std::initializer_list<const char*> keywords) {
  message_flags flags = flags_of(bits);
  for (const auto* keyword : keywords) flags.add_keyword(keyword);
  return flags;
}

inline blob_hash hash_of(std::uint8_t first) {
  blob_hash hash;
  hash.bytes[0] = first;
  hash.bytes[31] = 1;
  return hash;
}

// The rows, as LevelDB would have them.
struct row_map {
  std::map<std::string, std::string> rows;
  std::map<blob_hash, std::int64_t> references;

  void apply(const messages::commit& commit) {
    for (const auto& [key, value] : commit.rows) {
      if (value)
        rows[key] = *value;
      else
        ASSERT_EQ(rows.erase(key), 1U) << "a row that is not there was deleted";
    }
    for (const auto& use : commit.blobs) references[use.hash] += use.delta;
  }
  [[nodiscard]] messages::scanned_rows scan(const std::string& prefix) const {
    messages::scanned_rows found{1, {}};
    for (auto at = rows.lower_bound(prefix); at != rows.end() && at->first.starts_with(prefix); ++at)
      found.rows.push_back({at->first, at->second});
    return found;
  }
  [[nodiscard]] std::vector<std::string> problems() const {
    std::vector<std::string> all;
    const row_source source = [this](std::string_view prefix, const visit_row& visit) -> result<done, failure> {
      for (auto at = rows.lower_bound(std::string(prefix)); at != rows.end() && at->first.starts_with(prefix); ++at)
        if (!visit(at->first, at->second)) break;
      return done{};
    };
    check_all_accounts(source, [&](std::string problem) { all.push_back(std::move(problem)); });
    return all;
  }
  [[nodiscard]] account_state load(account_id account) const {
    auto found = scan(account_key(account));
    for (const auto& prefix : {mailboxes_prefix(account), subscriptions_prefix(account), removed_prefix(account)})
      for (auto& row : scan(prefix).rows) found.rows.push_back(std::move(row));
    auto state = account_state::load(account, found);
    EXPECT_TRUE(state) << state.error().what;
    return std::move(*state);
  }
};

inline row_map rows_of_new_account(std::uint64_t quota_bytes) {
  row_map rows;
  rows.apply(create_account({{}, 1, ada, "ada@localhost", new_year, quota_bytes}));
  return rows;
}

// Every transition is durable at once.
class account_world {
 public:
  explicit account_world(std::uint64_t quota_bytes) : store(rows_of_new_account(quota_bytes)), state(store.load(ada)) {}
  account_world() : account_world(0) {}
  ~account_world() { EXPECT_EQ(store.problems(), std::vector<std::string>{}); }

  template <class Answer>
  transition<Answer> commit(result<transition<Answer>, failure> made) {
    EXPECT_TRUE(made) << made.error().what;
    if (made->commit) {
      store.apply(*made->commit);
      state.committed(made->sequence);
    }
    return std::move(*made);
  }
  mailbox_id named(std::string_view name) {
    const auto id = state.find(name);
    EXPECT_TRUE(id) << name;
    return id.value_or(mailbox_id{});
  }
  messages::mailbox_status status(std::string_view name) { return state.status(name)->answer; }
  mailbox_row row(std::string_view name) {
    return *read_record<mailbox_row>(store.rows.at(mailbox_key(ada, named(name))));
  }
  message_row message(std::string_view name, std::uint32_t id) {
    return *read_record<message_row>(store.rows.at(message_key(ada, named(name), uid{id})));
  }
  bool has_message(std::string_view name, std::uint32_t id) {
    return store.rows.contains(message_key(ada, named(name), uid{id}));
  }
  tombstone_row tombstone(std::string_view name, std::uint32_t id) {
    return *read_record<tombstone_row>(store.rows.at(tombstone_key(ada, named(name), uid{id})));
  }
  opened_mailbox open(std::string_view name) {
    const auto id = named(name);
    state.begin_open(id);
    EXPECT_TRUE(state.add_rows(id, store.scan(messages_prefix(ada, id))));
    auto opened = state.finish_open(id);
    EXPECT_TRUE(opened) << opened.error().what;
    return std::move(opened->answer);
  }
  // 100 octets of body, 10 of prefix.
  static messages::deliver mail(std::string mailbox, message_flags flags, std::uint8_t body) {
    messages::deliver request;
    request.trace.trace[0] = 7;
    mime::part whole;
    whole.header_bytes = 40;
    whole.body_bytes = 60;
    request.body = {staged_id_of(body), hash_of(body), 100, 40, {{}, {whole}, {}, {}}};
    request.prefix = "Received\r\n";
    request.mailbox = std::move(mailbox);
    request.flags = std::move(flags);
    request.received = unix_ms{123};
    return request;
  }
  static messages::staged_id staged_id_of(std::uint8_t body) { return messages::staged_id{body + 1000U}; }
  transition<messages::delivered> deliver(std::string mailbox, message_flags flags, std::uint8_t body) {
    return commit(state.append(mail(std::move(mailbox), std::move(flags), body)));
  }
  transition<messages::flags_set> set_flags(std::string_view mailbox, uid_set uids, flag_change change,
                                            message_flags flags) {
    return commit(state.set_flags({{}, named(mailbox), std::move(uids), {change, std::move(flags)}}));
  }
  transition<messages::mailbox_created> create(std::string name) {
    return commit(state.create_mailbox({{}, std::move(name), {}}));
  }
  // Opens it first.
  transition<messages::mailbox_deleted> remove(std::string name) {
    if (const auto id = state.to_be_deleted(name); id && !state.is_open(*id)) open(name);
    return commit(state.delete_mailbox({{}, std::move(name)}));
  }
  transition<messages::mailbox_renamed> rename(std::string from, std::string to) {
    const auto inbox = state.find("Inbox");
    if (state.find(from) == inbox)
      return commit(state.rename_inbox({{}, std::move(from), std::move(to)}, contents_of(*inbox)));
    return commit(state.rename_mailbox({{}, std::move(from), std::move(to)}));
  }
  transition<messages::subscription_set> subscribe(std::string name, bool is_subscribed) {
    return commit(state.set_subscription({{}, std::move(name), is_subscribed}));
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& one : state.list_mailboxes().answer.all) all.push_back(one.name);
    return all;
  }
  transition<messages::messages_expunged> expunge(std::string_view mailbox, std::optional<uid_set> uids) {
    return commit<messages::messages_expunged>(state.expunge({{}, named(mailbox), std::move(uids)}));
  }
  transition<done> release(std::string_view mailbox, modseq up_to) {
    return commit<done>(state.release(named(mailbox), up_to));
  }
  [[nodiscard]] bool is_readable(std::string_view mailbox, std::uint32_t id) {
    return store.rows.contains(content_key(ada, named(mailbox), uid{id}));
  }
  transition<messages::copied> copy(std::string_view from, uid_set uids, std::string to) {
    return copy_or_move({{}, named(from), std::move(uids), std::move(to), false});
  }
  transition<messages::copied> move(std::string_view from, uid_set uids, std::string to) {
    return copy_or_move({{}, named(from), std::move(uids), std::move(to), true});
  }
  transition<messages::copied> copy_or_move(const messages::copy& request) {
    return commit(state.copy(request, contents_of(request.mailbox)));
  }
  [[nodiscard]] messages::scanned_rows contents_of(mailbox_id mailbox) const {
    return store.scan(contents_prefix(ada, mailbox));
  }
  content_row content(std::string_view name, std::uint32_t id) {
    return *read_record<content_row>(store.rows.at(content_key(ada, named(name), uid{id})));
  }

  row_map store;
  account_state state;
};

}  // namespace stagecoach::store
