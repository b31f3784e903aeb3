// What holds for every struct that is sent or stored.
#include <gtest/gtest.h>

#include <set>

#include "protocols/base/reader.hpp"
#include "tests/messages/every_described.hpp"

namespace stagecoach {
namespace {

// Where the top-level fields of a record end: a record cut there is one with fewer fields.
std::set<std::size_t> field_ends(const std::string& record) {
  std::set<std::size_t> ends{0};
  reader in(record);
  while (!in.at_end()) {
    const auto key = in.varint("key");
    const auto content = in.varint("content");
    if ((key & 1) == 1) (void)in.take(content, "content");
    ends.insert(in.offset());
  }
  return ends;
}

TEST(EveryMessage, ComesBackFromItsRecord) {
  for (const auto& message : every_described())
    for (unsigned seed = 0; seed < 100; ++seed) {
      const auto sent = message.sample_record(seed);
      const auto read = message.through_record(sent);
      ASSERT_TRUE(read) << message.name << " " << seed << ": " << read.error().what;
      ASSERT_EQ(*read, sent) << message.name << " " << seed;
    }
}

TEST(EveryMessage, WritesNothingForItsDefaults) {
  for (const auto& message : every_described()) {
    const auto read = message.through_record("");
    ASSERT_TRUE(read) << message.name;
    EXPECT_EQ(*read, "") << message.name;
  }
}

TEST(EveryMessage, IsRefusedWhenCutInsideAField) {
  for (const auto& message : every_described())
    for (unsigned seed = 0; seed < 10; ++seed) {
      const auto record = message.sample_record(seed);
      const auto ends = field_ends(record);
      for (std::size_t cut = 0; cut < record.size(); ++cut) {
        const auto read = message.through_record(record.substr(0, cut));
        ASSERT_EQ(static_cast<bool>(read), ends.count(cut) == 1) << message.name << " " << seed << ", cut at " << cut;
        ASSERT_TRUE(read || read.error().offset <= cut);
      }
    }
}

TEST(EveryMessage, ReadsTheSameAgainAfterAnyChangedByte) {
  for (const auto& message : every_described()) {
    auto record = message.sample_record(7);
    for (auto& byte : record) {
      const char kept = byte;
      for (const char other : {'\0', '\x01', '\x7f', '\x80', '\xff'}) {
        byte = other;
        const auto read = message.through_record(record);
        if (!read) continue;
        const auto again = message.through_record(*read);
        ASSERT_TRUE(again) << message.name;
        EXPECT_EQ(*again, *read) << message.name;
      }
      byte = kept;
    }
  }
}

TEST(EveryMessage, ComesBackFromItsJson) {
  for (const auto& message : every_described())
    for (unsigned seed = 0; seed < 100; ++seed) {
      const auto text = message.sample_json(seed);
      const auto read = message.through_json(text);
      ASSERT_TRUE(read) << message.name << " " << seed << ": " << fault_text(read.error()) << "\n" << text;
      ASSERT_EQ(*read, message.sample_record(seed)) << message.name << " " << seed << "\n" << text;
    }
}

TEST(EveryMessage, MayBeEmptyInJson) {
  for (const auto& message : every_described()) {
    const auto read = message.through_json("{}");
    ASSERT_TRUE(read) << message.name;
    EXPECT_EQ(*read, "") << message.name;
  }
}

TEST(EveryMessage, IsRefusedWhenItsJsonIsCut) {
  for (const auto& message : every_described()) {
    const auto text = message.sample_json(3);
    for (std::size_t cut = 0; cut < text.size(); ++cut)
      ASSERT_FALSE(message.through_json(text.substr(0, cut))) << message.name << ": " << text.substr(0, cut);
  }
}

}  // namespace
}  // namespace stagecoach
