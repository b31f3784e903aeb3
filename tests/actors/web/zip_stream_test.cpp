// The attachments of a message as a zip that is made while it is sent: of a reader that answers what it is told, to a
// sink that wants the next when the test says so. What the archive is: tests/protocols/zip/,
// tests/worlds/attachments.py.
#include "actors/web/zip_stream.hpp"

#include <gtest/gtest.h>

#include <mutex>

#include "protocols/mime/part_scanner.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::web {
namespace {

using sink_handle = runtime::handle_of<messages::octet_sink_talk>;
using source_handle = runtime::handle_of<messages::octet_source_talk>;

constexpr std::uint64_t large = 1'000'000;

struct seen {
  std::mutex mutex;
  std::uint64_t octets_read = 0;
  std::uint64_t readable = large;  // what is behind it is gone
  bool is_short = false;           // told by too few octets instead of an error
  std::string got;
  std::size_t pieces = 0;
  bool is_introduced = false;
  bool is_last = false;
  bool is_failed = false;
};

struct octet_reader_talk : conversation<ask_for<messages::read_octets, messages::octets_read>> {};

// Its octets are noise, so that they get no smaller.
struct reader final : runtime::watched<runtime::handle_of<octet_reader_talk>> {
  reader(caf::actor_config& cfg, runtime::stage& on, seen& all) : watched(cfg, on, "reader", ""), all_(all) {}
  behavior_type make_behavior() override {
    return {[this](const messages::read_octets& m) -> runtime::reply<messages::octets_read> {
      const std::lock_guard held(all_.mutex);
      if (m.piece.offset + m.piece.length > all_.readable) {
        if (all_.is_short) return messages::octets_read{"x", {}};
        return runtime::to_error(failure{fault_code::not_found, "gone"});
      }
      all_.octets_read += m.piece.length;
      messages::octets_read made{std::string(m.piece.length, '\0'), {}};
      random_.fill({reinterpret_cast<std::uint8_t*>(made.octets.data()), made.octets.size()});
      return made;
    }};
  }
  seen& all_;
  testing::test_random random_{7};
};

struct sink final : runtime::watched<sink_handle> {
  sink(caf::actor_config& cfg, runtime::stage& on, seen& all) : watched(cfg, on, "sink", ""), all_(all) {}
  behavior_type make_behavior() override {
    return {[this](const messages::stream_octets& m) {
      const std::lock_guard held(all_.mutex);
      const bool is_first = !std::exchange(all_.is_introduced, true);
      EXPECT_EQ(is_first, m.octets.empty() && !m.is_last && !m.is_failed)
          << "empty is what names the source, and no other";
      if (is_first) return;
      ++all_.pieces;
      all_.got += m.octets;
      all_.is_last = m.is_last;
      all_.is_failed = m.is_failed;
    }};
  }
  seen& all_;
};

struct ZipStream : ::testing::Test {
  ~ZipStream() override {
    readers_.all.clear();
    sink_ = sink_handle();
    source_ = source_handle();
    on_.stage().stop();
  }
  void begin(std::vector<zip_member> members) {
    const auto one = on_.stage().spawn<reader>(seen_);
    readers_.all.push_back(caf::actor_cast<services::blob_reader_handle>(caf::actor_cast<caf::strong_actor_ptr>(one)));
    sink_ = on_.stage().spawn<sink>(seen_);
    source_ = on_.stage().spawn<zip_stream>(
        readers_, zip_content{account_id{1}, mailbox_id{1}, uid{1}, zip::extent::small, 0, std::move(members)}, sink_);
  }
  bool has(std::size_t pieces) {
    return testing::eventually([&] {
      const std::lock_guard held(seen_.mutex);
      return seen_.pieces == pieces;
    });
  }
  bool is_gone() {
    return testing::eventually([&] { return on_.stage().registry().alive("zip_stream") == 0; });
  }
  // From this piece on until the end; returns how many pieces it had.
  std::size_t take_all(std::size_t pieces) {
    for (;; ++pieces) {
      if (!has(pieces) || seen_.is_last || seen_.is_failed) return pieces;
      on_.tell(source_, messages::more_octets());
    }
  }

  seen seen_;
  testing::test_stage on_;
  services::blob_readers readers_;
  sink_handle sink_;
  source_handle source_;
};

TEST_F(ZipStream, ReadsAsItIsTaken) {
  begin({{"a", 0, large, "8bit"}});
  for (std::size_t pieces = 1; pieces <= 3; ++pieces) {
    ASSERT_TRUE(has(pieces));
    EXPECT_LE(seen_.octets_read, (pieces + 1) * 64 * 1024) << "a piece ahead of what was taken, at most";
    on_.tell(source_, messages::more_octets());
  }
  EXPECT_GE(take_all(4), large / (64 * 1024) / 2);
  EXPECT_TRUE(seen_.is_last);
  EXPECT_FALSE(seen_.is_failed);
  EXPECT_EQ(seen_.octets_read, large);
  EXPECT_GT(seen_.got.size(), large);
  EXPECT_TRUE(is_gone());
}

TEST_F(ZipStream, OfWhatHasNothingInItEndsAtOnce) {
  begin({{"a", 0, 0, "base64"}, {"b", 0, 0, ""}, {"c", 0, 2, "base64"}});
  EXPECT_EQ(take_all(1), 2U) << "what stands before the octets, and the rest";
  EXPECT_TRUE(seen_.is_last);
  EXPECT_NE(seen_.got.find("PK\5\6"), std::string::npos);
  EXPECT_TRUE(is_gone());
}

TEST_F(ZipStream, TellsWhenTheMessageIsGone) {
  for (const bool is_short : {false, true}) {
    seen_.readable = large / 2;
    seen_.is_short = is_short;
    seen_.pieces = 0;
    seen_.is_introduced = seen_.is_failed = seen_.is_last = false;
    readers_.all.clear();
    begin({{"a", 0, large, ""}});
    take_all(1);
    EXPECT_TRUE(seen_.is_failed);
    EXPECT_EQ(seen_.got.find("PK\5\6"), std::string::npos) << "what is not whole has no end";
    EXPECT_TRUE(is_gone());
  }
}

TEST_F(ZipStream, EndsWithWhoeverTakesIt) {
  begin({{"a", 0, large, ""}});
  ASSERT_TRUE(has(1));
  caf::anon_send_exit(sink_, caf::exit_reason::user_shutdown);
  EXPECT_TRUE(is_gone());
}

messages::message_structure structure_of(std::string_view text) {
  mime::part_scanner scanner;
  scanner.received(text);
  return {uid{1}, 10, scanner.finished()};
}

TEST(ZipContent, IsWhatAPageListsAsAttachments) {
  messages::message_view view;
  view.size = 1000;
  view.received = unix_ms{1'764'244'800'999};
  const auto made =
      zip_content_of(view, structure_of("Content-Type: multipart/mixed; boundary=a\r\n\r\n"
                                        "--a\r\n\r\ntext\r\n"
                                        "--a\r\nContent-Type: text/html\r\n\r\n<p>shown\r\n"
                                        "--a\r\nContent-Type: text/html\r\n\r\n<p>another\r\n"
                                        "--a\r\nContent-Type: text/plain; name=a.txt\r\n\r\nfile\r\n--a--\r\n"));
  ASSERT_EQ(made.members.size(), 2U);
  EXPECT_EQ(made.members[0].name, "attachment-1.html");
  EXPECT_EQ(made.members[1].name, "a.txt");
  EXPECT_EQ(made.members[1].length, 4U);
  EXPECT_EQ(made.seconds, 1'764'244'800);
  EXPECT_EQ(made.size, zip::extent::small);
  messages::message_view huge = view;
  huge.size = std::uint64_t{4} << 30;
  EXPECT_EQ(zip_content_of(huge, structure_of("\r\nx")).size, zip::extent::large);
  EXPECT_TRUE(zip_content_of(view, structure_of("\r\nx")).members.empty());
}

TEST(ZipContent, HasANameThatSaysWhatItIs) {
  const auto at = [](std::int64_t moment, std::string_view subject) {
    messages::message_view view;
    view.received = unix_ms{moment};
    view.message = message_id{7};
    return zip_name_of(view, subject);
  };
  EXPECT_EQ(at(1'764'244'805'999, "Re: Your mail"), "email-7-attachments-20251127-120005-re-your-mail.zip");
  EXPECT_EQ(at(0, ""), "email-7-attachments-19700101-000000.zip");
  EXPECT_EQ(at(-1, "../\r\n\""), "email-7-attachments-19691231-235959.zip");
  EXPECT_LE(at(253'402'300'799'000, std::string(5000, 'x')).size(), 120U);
}

}  // namespace
}  // namespace stagecoach::web
