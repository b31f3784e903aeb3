// How FETCH asks for rows and bodies, and what becomes of them under way; and that nothing produces more than the
// client takes.
#include <gtest/gtest.h>

#include "protocols/imap/limits.hpp"
#include "protocols/mime/part_scanner.hpp"
#include "protocols/text/base64.hpp"
#include "tests/protocols/imap/small_world.hpp"

namespace stagecoach::imap {
namespace {

using namespace testing;

// A session that has selected a mailbox of these messages, driven step by step.
class FetchStream : public ::testing::Test {
 protected:
  FetchStream() : core_(open_options()) {
    core_.start();
    core_.received("l LOGIN ada stagecoach\r\n");
    drain_texts();
    core_.answered(signed_in{});
  }
  void select(std::uint32_t count) {
    core_.received("s SELECT INBOX\r\n");
    drain_texts();
    mailbox_opened opened;
    opened.uids.add(uid_range{uid{1}, uid{count}});
    core_.answered(std::move(opened));
    drain_texts();
    heard_.clear();
  }
  // All texts up to the next other output, which is returned.
  std::optional<output> drain_texts() {
    while (auto next = core_.next()) {
      if (auto* text = std::get_if<send>(&*next)) {
        heard_ += text->bytes;
      } else {
        return next;
      }
    }
    return std::nullopt;
  }
  template <class Need>
  Need expect() {
    auto next = drain_texts();
    CHECK(next && std::holds_alternative<Need>(*next));
    return std::get<Need>(std::move(*next));
  }
  static rows rows_for(const uid_set& uids, std::uint64_t size) {
    rows all;
    uids.for_each([&](uid one) {
      message_facts facts;
      facts.id = one;
      facts.size = size;
      facts.header_bytes = 10;
      all.messages.push_back(std::move(facts));
    });
    return all;
  }

  session core_;
  std::string heard_;
};

TEST_F(FetchStream, AsksForRowsInPieces) {
  select(2500);
  core_.received("a FETCH 1:* FLAGS\r\n");
  std::vector<std::uint64_t> sizes;
  for (auto next = drain_texts(); next; next = drain_texts()) {
    if (std::holds_alternative<need_drained>(*next)) {
      core_.answered(drained{});
      continue;
    }
    const auto& need = std::get<need_rows>(*next);
    sizes.push_back(need.uids.size());
    core_.answered(rows_for(need.uids, 1));
  }
  EXPECT_EQ(sizes, (std::vector<std::uint64_t>{1000, 1000, 500}));
  EXPECT_TRUE(heard_.ends_with("* 2500 FETCH (FLAGS ())\r\na OK Fetched\r\n"));
}

TEST_F(FetchStream, AsksForBodiesInChunksThatTheClientHasTaken) {
  select(1);
  core_.received("a FETCH 1 BODY.PEEK[]\r\n");
  core_.answered(rows_for(expect<need_rows>().uids, 600 * 1024));
  std::uint64_t offset = 0;
  for (const std::uint32_t length : {256U * 1024, 256U * 1024, 88U * 1024}) {
    const auto need = expect<need_octets>();
    EXPECT_EQ(need.offset, offset);
    EXPECT_EQ(need.length, length);
    offset += length;
    core_.answered(message_octets{std::string(length, 'x')});
    if (length == octets_chunk) {
      (void)expect<need_drained>();
      EXPECT_FALSE(core_.next());  // nothing more until the client has taken this
      core_.answered(drained{});
    }
  }
  EXPECT_FALSE(drain_texts());
  EXPECT_EQ(heard_, "* 1 FETCH (BODY[] {614400}\r\n" + std::string(600 * 1024, 'x') + ")\r\na OK Fetched\r\n");
}

TEST_F(FetchStream, LeavesOutAMessageThatHasGone) {
  select(2);
  core_.received("a UID FETCH 1:2 (UID BODY.PEEK[])\r\n");
  core_.answered(rows_for(expect<need_rows>().uids, 3));
  (void)expect<need_octets>();
  core_.answered(refused{fault_code::not_found});
  EXPECT_EQ(expect<need_octets>().message, uid{2});
  core_.answered(message_octets{"abc"});
  EXPECT_FALSE(drain_texts());
  EXPECT_EQ(heard_, "* 2 FETCH (UID 2 BODY[] {3}\r\nabc)\r\na OK [EXPUNGEISSUED] Some of these are gone\r\n");
}

TEST_F(FetchStream, SaysThatAMessageCannotBeRead) {
  select(1);
  core_.received("a FETCH 1 BODY.PEEK[]\r\n");
  core_.answered(rows_for(expect<need_rows>().uids, 3));
  (void)expect<need_octets>();
  core_.answered(message_octets{"ab"});  // shorter than its row says
  EXPECT_FALSE(drain_texts());
  EXPECT_EQ(heard_, "a NO [UNAVAILABLE] Some of these could not be read now\r\n");
}

// A literal that cannot be completed ends the session: the client counts its octets.
TEST_F(FetchStream, EndsWhenALiteralCannotBeCompleted) {
  select(1);
  core_.received("a FETCH 1 BODY.PEEK[]\r\nb NOOP\r\n");
  core_.answered(rows_for(expect<need_rows>().uids, octets_chunk * 2ULL));
  (void)expect<need_octets>();
  core_.answered(message_octets{std::string(octets_chunk, 'x')});
  (void)expect<need_drained>();
  core_.answered(drained{});
  (void)expect<need_octets>();
  core_.answered(refused{fault_code::disk});
  EXPECT_TRUE(std::holds_alternative<hang_up>(*drain_texts()));
  EXPECT_TRUE(core_.is_closed());
}

// What cannot become \Seen can still be read.
TEST_F(FetchStream, ReadsFromAStoreThatTakesNoChanges) {
  select(1);
  core_.received("a FETCH 1 BODY[]\r\n");
  core_.answered(rows_for(expect<need_rows>().uids, 3));
  const auto need = expect<need_flags_set>();
  EXPECT_EQ(need.delta.change, flag_change::add);
  core_.answered(refused{fault_code::full});
  (void)expect<need_octets>();
  core_.answered(message_octets{"abc"});
  EXPECT_FALSE(drain_texts());
  EXPECT_EQ(heard_, "* 1 FETCH (BODY[] {3}\r\nabc)\r\na OK Fetched\r\n");
}

// A header larger than is looked at: fields behind the limit are not found, and nothing breaks.
TEST_F(FetchStream, LooksAtABoundedHeader) {
  select(1);
  core_.received("a FETCH 1 BODY.PEEK[HEADER.FIELDS (X)]\r\n");
  auto found = rows_for(expect<need_rows>().uids, 1000 * 1024);
  found.messages[0].header_bytes = 1000 * 1024;
  core_.answered(std::move(found));
  EXPECT_EQ(expect<need_octets>().length, header_bytes_max);
  core_.answered(message_octets{"X: y\r\nZ:" + std::string(header_bytes_max - 8, 'z')});
  EXPECT_FALSE(drain_texts());
  EXPECT_EQ(heard_, "* 1 FETCH (BODY[HEADER.FIELDS (X)] {6}\r\nX: y\r\n)\r\na OK Fetched\r\n");
}

// Pipelined commands with large answers produce no more than the client takes.
TEST_F(FetchStream, HoldsPipelinedCommandsBack) {
  select(1000);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "a UID SEARCH ALL\r\n";
  core_.received(many);
  (void)expect<need_drained>();
  EXPECT_FALSE(core_.next());
  EXPECT_LT(heard_.size(), unsent_bytes_max + 100'000);
}

TEST_F(FetchStream, HoldsBackWhatStoreAnswers) {
  constexpr std::uint32_t count = 30'000;
  select(count);
  core_.received("a STORE 1:* +FLAGS (\\Seen)\r\n");
  flags_set done;
  done.messages = rows_for(expect<need_flags_set>().uids, 1).messages;
  ASSERT_EQ(done.messages.size(), count);
  core_.answered(std::move(done));
  std::size_t pauses = 0;
  for (auto next = drain_texts(); next; next = drain_texts()) {
    ASSERT_TRUE(std::holds_alternative<need_drained>(*next));
    EXPECT_LT(heard_.size(), ++pauses * (unsent_bytes_max + 1000));
    core_.answered(drained{});
  }
  EXPECT_GE(pauses, 2U);
  EXPECT_TRUE(heard_.ends_with("* 30000 FETCH (FLAGS ())\r\na OK Stored\r\n"));
}

TEST_F(FetchStream, HoldsBackWhatOthersDid) {
  constexpr std::uint32_t count = 30'000;
  select(count);
  core_.received("a IDLE\r\n");
  EXPECT_FALSE(drain_texts());
  std::vector<change> changes;
  for (std::uint32_t i = 1; i <= count; ++i) changes.emplace_back(flags_changed{uid{i}, {}});
  core_.changed(changes);
  std::size_t pauses = 0;
  for (auto next = drain_texts(); next; next = drain_texts()) {
    ASSERT_TRUE(std::holds_alternative<need_drained>(*next));
    EXPECT_LT(heard_.size(), ++pauses * (unsent_bytes_max + 1000));
    core_.answered(drained{});
  }
  EXPECT_GE(pauses, 2U);
  EXPECT_TRUE(heard_.ends_with("* 30000 FETCH (UID 30000 FLAGS ())\r\n"));
  core_.received("DONE\r\n");
  EXPECT_FALSE(drain_texts());
  EXPECT_TRUE(heard_.ends_with("a OK Idle ended\r\n"));
}

TEST_F(FetchStream, LeavesOutAMessageWhoseStructureHasGone) {
  select(2);
  core_.received("a UID FETCH 1:2 (UID ENVELOPE)\r\n");
  core_.answered(rows_for(expect<need_rows>().uids, 30));
  mime::part_scanner scanner;
  scanner.received("Subject: two\r\n\r\n");
  structures found;
  found.messages.push_back({uid{2}, 0, scanner.finished()});
  found.up_to = expect<need_structures>().uids.ranges().back().last;
  core_.answered(std::move(found));
  EXPECT_FALSE(drain_texts());
  EXPECT_EQ(heard_,
            "* 2 FETCH (UID 2 ENVELOPE (NIL \"two\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n"
            "a OK [EXPUNGEISSUED] Some of these are gone\r\n");
}

// RFC 3516 4.2: the literal's length is told first, so an encoded part of more than one piece is read twice.
TEST_F(FetchStream, DecodesALargePart) {
  const std::string decoded(600 * 1024, 'x');
  const std::string header = "Content-Transfer-Encoding: base64\r\n\r\n";
  const auto message = header + to_base64(decoded);
  mime::part_scanner scanner;
  scanner.received(message);
  select(1);
  core_.received("a FETCH 1 BINARY.PEEK[1]\r\n");
  core_.answered(rows_for(expect<need_rows>().uids, message.size()));
  structures found;
  found.messages.push_back({uid{1}, 0, scanner.finished()});
  found.up_to = expect<need_structures>().uids.ranges().back().last;
  core_.answered(std::move(found));
  std::vector<std::uint64_t> offsets;
  for (auto next = drain_texts(); next; next = drain_texts()) {
    if (std::holds_alternative<need_drained>(*next)) {
      core_.answered(drained{});
      continue;
    }
    const auto& need = std::get<need_octets>(*next);
    offsets.push_back(need.offset - header.size());
    core_.answered(message_octets{message.substr(need.offset, need.length)});
  }
  const std::uint64_t piece = octets_chunk;
  EXPECT_EQ(offsets, (std::vector<std::uint64_t>{0, piece, 2 * piece, 3 * piece, 0, piece, 2 * piece, 3 * piece}));
  EXPECT_EQ(heard_, "* 1 FETCH (BINARY[1] ~{614400}\r\n" + decoded + ")\r\na OK Fetched\r\n");
}

}  // namespace
}  // namespace stagecoach::imap
