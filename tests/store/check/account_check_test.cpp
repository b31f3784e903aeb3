#include "store/check/account_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {
namespace {

const std::string account_place = "account 4711 (ada@localhost)";
const std::string inbox_place = account_place + ", mailbox 1 \"Inbox\"";
const std::string second_place = inbox_place + ", uid 2";

// Inbox: UID 1 with a keyword, 2, and the tombstone of 3; Archive: a copy of 1, moved to Trash, its tombstone, and what
// of it can still be read.
row_map sound_rows() {
  account_world world;
  for (std::uint8_t body = 1; body <= 3; ++body)
    world.deliver("Inbox", body == 1 ? flags_of({flag::seen}, {"work"}) : message_flags{}, body);
  world.open("Inbox");
  world.set_flags("Inbox", uids_of({3}), flag_change::add, flags_of({flag::deleted}));
  world.expunge("Inbox", std::nullopt);
  world.release("Inbox", modseq{7});
  world.copy("Inbox", uids_of({1}), "Archive");
  world.open("Archive");
  world.move("Archive", uids_of({1}), "Trash");
  return world.store;
}

// One row edited: the key stays.
template <class Row, class Edit>
row_map edited(const std::string& key, Edit edit) {
  auto store = sound_rows();
  auto row = *read_record<Row>(store.rows.at(key));
  edit(row);
  store.rows[key] = write_record(row);
  return store;
}
template <class Edit>
row_map account_edited(Edit edit) {
  return edited<account_row>(account_key(ada), edit);
}
template <class Edit>
row_map inbox_edited(Edit edit) {
  return edited<mailbox_row>(mailbox_key(ada, mailbox_id{1}), edit);
}
template <class Edit>
row_map second_edited(Edit edit) {
  return edited<message_row>(message_key(ada, mailbox_id{1}, uid{2}), edit);
}
std::string second_content() { return content_key(ada, mailbox_id{1}, uid{2}); }
template <class Edit>
row_map content_edited(Edit edit) {
  return edited<content_row>(second_content(), edit);
}
template <class Edit>
row_map tombstone_edited(Edit edit) {
  return edited<tombstone_row>(tombstone_key(ada, mailbox_id{1}, uid{3}), edit);
}
template <class Edit>
row_map rows_edited(Edit edit) {
  auto store = sound_rows();
  edit(store.rows);
  return store;
}

struct damage {
  const char* name;
  row_map store;
  std::string problem;  // one of those reported
};

void expect_reported(const damage& d) {
  SCOPED_TRACE(d.name);
  const auto problems = d.store.problems();
  EXPECT_NE(std::find(problems.begin(), problems.end(), d.problem), problems.end())
      << "not reported: " << d.problem << "\nreported: " << testing::PrintToString(problems);
}

TEST(AccountCheck, FindsNothingWrongInSoundRows) {
  EXPECT_EQ(sound_rows().problems(), std::vector<std::string>{});
  EXPECT_EQ(row_map{}.problems(), std::vector<std::string>{});
}

TEST(AccountCheck, ReportsAWrongAccountRow) {
  const damage table[] = {
      {"no account row", rows_edited([](auto& rows) { rows.erase(account_key(ada)); }),
       "account 4711: has rows and no account row"},
      {"unreadable", rows_edited([](auto& rows) { rows[account_key(ada)] = "\xff"; }),
       "account 4711: its row cannot be read: field key"},
      {"no name", account_edited([](auto& row) { row.name.clear(); }), "account 4711: has no name"},
      {"bytes used", account_edited([](auto& row) { ++row.bytes_used; }),
       account_place + ": bytes used are 331; its messages are 330"},
      {"highest modseq", account_edited([](auto& row) { row.highest = modseq{8}; }),
       inbox_place.substr(0, account_place.size()) +
           ", mailbox 4 \"Archive\": changed 9 is above the account's highest, 8"},
      {"no modseq", account_edited([](auto& row) { row.highest = modseq{1}; }),
       account_place + ": has handed out no modseq"},
      {"last mailbox", account_edited([](auto& row) { row.last_mailbox = mailbox_id{5}; }),
       account_place + ", mailbox 6 \"Trash\": id above the last one handed out, 5"},
      {"last message", account_edited([](auto& row) { row.last_message = message_id{1}; }),
       second_place + ": message id 2 is above the last one handed out, 1"},
      {"next UIDVALIDITY", account_edited([](auto& row) { row.next_validity = uid_validity{850'000'005}; }),
       account_place + ", mailbox 6 \"Trash\": UIDVALIDITY 850000005 is not below the account's next, 850000005"},
      {"no UIDVALIDITY", account_edited([](auto& row) { row.next_validity = {}; }),
       account_place + ": has no next UIDVALIDITY"},
  };
  for (const auto& d : table) expect_reported(d);
}

TEST(AccountCheck, ReportsAWrongMailboxRow) {
  const auto inbox = mailbox_key(ada, mailbox_id{1});
  const damage table[] = {
      {"missing", rows_edited([&](auto& rows) { rows.erase(inbox); }),
       account_place + ", mailbox 1, uid 2: is in a mailbox that does not exist"},
      {"unreadable", rows_edited([&](auto& rows) { rows[inbox] = "\xff"; }),
       account_place + ", mailbox 1: its row cannot be read: field key"},
      {"id 0", rows_edited([&](auto& rows) { rows[mailbox_key(ada, mailbox_id{0})] = rows[inbox]; }),
       account_place + ", mailbox 0 \"Inbox\": 0 is not the id of a mailbox"},
      {"a name twice", inbox_edited([](auto& row) { row.name = "Sent"; }),
       account_place + ", mailbox 3 \"Sent\": has the name of another one"},
      {"no name", inbox_edited([](auto& row) { row.name.clear(); }),
       account_place + ", mailbox 1 \"\": is no name of a mailbox"},
      {"another spelling of INBOX", inbox_edited([](auto& row) { row.name = "INBOX"; }),
       account_place + ", mailbox 1 \"INBOX\": is no name of a mailbox"},
      {"UIDVALIDITY 0", inbox_edited([](auto& row) { row.validity = {}; }), inbox_place + ": UIDVALIDITY is 0"},
      {"UIDVALIDITY twice", inbox_edited([](auto& row) { ++row.validity.value; }),
       account_place + ", mailbox 2 \"Drafts\": UIDVALIDITY 850000001 is that of another mailbox"},
      {"next UID 0", inbox_edited([](auto& row) { row.next_uid = {}; }), inbox_place + ": next UID is 0"},
      {"next UID of a message", inbox_edited([](auto& row) { row.next_uid = uid{2}; }),
       second_place + ": UID is not below the mailbox's next, 2"},
      {"next UID of a tombstone", inbox_edited([](auto& row) { row.next_uid = uid{3}; }),
       inbox_place + ", uid 3: UID is not below the mailbox's next, 3"},
      {"created 0", inbox_edited([](auto& row) { row.created = {}; }), inbox_place + ": created is 0"},
      {"created late", inbox_edited([](auto& row) { row.created = modseq{4}; }),
       inbox_place + ", uid 1: created is below that of its mailbox"},
      {"created after changed", inbox_edited([](auto& row) { row.created = modseq{9}; }),
       inbox_place + ": created 9 is above changed 7"},
      {"changed before a message", inbox_edited([](auto& row) { row.changed = modseq{3}; }),
       second_place + ": changed 4 is above the mailbox's, 3"},
      {"changed before a tombstone", inbox_edited([](auto& row) { row.changed = modseq{6}; }),
       inbox_place + ", uid 3: changed 7 is above the mailbox's, 6"},
      {"unknown special use", inbox_edited([](auto& row) { row.special_use = "Sent"; }),
       inbox_place + ": has the unknown special use Sent"},
      {"special use twice", inbox_edited([](auto& row) { row.special_use = "\\Sent"; }),
       account_place + ", mailbox 3 \"Sent\": has the special use of another one, \\Sent"},
      {"a name that is no UTF-8", inbox_edited([](auto& row) { row.name = "\xff"; }),
       account_place + ", mailbox 1 \"\xff\": is no name of a mailbox"},
      {"a name that is not composed", inbox_edited([](auto& row) { row.name = "u\xcc\x88"; }),
       account_place + ", mailbox 1 \"u\xcc\x88\": is no name of a mailbox"},
      {"no parent", inbox_edited([](auto& row) { row.name = "a/b"; }),
       account_place + ", mailbox 1 \"a/b\": its parent \"a\" is missing"},
      {"a parent that was deleted", rows_edited([&](auto& rows) {
         auto row = *read_record<mailbox_row>(rows[mailbox_key(ada, mailbox_id{2})]);
         row.name = "Inbox/b";
         rows[mailbox_key(ada, mailbox_id{2})] = write_record(row);
         row = *read_record<mailbox_row>(rows[inbox]);
         row.is_expunged = true;
         rows[inbox] = write_record(row);
       }),
       account_place + ", mailbox 2 \"Inbox/b\": its parent \"Inbox\" is missing"},
      {"no Inbox", inbox_edited([](auto& row) { row.name = "a"; }), account_place + ": has no Inbox"},
      {"deleted with messages", inbox_edited([](auto& row) { row.is_expunged = true; }),
       second_place + ": is in a mailbox that was deleted"},
  };
  for (const auto& d : table) expect_reported(d);
}

TEST(AccountCheck, ReportsWrongKeywordsOfAMailbox) {
  const damage table[] = {
      {"keywords not sorted", inbox_edited([](auto& row) {
         row.keywords = {"work", "a"};
       }),
       inbox_place + ": its keywords are not all lower-case keywords, sorted, each once"},
      {"a keyword twice", inbox_edited([](auto& row) {
         row.keywords = {"work", "work"};
       }),
       inbox_place + ": its keywords are not all lower-case keywords, sorted, each once"},
      {"a keyword in capitals", inbox_edited([](auto& row) {
         row.keywords = {"Work", "work"};
       }),
       inbox_place + ": its keywords are not all lower-case keywords, sorted, each once"},
      {"a flag as a keyword", inbox_edited([](auto& row) {
         row.keywords = {"$junk", "work"};
       }),
       inbox_place + ": its keywords are not all lower-case keywords, sorted, each once"},
      {"a keyword missing", inbox_edited([](auto& row) { row.keywords.clear(); }),
       inbox_place + ", uid 1: 1 of its keywords are not in the list of the mailbox"},
  };
  for (const auto& d : table) expect_reported(d);
}

TEST(AccountCheck, ReportsWrongCounts) {
  const damage table[] = {
      {"total", inbox_edited([](auto& row) { ++row.counts.total; }),
       inbox_place + ": counts say total 3, deleted 0, unseen 1, unread 1, size 220; its messages are total 2, "
                     "deleted 0, unseen 1, unread 1, size 220"},
      {"deleted", inbox_edited([](auto& row) { ++row.counts.deleted; }),
       inbox_place + ": counts say total 2, deleted 1, unseen 1, unread 1, size 220; its messages are total 2, "
                     "deleted 0, unseen 1, unread 1, size 220"},
      {"unseen", inbox_edited([](auto& row) { ++row.counts.unseen; }),
       inbox_place + ": counts say total 2, deleted 0, unseen 2, unread 1, size 220; its messages are total 2, "
                     "deleted 0, unseen 1, unread 1, size 220"},
      {"unread", inbox_edited([](auto& row) { --row.counts.unread; }),
       inbox_place + ": counts say total 2, deleted 0, unseen 1, unread 0, size 220; its messages are total 2, "
                     "deleted 0, unseen 1, unread 1, size 220"},
      {"size", inbox_edited([](auto& row) { --row.counts.size; }),
       inbox_place + ": counts say total 2, deleted 0, unseen 1, unread 1, size 219; its messages are total 2, "
                     "deleted 0, unseen 1, unread 1, size 220"},
  };
  for (const auto& d : table) expect_reported(d);
}

TEST(AccountCheck, ReportsAWrongMessage) {
  const auto second = message_key(ada, mailbox_id{1}, uid{2});
  const damage table[] = {
      {"missing", rows_edited([&](auto& rows) { rows.erase(second); }),
       inbox_place + ": counts say total 2, deleted 0, unseen 1, unread 1, size 220; its messages are total 1, "
                     "deleted 0, unseen 0, unread 0, size 110"},
      {"unreadable", rows_edited([&](auto& rows) { rows[second] = "\xff"; }),
       second_place + ": its row cannot be read: field key"},
      {"UID 0", rows_edited([&](auto& rows) { rows[message_key(ada, mailbox_id{1}, uid{0})] = rows[second]; }),
       inbox_place + ", uid 0: 0 is not a UID"},
      {"in no mailbox", rows_edited([&](auto& rows) { rows[message_key(ada, mailbox_id{77}, uid{1})] = rows[second]; }),
       account_place + ", mailbox 77, uid 1: is in a mailbox that does not exist"},
      {"message id twice", second_edited([](auto& row) { row.message = message_id{1}; }),
       second_place + ": message id 1 is that of another one"},
      {"message id 0", second_edited([](auto& row) { row.message = {}; }), second_place + ": message id is 0"},
      {"message id never handed out", second_edited([](auto& row) { row.message = message_id{5000}; }),
       second_place + ": message id 5000 is above the last one handed out, 4"},
      {"created 0", second_edited([](auto& row) { row.created = {}; }), second_place + ": created is 0"},
      {"created after changed", second_edited([](auto& row) { row.created = modseq{5}; }),
       second_place + ": created 5 is above changed 4"},
      {"changed after the mailbox", second_edited([](auto& row) { row.changed = modseq{8}; }),
       second_place + ": changed 8 is above the mailbox's, 7"},
      {"flags", second_edited([](auto& row) { row.flags.set(flag::seen); }),
       inbox_place + ": counts say total 2, deleted 0, unseen 1, unread 1, size 220; its messages are total 2, "
                     "deleted 0, unseen 0, unread 0, size 220"},
      {"unknown flag", second_edited([](auto& row) { row.flags.bits |= 1 << 12; }),
       second_place + ": its keywords are not all lower-case keywords, sorted, each once, or a flag is unknown"},
      {"a flag as a keyword", second_edited([](auto& row) { row.flags.keywords = {"$junk"}; }),
       second_place + ": its keywords are not all lower-case keywords, sorted, each once, or a flag is unknown"},
      {"keywords not sorted", rows_edited([&](auto& rows) {
         auto row = *read_record<message_row>(rows[second]);
         row.flags.keywords = {"a", "z"};
         rows[second] = write_record(row);  // which refuses what is not sorted: so the octets are changed
         std::swap(rows[second].at(rows[second].find("\x01z") + 1), rows[second].at(rows[second].find("\x01\x61") + 1));
       }),
       second_place + ": its row cannot be read: a value that its type does not allow"},
      {"a keyword of its own", second_edited([](auto& row) { row.flags.keywords = {"mine"}; }),
       second_place + ": 1 of its keywords are not in the list of the mailbox"},
      {"body size", second_edited([](auto& row) { ++row.blob_bytes; }),
       account_place + ": bytes used are 330; its messages are 331"},
      {"prefix", second_edited([](auto& row) { ++row.prefix_bytes; }),
       account_place + ": bytes used are 330; its messages are 331"},
      {"header longer than the body", second_edited([](auto& row) { row.header_bytes = 101; }),
       second_place + ": its header is longer than its body"},
      {"no body", second_edited([](auto& row) { row.blob = {}; }), second_place + ": has no body"},
      {"a tombstone too", rows_edited([](auto& rows) {
         rows[tombstone_key(ada, mailbox_id{1}, uid{2})] =
             write_record(tombstone_row{message_id{2}, modseq{3}, modseq{4}});
       }),
       second_place + ": is there and has a tombstone"},
  };
  for (const auto& d : table) expect_reported(d);
}

TEST(AccountCheck, ReportsAWrongContent) {
  const damage table[] = {
      {"prefix of another length", content_edited([](auto& row) { row.prefix += "X"; }),
       second_place + ": its prefix has 11 octets and should have 10"},
      {"no structure", content_edited([](auto& row) { row.parts.parts.clear(); }),
       second_place + ": its structure has no part"},
      {"structure too long", content_edited([](auto& row) { ++row.parts.parts[0].body_bytes; }),
       second_place + ": its structure ends behind its body"},
      {"no content", rows_edited([](auto& rows) { rows.erase(second_content()); }), second_place + ": has no content"},
      {"content unreadable", rows_edited([](auto& rows) { rows[second_content()] = "\xff"; }),
       second_place + ": its content cannot be read: field key"},
      {"a content and no message",
       rows_edited([](auto& rows) { rows[content_key(ada, mailbox_id{1}, uid{9})] = rows[second_content()]; }),
       inbox_place + ", uid 9: has a content and no message"},
  };
  for (const auto& d : table) expect_reported(d);
}

TEST(AccountCheck, ReportsAWrongRemovedMessage) {
  const mailbox_id archive{4};
  const auto place = account_place + ", mailbox 4 \"Archive\", uid 1";
  const auto removed = removed_key(ada, archive, uid{1});
  const auto edit = [&](auto change) { return edited<message_row>(removed, change); };
  const damage table[] = {
      {"unreadable", rows_edited([&](auto& rows) { rows[removed] = "\xff"; }),
       place + ": its row of a removed message cannot be read: field key"},
      {"in no mailbox",
       rows_edited([&](auto& rows) { rows[removed_key(ada, mailbox_id{77}, uid{1})] = rows[removed]; }),
       account_place + ", mailbox 77, uid 1: is in a mailbox that does not exist"},
      {"no tombstone", rows_edited([&](auto& rows) { rows.erase(tombstone_key(ada, archive, uid{1})); }),
       place + ": was removed and has no tombstone"},
      {"no content", rows_edited([&](auto& rows) { rows.erase(content_key(ada, archive, uid{1})); }),
       place + ": was removed and has no content"},
      {"gone, its content is not", rows_edited([&](auto& rows) { rows.erase(removed); }),
       place + ": has a content and no message"},
      {"prefix", edit([](auto& row) { ++row.prefix_bytes; }), place + ": its prefix has 10 octets and should have 11"},
      {"body size", edit([](auto& row) { row.blob_bytes = 99; }), place + ": its structure ends behind its body"},
      {"of a message that is there",
       rows_edited([&](auto& rows) { rows[removed_key(ada, mailbox_id{1}, uid{2})] = rows[removed]; }),
       second_place + ": was removed and has no tombstone"},
  };
  for (const auto& d : table) expect_reported(d);
}

TEST(AccountCheck, ReportsAWrongTombstone) {
  const auto third = tombstone_key(ada, mailbox_id{1}, uid{3});
  const auto place = inbox_place + ", uid 3";
  const damage table[] = {
      {"unreadable", rows_edited([&](auto& rows) { rows[third] = "\xff"; }),
       place + ": its tombstone cannot be read: field key"},
      {"in no mailbox",
       rows_edited([&](auto& rows) { rows[tombstone_key(ada, mailbox_id{77}, uid{1})] = rows[third]; }),
       account_place + ", mailbox 77, uid 1: is in a mailbox that does not exist"},
      {"message id 0", tombstone_edited([](auto& row) { row.message = {}; }), place + ": message id is 0"},
      {"message id never handed out", tombstone_edited([](auto& row) { row.message = message_id{9}; }),
       place + ": message id 9 is above the last one handed out, 4"},
      {"created 0", tombstone_edited([](auto& row) { row.created = {}; }), place + ": created is 0"},
      {"created after changed", tombstone_edited([](auto& row) { row.created = modseq{9}; }),
       place + ": created 9 is above changed 7"},
      {"never there", tombstone_edited([](auto& row) { row.created = row.changed; }),
       place + ": was removed by what created it"},
      {"changed after the mailbox", tombstone_edited([](auto& row) { row.changed = modseq{8}; }),
       place + ": changed 8 is above the mailbox's, 7"},
  };
  for (const auto& d : table) expect_reported(d);
}

TEST(AccountCheck, ReportsAWrongSubscription) {
  const auto place = account_place + ", subscription of \"Inbox\"";
  const auto edit = [](auto change) { return edited<subscription_row>(subscription_key(ada, "Inbox"), change); };
  const auto named = [](std::string_view name) {
    return rows_edited(
        [&](auto& rows) { rows[subscription_key(ada, name)] = write_record(subscription_row{modseq{2}}); });
  };
  const damage table[] = {
      {"unreadable", rows_edited([](auto& rows) { rows[subscription_key(ada, "Inbox")] = "\xff"; }),
       place + ": its row cannot be read: field key"},
      {"created 0", edit([](auto& row) { row.created = {}; }), place + ": created is 0"},
      {"created late", edit([](auto& row) { row.created = modseq{10}; }),
       place + ": created 10 is above the account's highest, 9"},
      {"another spelling of INBOX", named("INBOX"),
       account_place + ", subscription of \"INBOX\": is no name of a mailbox"},
      {"no UTF-8", named("\xff"), account_place + ", subscription of \"\xff\": is no name of a mailbox"},
      {"an empty level", named("a//b"), account_place + ", subscription of \"a//b\": is no name of a mailbox"},
      {"no name", rows_edited([](auto& rows) { rows[subscriptions_prefix(ada)] = ""; }),
       account_place + ": the key " + to_hex(subscriptions_prefix(ada)) + " has no known form"},
  };
  for (const auto& d : table) expect_reported(d);
  EXPECT_EQ(named("a/b").problems(), std::vector<std::string>{});  // of what is no mailbox
}

TEST(AccountCheck, ReportsTooManyMailboxes) {
  auto store = sound_rows();
  auto account = *read_record<account_row>(store.rows.at(account_key(ada)));
  for (std::size_t i = 0; i <= subscriptions_max; ++i)
    store.rows[subscription_key(ada, "name " + std::to_string(i))] = write_record(subscription_row{modseq{2}});
  for (std::size_t i = 0; i < mailboxes_max; ++i) {
    mailbox_row row;
    row.name = "name " + std::to_string(i);
    row.validity = std::exchange(account.next_validity, account.next_validity.next());
    row.created = row.changed = modseq{2};
    account.last_mailbox = account.last_mailbox.next();
    store.rows[mailbox_key(ada, account.last_mailbox)] = write_record(row);
  }
  store.rows[account_key(ada)] = write_record(account);
  EXPECT_EQ(store.problems(), (std::vector<std::string>{account_place + ": has more than 20000 subscriptions",
                                                        account_place + ": has more than 10000 mailboxes"}));
}

TEST(AccountCheck, ReportsRowsOfNoAccountsRange) {
  const auto own = account_key(ada);
  auto other_shard = own;
  ++other_shard[1];
  const auto stray = to_hex(other_shard);
  const std::string shard = std::to_string(shard_of(ada).value);
  const std::string wrong = std::to_string(static_cast<std::uint8_t>(shard_of(ada).value + 1));
  const damage table[] = {
      {"shard", rows_edited([&](auto& rows) { rows[other_shard] = rows[own]; }),
       "account 4711: the key " + stray + " is in shard " + wrong + ", which should be " + shard},
      {"short", rows_edited([](auto& rows) { rows["a1"] = ""; }), "the key 6131 has no known form"},
      {"kind", rows_edited([&](auto& rows) { rows[account_prefix(ada) + "\x09"] = ""; }),
       account_place + ": the key " + to_hex(account_prefix(ada)) + "09 has no known form"},
      {"length", rows_edited([&](auto& rows) { rows[own + "1"] = ""; }),
       account_place + ": the key " + to_hex(own) + "31 has no known form"},
      {"account 0", rows_edited([&](auto& rows) { rows[account_key(account_id{0})] = rows[own]; }),
       "account 0: 0 is not the id of an account"},
  };
  for (const auto& d : table) expect_reported(d);
}

TEST(AccountCheck, EveryRowMatters) {
  const auto sound = sound_rows();
  for (const auto& [key, value] : sound.rows) {
    SCOPED_TRACE(to_hex(key));
    auto without = sound;
    without.rows.erase(key);
    // A tombstone is history: nothing else says that it was there, while the message cannot be read. An empty mailbox
    // and a subscription neither.
    const auto parts = *parse_account_key(key);
    const auto kind = parts.kind;
    const bool is_history =
        kind == row_kind::tombstone && !sound.rows.contains(removed_key(parts.account, parts.mailbox, parts.message));
    const bool is_empty_mailbox = kind == row_kind::mailbox && read_record<mailbox_row>(value)->next_uid == uid{1};
    EXPECT_EQ(without.problems().empty(), is_history || kind == row_kind::subscription || is_empty_mailbox);
    auto unreadable = sound;
    unreadable.rows[key].push_back('\xff');
    EXPECT_FALSE(unreadable.problems().empty());
  }
}

TEST(AccountCheck, ChecksOneAccountAmongMany) {
  auto store = sound_rows();
  constexpr account_id eve{12};
  store.apply(create_account({{}, 1, eve, "eve@localhost", new_year, 0}));
  auto row = *read_record<account_row>(store.rows.at(account_key(eve)));
  row.bytes_used = 9;
  store.rows[account_key(eve)] = write_record(row);
  const row_source source = [&](std::string_view prefix, const visit_row& visit) -> result<done, failure> {
    for (const auto& [key, value] : store.rows)
      if (std::string_view(key).starts_with(prefix) && !visit(key, value)) break;
    return done{};
  };
  std::vector<std::string> problems;
  const report_problem report = [&](std::string problem) { problems.push_back(std::move(problem)); };
  check_account(source, ada, report);
  EXPECT_TRUE(problems.empty());
  check_account(source, eve, report);
  EXPECT_EQ(problems, std::vector<std::string>{"account 12 (eve@localhost): bytes used are 9; its messages are 0"});
  EXPECT_EQ(store.problems(), problems);
}

TEST(AccountCheck, SaysWhenItCouldNotReadToTheEnd) {
  const row_source broken = [](std::string_view, const visit_row&) -> result<done, failure> {
    return failure{fault_code::disk, "block 7"};
  };
  std::vector<std::string> problems;
  check_all_accounts(broken, [&](std::string problem) { problems.push_back(std::move(problem)); });
  EXPECT_EQ(problems, std::vector<std::string>{"the rows could not be read to their end: block 7"});
}

TEST(AccountCheck, SumsUpWhenThereIsTooMuch) {
  auto store = sound_rows();
  for (std::uint32_t id = 1; id <= 300; ++id) store.rows[message_key(ada, mailbox_id{70}, uid{id})] = "\xff";
  const auto problems = store.problems();
  ASSERT_EQ(problems.size(), account_problems_max + 1);
  EXPECT_EQ(problems.back(), account_place + ": 500 more problems");
}

}  // namespace
}  // namespace stagecoach::store
