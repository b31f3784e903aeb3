#include "protocols/http/cookie.hpp"

#include <gtest/gtest.h>

namespace stagecoach::http {
namespace {

using namespace std::chrono_literals;

TEST(Cookie, IsFoundByItsName) {
  EXPECT_EQ(find_cookie("a=1; b=2;c=3", "b"), "2");
  EXPECT_EQ(find_cookie("a=1; b=2;c=3", "c"), "3");
  EXPECT_EQ(find_cookie("a=x=y", "a"), "x=y");
  EXPECT_EQ(find_cookie("a=", "a"), "");
  for (const std::string_view field : {"", "a", ";", "=1", "aa=1", "A=1"})
    EXPECT_FALSE(find_cookie(field, "a")) << field;
}

// security.md WB03: another one may have been set beside ours.
TEST(Cookie, ThatIsThereTwiceIsNone) { EXPECT_FALSE(find_cookie("a=1; b=2; a=3", "a")); }

TEST(Cookie, IsForThisHostAlone) {
  EXPECT_EQ(set_cookie({"__Host-s", "00ff", true, std::nullopt}),
            "__Host-s=00ff; Path=/; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(set_cookie({"s", "", false, 0s}), "s=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST(Cookie, CannotEndTheField) {
  EXPECT_THROW((void)set_cookie({"s", "a; Domain=evil", true, std::nullopt}), std::exception);
  EXPECT_THROW((void)set_cookie({"s", "a\r\nX: y", true, std::nullopt}), std::exception);
}

}  // namespace
}  // namespace stagecoach::http
