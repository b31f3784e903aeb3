#include "protocols/base/result.hpp"

#include <gtest/gtest.h>

#include "tests/support/golden.hpp"

namespace stagecoach {
namespace {

// The spellings are log keys and metric labels, the numbers go over the wire.
TEST(FaultCodes, KeepTheirNumbersAndNames) {
  std::vector<std::string> actual;
  for (unsigned number = 0; number < 256; ++number) {
    const auto name = fault_name(static_cast<fault_code>(number));
    if (number == 0 || name != "none")
      actual.push_back("fault_code " + std::to_string(number) + " " + std::string(name));
  }
  for (const auto& wrong : golden::differences(golden::read_lines(TEST_DATA "/fault_codes.txt"), actual))
    ADD_FAILURE() << "tests/data/fault_codes.txt: " << wrong;
}

TEST(Result, HoldsAValueOrAFault) {
  result<std::string> good = std::string("mail");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->size(), 4U);
  EXPECT_EQ(*std::move(good), "mail");
  const result<std::string> bad = fault{fault_code::syntax, 3, "date"};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), (fault{fault_code::syntax, 3, "date"}));
}

TEST(Result, IsCheckedWhenItIsAskedForWhatItDoesNotHold) {
  const result<int> good = 1;
  const result<int> bad = fault{};
  EXPECT_THROW((void)good.error(), check_failed);
  EXPECT_THROW((void)*bad, check_failed);
}

TEST(Check, NamesFileAndCondition) {
  try {
    CHECK(1 + 1 == 3);
    FAIL();
  } catch (const check_failed& why) {
    EXPECT_NE(std::string(why.what()).find("result_test.cpp"), std::string::npos);
    EXPECT_NE(std::string(why.what()).find("CHECK(1 + 1 == 3) failed"), std::string::npos);
  }
}

TEST(CheckStoreDeathTest, EndsTheProcess) {
  EXPECT_DEATH(CHECK_STORE(1 + 1 == 3), "CHECK_STORE\\(1 \\+ 1 == 3\\) failed");
}

}  // namespace
}  // namespace stagecoach
