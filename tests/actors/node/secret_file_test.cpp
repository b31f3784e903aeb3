#include "actors/node/secret_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/store/scratch.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::node {
namespace {

TEST(SecretFile, IsMadeOnce) {
  const store::scratch_directory where;
  const std::filesystem::path file = where.path("secret");
  testing::test_random random{1};
  const auto made = read_or_make_secret(file, random);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->size(), secret_bytes);
  const auto again = read_or_make_secret(file, random);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *made);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write);
}

TEST(SecretFile, SaysWhatIsWrong) {
  const store::scratch_directory where;
  testing::test_random random{1};
  const auto nowhere = read_or_make_secret(where.path("no/such/directory"), random);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, fault_code::disk);
  std::ofstream(where.path("short")) << "too short";
  const auto cut = read_or_make_secret(where.path("short"), random);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, fault_code::corrupt);
}

}  // namespace
}  // namespace stagecoach::node
