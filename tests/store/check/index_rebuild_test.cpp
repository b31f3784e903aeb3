// Each file of LevelDB gone, cut or with a flipped bit: the repair makes an index that holds what is left, the checker
// finds nothing, no UID is given twice, and the damaged index is still there.
#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table.h>

#include <algorithm>
#include <random>

#include "tests/store/check/damaged_index.hpp"

namespace stagecoach::store {
namespace {

using IndexRebuild = DamagedIndex;

enum class harm { gone, cut, flipped };
constexpr std::pair<const char*, harm> harms[] = {{"gone", harm::gone}, {"cut", harm::cut}, {"flipped", harm::flipped}};

void damage(const fs::path& path, harm how, std::uint64_t seed) {
  auto octets = octets_of(path);
  const std::size_t at = seed * 7919 % octets.size();
  if (how == harm::gone) {
    fs::remove(path);
  } else if (how == harm::cut) {
    write_octets(path, octets.substr(0, at));
  } else {
    octets[at] = static_cast<char>(octets[at] ^ (1 << (seed % 8)));
    write_octets(path, octets);
  }
}

// The messages whose rows stand in the tables that are left, as LevelDB reads a table by itself.
std::set<std::string> message_keys_in(const std::vector<fs::path>& tables) {
  std::set<std::string> keys;
  for (const auto& path : tables) {
    leveldb::RandomAccessFile* opened = nullptr;
    EXPECT_TRUE(leveldb::Env::Default()->NewRandomAccessFile(path, &opened).ok());
    const std::unique_ptr<leveldb::RandomAccessFile> file(opened);
    leveldb::Table* table = nullptr;
    if (!leveldb::Table::Open(leveldb::Options(), file.get(), fs::file_size(path), &table).ok()) continue;
    const std::unique_ptr<leveldb::Table> whole(table);
    const std::unique_ptr<leveldb::Iterator> at(whole->NewIterator(leveldb::ReadOptions()));
    for (at->SeekToFirst(); at->Valid(); at->Next())
      keys.insert(at->key().ToString().substr(0, at->key().size() - 8));  // its sequence number stands behind
  }
  return keys;
}

TEST_F(IndexRebuild, GivesAnIndexItsCurrentBack) {
  for (const auto& [name, how] : harms) {
    SCOPED_TRACE(name);
    copy_to_damaged();
    damage(damaged("index/CURRENT"), how, 3);
    const auto before = files_in(damaged("index"));
    const auto checked = check_directory(scratch.path("damaged"));
    ASSERT_TRUE(checked && !checked->problems.empty()) << "the damage was not noticed";
    EXPECT_EQ(files_in(damaged("index")), before) << "looking changed it";
    const auto seen = repair();
    ASSERT_TRUE(seen.is_repaired) << seen.said;
    EXPECT_NE(seen.said.find("a new CURRENT, and nothing else"), std::string::npos) << seen.said;
    EXPECT_EQ(seen.mail.messages, truth.messages);
    EXPECT_EQ(seen.mail.mailboxes, truth.mailboxes) << "nothing was lost: all is as it was";
    EXPECT_EQ(files_in(damaged("index.set-aside-2026-11-27")), before);
  }
}

TEST_F(IndexRebuild, WithoutItsManifestHasEveryRowOfItsTables) {
  for (const auto& [name, how] : harms) {
    SCOPED_TRACE(name);
    copy_to_damaged();
    damage(damaged(index_files("MANIFEST").back()), how, 5);
    const auto before = files_in(damaged("index"));
    const auto seen = repair();
    ASSERT_TRUE(seen.is_repaired) << seen.said;
    EXPECT_EQ(seen.mail.messages, truth.messages) << seen.said;
    expect_new_validities(seen.mail);
    EXPECT_NE(seen.said.find("rebuild the index"), std::string::npos) << seen.said;
    EXPECT_NE(seen.said.find("a new UIDVALIDITY"), std::string::npos) << seen.said;
    EXPECT_NE(seen.said.find("removed ones may be there again"), std::string::npos) << seen.said;
    EXPECT_EQ(files_in(damaged("index.set-aside-2026-11-27")), before);
  }
}

// Answers how many messages are missing.
std::size_t expect_rest(const DamagedIndex::outcome& seen, const served_mail& truth,
                        const std::set<std::string>& readable) {
  std::size_t lost = 0;
  for (const auto& [at, message] : truth.messages) {
    const auto& [account, mailbox, id] = at;
    const auto found = seen.mail.messages.find(at);
    const bool is_there = found != seen.mail.messages.end();
    EXPECT_TRUE(is_there || !readable.contains(message_key(account, mailbox, id))) << id.value << "\n" << seen.said;
    if (is_there) {
      EXPECT_EQ(found->second.body, message.body);
    }
    lost += is_there ? 0 : 1;
  }
  return lost;
}

TEST_F(IndexRebuild, WithoutATableHasWhatTheOthersHold) {
  const auto tables = index_files(".ldb");
  ASSERT_GT(tables.size(), 1U);
  std::size_t lost = 0;
  for (const auto& table : tables) {
    std::vector<fs::path> left;
    for (const auto& other : tables)
      if (other != table) left.push_back(fs::path(options.directory) / other);
    const auto readable = message_keys_in(left);
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      const auto& [name, how] = harms[seed % std::size(harms)];
      SCOPED_TRACE(table + " " + name + " " + std::to_string(seed));
      copy_to_damaged();
      damage(damaged(table), how, 11 + seed);
      const auto seen = repair();
      ASSERT_TRUE(seen.is_repaired) << seen.said;
      lost += expect_rest(seen, truth, readable);
      const bool is_rebuilt = seen.said.find("rebuild the index") != std::string::npos;
      if (is_rebuilt) expect_new_validities(seen.mail);
      EXPECT_TRUE(is_rebuilt || seen.mail.mailboxes == truth.mailboxes) << "a bit of which LevelDB makes no use";
    }
  }
  EXPECT_GT(lost, 0U) << "no table held anything: this test has tested nothing";
}

TEST_F(IndexRebuild, WithoutItsLogHasWhatTheTablesHold) {
  for (const auto& [name, how] : harms) {
    SCOPED_TRACE(name);
    copy_to_damaged();
    std::vector<fs::path> tables;
    for (const auto& one : index_files(".ldb")) tables.push_back(damaged(one));
    const auto readable = message_keys_in(tables);
    damage(damaged(index_files(".log").back()), how, 2);
    const auto before = files_in(damaged("index"));
    const auto seen = repair();
    ASSERT_TRUE(seen.is_repaired) << seen.said;
    expect_new_validities(seen.mail);
    EXPECT_EQ(files_in(damaged("index.set-aside-2026-11-27")), before) << "the log that LevelDB would write anew";
    (void)expect_rest(seen, truth, readable);
  }
}

// RepairDB by itself takes every octet of a log for what was written.
TEST_F(IndexRebuild, NeverMakesARowOfOctetsThatHaveChanged) {
  std::mt19937_64 random(20261127);
  const auto log = index_files(".log").back();
  const auto octets = octets_of(damaged(log));
  for (int i = 0; i < 25; ++i) {
    copy_to_damaged();
    fs::remove(damaged(index_files("MANIFEST").back()));
    auto changed = octets;
    const auto at = random() % changed.size();
    changed[at] = static_cast<char>(changed[at] ^ (1 << (random() % 8)));
    SCOPED_TRACE("octet " + std::to_string(at));
    write_octets(damaged(log), changed);
    const auto seen = repair();
    ASSERT_TRUE(seen.is_repaired) << seen.said;
    EXPECT_NE(seen.said.find("octets of the log"), std::string::npos) << seen.said;
    for (const auto& [where, message] : seen.mail.messages) {
      const auto known = truth.messages.find(where);
      if (known != truth.messages.end()) {
        EXPECT_EQ(known->second.body, message.body);
      }
    }
  }
}

// A table that a compaction has done with and whose file is still there: rows that were removed since come back with
// it, also those of whose removal no trace is left in the other tables.
TEST_F(IndexRebuild, LetsGoAgainOfWhatWasRemoved) {
  const auto kept = index_files(".ldb");
  {
    const auto world = open_store(disk, damaged_options());
    ASSERT_TRUE(operating::in_inbox(*world, operating::bob, [](account_state& state, mailbox_id inbox) {
      return state.set_flags(
          {{}, inbox, operating::uids({1}), {flag_change::add, operating::flags_of({flag::deleted}, nullptr)}});
    }));
    ASSERT_TRUE(operating::in_inbox(*world, operating::bob, [](account_state& state, mailbox_id inbox) {
      return result<transition<messages::messages_expunged>, failure>(state.expunge({{}, inbox, operating::uids({1})}));
    }));
    auto state = operating::load(*world, operating::bob);
    ASSERT_TRUE(operating::commit(*world, result<transition<done>, failure>(state->release_all())));
    truth = mail_in(*world);
  }
  leveldb::DB* raw = nullptr;
  ASSERT_TRUE(leveldb::DB::Open(leveldb::Options(), damaged("index"), &raw).ok());
  raw->CompactRange(nullptr, nullptr);
  raw->CompactRange(nullptr, nullptr);
  delete raw;
  for (const auto& name : kept)
    fs::copy_file(fs::path(options.directory) / name, damaged(name), fs::copy_options::skip_existing);
  for (const auto& one : fs::directory_iterator(damaged("index")))
    if (one.path().filename().string().starts_with("MANIFEST")) fs::remove(one.path());
  const auto seen = repair();
  ASSERT_TRUE(seen.is_repaired) << seen.said;
  EXPECT_EQ(seen.mail.messages, truth.messages) << seen.said;
  EXPECT_NE(seen.said.find("let go of message 1 of mailbox 1 \"Inbox\" of account 4712 (bob@localhost) again"),
            std::string::npos)
      << seen.said;
  expect_new_validities(seen.mail);
}

TEST_F(IndexRebuild, OnlySaysItWithAPlan) {
  fs::remove(damaged(index_files("MANIFEST").back()));
  const auto before = files_in(damaged("index"));
  auto wanted = order();
  wanted.only_plan = true;
  std::string announced;
  const auto report = repair_directory(wanted, [&](const std::string& step) { announced += step + "\n"; });
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_FALSE(report->after.problems.empty());
  EXPECT_NE(announced.find("rebuild the index"), std::string::npos);
  EXPECT_NE(announced.find("index.set-aside-2026-11-27"), std::string::npos);
  EXPECT_EQ(files_in(damaged("index")), before);
  for (const auto& one : fs::directory_iterator(scratch.path("damaged")))
    EXPECT_FALSE(one.path().filename().string().starts_with("index.")) << one.path();
  const auto seen = repair();
  EXPECT_TRUE(seen.is_repaired);
  EXPECT_EQ(seen.said.substr(0, announced.size()), announced) << "what was done is what was said";
}

TEST_F(IndexRebuild, SaysWhenNothingIsLeft) {
  for (const auto* form : {".ldb", ".log", "MANIFEST"})
    for (const auto& name : index_files(form)) fs::remove(damaged(name));
  const auto before = files_in(damaged("index"));
  const auto seen = repair();
  EXPECT_FALSE(seen.is_repaired);
  EXPECT_NE(seen.said.find("nothing of "), std::string::npos) << seen.said;
  EXPECT_NE(seen.said.find("Put back a copy of " + scratch.path("damaged")), std::string::npos) << seen.said;
  EXPECT_NE(seen.said.find("nothing was changed"), std::string::npos) << seen.said;
  EXPECT_EQ(files_in(damaged("index")), before);
}

TEST_F(IndexRebuild, RefusesAnIndexWithoutCurrentBeforeLevelDbEmptiesIt) {
  fs::remove(damaged("index/CURRENT"));
  const auto before = files_in(damaged("index"));
  const auto opened = store::open(disk, damaged_options());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, fault_code::corrupt);
  EXPECT_NE(opened.error().what.find("CURRENT is missing; nothing was changed"), std::string::npos)
      << opened.error().what;
  EXPECT_EQ(files_in(damaged("index")), before);
}

}  // namespace
}  // namespace stagecoach::store
