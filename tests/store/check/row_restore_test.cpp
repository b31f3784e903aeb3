// Rows of each kind that are lost from an index which has to be rebuilt: what can be made of the others and of the
// bodies is made, and said.
#include "store/check/row_restore.hpp"

#include "store/rows_segment.hpp"
#include "tests/store/check/damaged_index.hpp"

namespace stagecoach::store {
namespace {

using operating::ada;
using operating::bob;

const mailbox_id inbox{1};

struct RowRestore : DamagedIndex {
  using edit = std::function<bool(std::string_view key, std::string& value)>;  // false: the row is lost

  // Every row is seen; then the MANIFEST goes.
  void lose(const edit& what) {
    leveldb::DB* opened = nullptr;
    leveldb::Options options_of_level;
    ASSERT_TRUE(leveldb::DB::Open(options_of_level, damaged("index"), &opened).ok());
    std::unique_ptr<leveldb::DB> rows(opened);
    std::unique_ptr<leveldb::Iterator> at(rows->NewIterator({}));
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      const std::string before = at->value().ToString();
      std::string value = before;
      if (!what(at->key().ToString(), value)) {
        ASSERT_TRUE(rows->Delete({}, at->key()).ok());
      } else if (value != before) {
        ASSERT_TRUE(rows->Put({}, at->key(), value).ok());
      }
    }
    at.reset();
    rows.reset();
    for (const auto& one : fs::directory_iterator(damaged("index")))
      if (one.path().filename().string().starts_with("MANIFEST")) fs::remove(one.path());
  }
  void lose_key(const std::string& lost) {
    lose([&](auto key, auto&) { return key != lost; });
  }
  void lose_all_under(const std::string& prefix) {
    lose([&](auto key, auto&) { return !key.starts_with(prefix); });
  }
  outcome expect_repaired(const std::string& saying) {
    auto seen = repair();
    EXPECT_TRUE(seen.is_repaired) << seen.said;
    EXPECT_NE(seen.said.find(saying), std::string::npos) << "not said: " << saying << "\n" << seen.said;
    expect_new_validities(seen.mail);
    return seen;
  }
  account_row account_of(account_id who) const {
    const auto world = open_store(disk, damaged_options());
    return *read_record<account_row>(**world->rows().get(account_key(who)));
  }
};

TEST_F(RowRestore, FindsEveryBodyInItsSegment) {
  lose_all_under(blobs_prefix());
  const auto seen = expect_repaired("bodies anew, which were found in the segment files\n");
  EXPECT_EQ(seen.mail.messages, truth.messages);
}

TEST_F(RowRestore, KeepsSegmentsThatNoRowKnows) {
  std::map<std::string, std::string> before = files_in(damaged("bodies"));
  lose_all_under(segments_prefix());
  const auto seen = expect_repaired("rebuild the index");
  EXPECT_EQ(seen.mail.messages, truth.messages);
  for (const auto& [name, octets] : before) EXPECT_TRUE(fs::exists(damaged("bodies/" + name))) << name;
}

TEST_F(RowRestore, MakesAMailboxAroundItsMessages) {
  mailbox_id lost;
  for (const auto& [at, box] : truth.mailboxes)
    if (at.first == ada && box.name == "New/Letters") lost = at.second;
  ASSERT_NE(lost.value, 0U);
  lose_key(mailbox_key(ada, lost));
  const std::string name = "Restored-" + std::to_string(lost.value);
  const auto seen = expect_repaired("make mailbox " + std::to_string(lost.value) + " \"" + name + "\" of account 4711");
  EXPECT_EQ(seen.mail.messages, truth.messages);
  EXPECT_EQ(seen.mail.mailboxes.at({ada, lost}).name, name);
}

TEST_F(RowRestore, MakesAnInboxOfTheFirstMailbox) {
  lose_key(mailbox_key(ada, inbox));
  const auto seen = expect_repaired("make mailbox 1 \"Inbox\" of account 4711 (ada@localhost) anew, whose row is lost");
  EXPECT_EQ(seen.mail.messages, truth.messages);
}

TEST_F(RowRestore, FindsTheStructureOfAMessageAnew) {
  lose_all_under(contents_prefix(bob, inbox));
  const auto seen = expect_repaired("find the structure of message 1 of mailbox 1 \"Inbox\" of account 4712");
  EXPECT_EQ(seen.mail.messages, truth.messages);
  EXPECT_NE(seen.said.find("with the header fields that were added to it here"), std::string::npos) << seen.said;
}

TEST_F(RowRestore, MakesTheRowOfAnAccountAnew) {
  const auto before = account_of(ada);
  lose_key(account_key(ada));
  const auto seen = expect_repaired("make the row of account 4711 (account-4711) anew, which is lost");
  EXPECT_EQ(seen.mail.messages, truth.messages);
  const auto after = account_of(ada);
  EXPECT_GT(after.highest, before.highest);
  EXPECT_GT(after.last_message, before.last_message);
  EXPECT_GT(after.last_mailbox, before.last_mailbox);
  EXPECT_GT(after.next_validity, before.next_validity);
}

TEST_F(RowRestore, BeginsAnAccountAnewOfWhichOnlyTheLoginIsLeft) {
  {
    const auto world = open_store(disk, damaged_options());
    row_batch batch;
    login_row login;
    login.account = bob;
    batch.put(login_key("bob@localhost"), write_record(login));
    ASSERT_TRUE(world->rows().write(std::move(batch)));
  }
  lose_all_under(account_prefix(bob));
  const auto seen = expect_repaired("make account 4712 (bob@localhost) anew, without mail");
  EXPECT_EQ(seen.mail.mailboxes.at({bob, inbox}).name, "Inbox");
  EXPECT_NE(seen.said.find(" bodies of "), std::string::npos) << "bodies of bob's mail are of nobody: " << seen.said;
}

// The latest rows of a mailbox and its account are lost, and older ones come to light: without a new UIDVALIDITY the
// next mail would get the UID of one that was there.
TEST_F(RowRestore, GoesOnAboveWhatAnOlderRowKnows) {
  const auto before = account_of(ada);
  lose([&](std::string_view key, std::string& value) {
    if (key == mailbox_key(ada, inbox)) {
      auto row = *read_record<mailbox_row>(value);
      row.next_uid = uid{3};
      row.changed = row.created;
      value = write_record(row);
    }
    if (key == account_key(ada)) {
      auto row = *read_record<account_row>(value);
      row.highest = modseq{2};
      row.last_message = message_id{1};
      value = write_record(row);
    }
    return true;
  });
  const auto seen = expect_repaired("a new UIDVALIDITY");
  EXPECT_EQ(seen.mail.messages, truth.messages);
  const auto after = account_of(ada);
  EXPECT_GT(after.highest, before.highest);
  EXPECT_GT(after.last_message, before.last_message);
}

// Renamed away and made again, then the row of the first is an older one.
TEST_F(RowRestore, SeparatesTwoMailboxesOfOneName) {
  mailbox_id letters;
  for (const auto& [at, box] : truth.mailboxes)
    if (at.first == ada && box.name == "New/Letters") letters = at.second;
  lose([&](std::string_view key, std::string& value) {
    if (key != mailbox_key(ada, letters)) return true;
    auto row = *read_record<mailbox_row>(value);
    row.name = "Archive";
    row.changed = row.created;
    value = write_record(row);
    return true;
  });
  const auto seen = expect_repaired("another one has its name, \"Archive\"");
  EXPECT_EQ(seen.mail.messages, truth.messages);
}

// One that was ended could have come to light again.
TEST_F(RowRestore, EndsAllSessions) {
  const auto is_there = [&] {
    const auto world = open_store(disk, damaged_options());
    return static_cast<bool>(*world->rows().get(session_key(operating::session_of_eve)));
  };
  ASSERT_TRUE(is_there());
  lose_all_under(blobs_prefix());
  (void)expect_repaired("end all 1 sessions of the webmail: some may have been ended before");
  EXPECT_FALSE(is_there());
}

TEST_F(RowRestore, SaysWhichBodiesNoMessageUses) {
  lose_all_under(messages_prefix(operating::eve, inbox));
  const auto seen = expect_repaired("belong to no message");
  EXPECT_NE(seen.said.find("copy that folder first if mail is missing"), std::string::npos) << seen.said;
}

}  // namespace
}  // namespace stagecoach::store
