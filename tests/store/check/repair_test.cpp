// Each kind of damage to a store, and what its repair makes of it: the checker is content, nothing else has changed,
// and what was set aside can still be found.
#include "store/check/repair.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/rows_segment.hpp"
#include "tests/store/account/operations.hpp"

namespace stagecoach::store {
namespace {

using operating::ada;

const mailbox_id inbox{1};

// Inbox of ada: 1 to 4, of which 3 is the same body as bob's and eve's 1, and a copy of 1 in Old.
struct Repair : testing::Test {
  Repair() {
    options.arriving = {5000, 100000, 10000};
    auto made = open_store(*disk, options);
    for (const auto& what : operating::operations()) {
      if (std::string_view(what.name) == "set flags") break;
      EXPECT_TRUE(what.run(*made)) << what.name;
    }
    EXPECT_TRUE(operating::copy_or_move(*made, operating::uids({1}), "Archive", false));
    EXPECT_EQ(operating::all_problems_of(*made), "");
  }

  template <class Row, class Edit>
  void edit(const std::string& key, Edit change) {
    auto row = *read_record<Row>(**world->rows().get(key));
    change(row);
    write(key, write_record(row));
  }
  void write(const std::string& key, std::optional<std::string> value) {
    row_batch batch;
    value ? batch.put(key, *value) : batch.remove(key);
    ASSERT_TRUE(world->rows().write(std::move(batch)));
  }
  [[nodiscard]] bool has(const std::string& key) const { return static_cast<bool>(*world->rows().get(key)); }
  [[nodiscard]] message_row message(std::uint32_t id) const {
    return *read_record<message_row>(**world->rows().get(message_key(ada, inbox, uid{id})));
  }
  // The steps; afterwards nothing is wrong any more, and there is nothing left to do.
  std::string repaired() {
    EXPECT_NE(operating::all_problems_of(*world), "") << "there was no damage";
    const auto plan = plan_repair(world->rows(), world->bodies());
    EXPECT_TRUE(plan);
    if (!plan) return {};
    const auto copy = carry_out(*world, *plan);
    EXPECT_TRUE(copy) << copy.error().what;
    EXPECT_TRUE(copy && std::filesystem::exists(*copy + "/CURRENT"));
    EXPECT_EQ(operating::all_problems_of(*world), "");
    world.reset();
    SetUp();
    EXPECT_TRUE(plan_repair(world->rows(), world->bodies())->steps.empty());
    std::string steps;
    for (const auto& step : plan->steps) steps += step + "\n";
    return steps;
  }

  scratch_directory scratch{memory_file_system()};
  const std::unique_ptr<files> disk = make_system_files();
  store_options options = options_for(scratch.path("data"));
  std::unique_ptr<store> world;

  void SetUp() override { world = open_store(*disk, options); }
};

const std::string account = "account 4711 (ada@localhost)";
const std::string place = "mailbox 1 \"Inbox\" of " + account;

TEST_F(Repair, HasNothingToDoWithASoundStore) {
  const auto plan = plan_repair(world->rows(), world->bodies());
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->steps.empty());
  EXPECT_TRUE(plan->rows.empty());
}

TEST_F(Repair, CountsAgain) {
  const auto before = operating::picture_of(*world);
  edit<mailbox_row>(mailbox_key(ada, inbox), [](mailbox_row& row) { row.counts.unseen += 5; });
  edit<account_row>(account_key(ada), [](account_row& row) { row.bytes_used -= 1; });
  edit<blob_row>(blob_key(message(1).blob), [](blob_row& row) { row.references = 9; });
  edit<blob_row>(blob_key(message(3).blob), [](blob_row& row) { row.references = 1; });
  edit<segment_row>(segment_key(1), [](segment_row& row) { row.live_bytes = 0; });
  const auto steps = repaired();
  EXPECT_NE(steps.find("recount " + place + "\n"), std::string::npos) << steps;
  EXPECT_NE(steps.find("recount the octets of " + account + "\n"), std::string::npos) << steps;
  EXPECT_NE(steps.find("recount the users of body "), std::string::npos) << steps;
  EXPECT_NE(steps.find("recount what is in use of segment 1\n"), std::string::npos) << steps;
  EXPECT_EQ(operating::picture_of(*world), before);
}

TEST_F(Repair, SetsAsideAMessageWithoutABody) {
  const auto row = message(2);
  const auto highest = read_record<account_row>(**world->rows().get(account_key(ada)))->highest;
  write(blob_key(row.blob), std::nullopt);
  const auto steps = repaired();
  EXPECT_NE(steps.find("set aside message 2 of " + place + ": its body is missing or damaged\n"), std::string::npos)
      << steps;
  const auto key = message_key(ada, inbox, uid{2});
  EXPECT_FALSE(has(key));
  EXPECT_EQ(**world->rows().get(set_aside_key(set_aside::other, key)), write_record(row));
  EXPECT_TRUE(has(set_aside_key(set_aside::other, content_key(ada, inbox, uid{2}))));
  const auto tombstone = read_record<tombstone_row>(**world->rows().get(tombstone_key(ada, inbox, uid{2})));
  EXPECT_EQ(*tombstone, (tombstone_row{row.message, row.created, modseq{highest.value + 1}}));
}

TEST_F(Repair, SetsAsideAMessageWhoseBodyIsDamaged) {
  const auto row = message(1);
  const auto at = read_record<blob_row>(**world->rows().get(blob_key(row.blob)));
  world.reset();
  std::fstream segment(options.directory + "/bodies/0000000001.seg", std::ios::in | std::ios::out | std::ios::binary);
  segment.seekp(static_cast<std::streamoff>(at->offset + 100));
  segment.put('~');
  segment.close();
  SetUp();
  const auto steps = repaired();
  EXPECT_NE(steps.find("set aside message 1 of " + place), std::string::npos) << steps;
  EXPECT_NE(steps.find("\"Archive\" of " + account + ": its body is missing or damaged\n"), std::string::npos) << steps;
  EXPECT_NE(steps.find("set aside body " + to_hex(row.blob) + ": it is damaged\n"), std::string::npos) << steps;
  EXPECT_TRUE(has(set_aside_key(set_aside::other, blob_key(row.blob))));
  // The same mail comes again, and is stored anew.
  EXPECT_TRUE(operating::deliver_to(*world, {ada}, made_of(900, 1), {}));
  EXPECT_EQ(operating::all_problems_of(*world), "");
}

TEST_F(Repair, KnowsLessOfASegmentThatIsCut) {
  const std::string segment = options.directory + "/bodies/0000000001.seg";
  const auto at = read_record<blob_row>(**world->rows().get(blob_key(message(3).blob)));
  ASSERT_EQ(at->segment, 1U);
  world.reset();
  std::filesystem::resize_file(segment, at->offset + 60);
  SetUp();
  const auto steps = repaired();
  EXPECT_NE(steps.find("know less of segment 1: its file is cut from "), std::string::npos) << steps;
  EXPECT_NE(steps.find("set aside message 3 of " + place), std::string::npos) << steps;
  EXPECT_TRUE(has(message_key(ada, inbox, uid{1})));
  EXPECT_TRUE(operating::deliver_to(*world, {ada}, made_of(900, 9), {}));
  EXPECT_EQ(operating::all_problems_of(*world), "");
}

TEST_F(Repair, ForgetsASegmentThatIsGone) {
  world.reset();
  std::filesystem::remove(options.directory + "/bodies/0000000001.seg");
  SetUp();
  const auto steps = repaired();
  EXPECT_NE(steps.find("forget segment 1: its file is gone\n"), std::string::npos) << steps;
  EXPECT_TRUE(operating::deliver_to(*world, {ada}, made_of(900, 9), {}));
  EXPECT_EQ(operating::all_problems_of(*world), "");
}

TEST_F(Repair, KeepsTheBodyOfAMessageWithoutContent) {
  const auto row = message(2);
  write(content_key(ada, inbox, uid{2}), std::nullopt);
  const auto steps = repaired();
  EXPECT_NE(steps.find("set aside message 2 of " + place + ": its content is missing or cannot be read\n"),
            std::string::npos)
      << steps;
  EXPECT_TRUE(has(set_aside_key(set_aside::uses_body, message_key(ada, inbox, uid{2}))));
  EXPECT_EQ(read_record<blob_row>(**world->rows().get(blob_key(row.blob)))->references, 1U);
  EXPECT_TRUE(operating::deliver_to(*world, {ada}, made_of(15000, 2), {})) << "the same mail again";
  EXPECT_EQ(operating::all_problems_of(*world), "");
}

TEST_F(Repair, SetsAsideWhatCannotBeRead) {
  write(message_key(ada, inbox, uid{2}), "\xff garbage");
  write(content_key(ada, inbox, uid{4}), "\xff garbage");
  write(content_key(ada, inbox, uid{77}), write_record(content_row{"", parts_of("a: b\r\n\r\nc")}));
  const auto steps = repaired();
  EXPECT_NE(steps.find("message 2 of " + place + ": its row cannot be read\n"), std::string::npos) << steps;
  EXPECT_NE(steps.find("message 4 of " + place + ": its content is missing"), std::string::npos) << steps;
  EXPECT_NE(steps.find("the content of message 77 of " + place + ": there is no such message\n"), std::string::npos)
      << steps;
  EXPECT_NE(steps.find("nobody uses it"), std::string::npos) << "the body of message 2: " << steps;
}

TEST_F(Repair, SetsAsideTheMessagesOfAMailboxThatIsGone) {
  const auto archive = *operating::load(*world, ada)->find("Archive");
  write(mailbox_key(ada, archive), std::nullopt);
  const auto steps = repaired();
  EXPECT_NE(steps.find("its mailbox is missing or cannot be read\n"), std::string::npos) << steps;
  EXPECT_TRUE(has(set_aside_key(set_aside::uses_body, message_key(ada, archive, uid{1}))));
}

TEST_F(Repair, SetsAsidePublicKeysOfNobody) {
  const public_key_hash good{{1}};
  const public_key_hash of_nobody{{2}};
  const public_key_hash garbage{{3}};
  login_row login;
  login.account = ada;
  write(login_key("ada@localhost"), write_record(login));
  write(public_key_key(good), write_record(public_key_row{ada, "laptop", unix_ms{1}}));
  write(public_key_key(of_nobody), write_record(public_key_row{account_id{99}, "laptop", unix_ms{1}}));
  write(public_key_key(garbage), "\xff garbage");
  const auto steps = repaired();
  EXPECT_NE(
      steps.find("set aside TLS public key " + key_text(of_nobody) + ": belongs to account 99, which is not there\n"),
      std::string::npos)
      << steps;
  EXPECT_NE(steps.find("set aside TLS public key " + key_text(garbage) + ": its row cannot be read"), std::string::npos)
      << steps;
  EXPECT_TRUE(has(public_key_key(good)));
  EXPECT_FALSE(has(public_key_key(of_nobody)));
  EXPECT_TRUE(has(set_aside_key(set_aside::other, public_key_key(of_nobody))));
  EXPECT_TRUE(has(set_aside_key(set_aside::other, public_key_key(garbage))));
}

// They only sign somebody out.
TEST_F(Repair, RemovesSessionsOfNobody) {
  const session_hash good{{1}};
  const session_hash of_nobody{{2}};
  const session_hash garbage{{3}};
  login_row login;
  login.account = ada;
  write(login_key("ada@localhost"), write_record(login));
  write(session_key(good), write_record(session_row{ada, 1, unix_ms{1}, unix_ms{1}, "", ""}));
  write(session_key(of_nobody), write_record(session_row{account_id{99}, 1, unix_ms{1}, unix_ms{1}, "", ""}));
  write(session_key(garbage), "\xff garbage");
  write("w short", "");
  const auto steps = repaired();
  EXPECT_NE(steps.find("remove session " + session_text(of_nobody) + ": belongs to account 99, which is not there\n"),
            std::string::npos)
      << steps;
  EXPECT_NE(steps.find("remove session " + session_text(garbage) + ": its row cannot be read"), std::string::npos)
      << steps;
  EXPECT_NE(steps.find("remove the key 772073686f7274 has no known form\n"), std::string::npos) << steps;
  EXPECT_TRUE(has(session_key(good)));
  for (const auto& key : {session_key(of_nobody), session_key(garbage), std::string("w short")}) EXPECT_FALSE(has(key));
}

TEST_F(Repair, LeavesOtherAccountsAsTheyAre) {
  const auto of_bob = operating::rows_under(*world, {account_prefix(operating::bob)}).rows;
  write(blob_key(message(2).blob), std::nullopt);
  edit<mailbox_row>(mailbox_key(ada, inbox), [](mailbox_row& row) { row.counts.total = 0; });
  (void)repaired();
  EXPECT_EQ(operating::rows_under(*world, {account_prefix(operating::bob)}).rows, of_bob);
}

}  // namespace
}  // namespace stagecoach::store
