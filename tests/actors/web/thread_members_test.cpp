// Which messages of a thread are shown, whatever rows stand beside theirs.
#include "actors/web/thread_members.hpp"

#include <gtest/gtest.h>

#include "messages/api/mail.hpp"
#include "protocols/base/record.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::web {
namespace {

constexpr account_id ada{4711};
constexpr message_id talk{7};

messages::stored_row row(location at, std::int64_t received, message_id thread = talk) {
  return {store::thread_key(ada, store::thread_hash(talk), at.mailbox, at.message),
          write_record(store::thread_row{thread, message_id{1}, unix_ms{received}, 0})};
}

location at(std::uint32_t mailbox, std::uint32_t message) { return {mailbox_id{mailbox}, uid{message}}; }

located named(std::uint32_t mailbox, std::uint32_t message, std::int64_t received) {
  located one{mailbox_id{mailbox}, {}};
  one.row.id = uid{message};
  one.row.received = unix_ms{received};
  return one;
}

TEST(ThreadMembers, AreInOrderOfTimeWhereverTheyAre) {
  const auto found = members_of(talk, named(2, 9, 200), {row(at(1, 5), 300), row(at(2, 9), 200), row(at(3, 1), 100)});
  EXPECT_EQ(found.messages, (std::vector{at(3, 1), at(2, 9), at(1, 5)}));
  EXPECT_FALSE(found.is_cut);
}

TEST(ThreadMembers, RowsOfOthersAndThoseThatCannotBeReadAreNone) {
  auto broken = row(at(1, 6), 100);
  broken.value = "\xff";
  const auto found =
      members_of(talk, named(1, 5, 300),
                 {row(at(1, 5), 300), row(at(1, 4), 100, message_id{8}), broken, {"no key", broken.value}});
  EXPECT_EQ(found.messages, std::vector{at(1, 5)});
}

TEST(ThreadMembers, TheOneThatIsNamedIsOneThoughItHasNoRow) {
  EXPECT_EQ(members_of(talk, named(1, 5, 100), {}).messages, std::vector{at(1, 5)});
  const std::vector rows{row(at(1, 6), 100)};
  EXPECT_EQ(members_of(talk, named(1, 5, 50), rows).messages, (std::vector{at(1, 5), at(1, 6)}));
  EXPECT_EQ(members_of(talk, named(1, 5, 200), rows).messages, (std::vector{at(1, 6), at(1, 5)}));
}

TEST(ThreadMembers, OfManyTheNewestAreShownAndTheOneThatIsNamed) {
  std::vector<messages::stored_row> rows;
  for (std::uint32_t i = 1; i <= api::thread_messages_max; ++i) rows.push_back(row(at(1, i), i));
  const auto all = members_of(talk, named(1, 1, 1), rows);
  EXPECT_EQ(all.messages.size(), api::thread_messages_max);
  EXPECT_FALSE(all.is_cut);
  rows.push_back(row(at(2, 1), 1'000));
  const auto cut = members_of(talk, named(1, 1, 1), rows);
  EXPECT_EQ(cut.messages.size(), api::thread_messages_max);
  EXPECT_TRUE(cut.is_cut);
  EXPECT_EQ(cut.messages.front(), at(1, 1));
  EXPECT_EQ(cut.messages[1], at(1, 3));
  EXPECT_EQ(cut.messages.back(), at(2, 1));
}

}  // namespace
}  // namespace stagecoach::web
