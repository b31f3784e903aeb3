// The checker of safe pages finds what it is for.
#include "tests/protocols/html/page_checker.hpp"

#include <gtest/gtest.h>

namespace stagecoach::html {
namespace {

TEST(PageChecker, Complains) {
  for (const std::string_view one : {"<script></script>",
                                     "<svg></svg>",
                                     "<p onclick=\"x\"></p>",
                                     "<p id=\"x\"></p>",
                                     "<a href=\"javascript:x\">y</a>",
                                     "<a href=\"http://t/\">y</a>",
                                     "<a href=\"http://t/\" rel=\"noopener noreferrer\" target=\"_top\">y</a>",
                                     "<img src=\"data:image/svg+xml;base64,AAAA\">",
                                     "<img src=\"//t\">",
                                     "<p style=\"background:url(x)\"></p>",
                                     "<p style=\"color:attr(x)\"></p>",
                                     "<p style=\"position:fixed\"></p>",
                                     "<p title=x></p>",
                                     "<p title=\"<\"></p>",
                                     "a > b",
                                     "a < b",
                                     "<p",
                                     "\x01",
                                     "<!-- x -->",
                                     "<p class=\"x\"></p>",
                                     "<p align=\"a b\">x</p>",
                                     "<table background=\"x\"></table>"})
    EXPECT_NE(complaints_about(one), "") << one;
  std::string deep;
  for (int left = 0; left < 201; ++left) deep += "<b>";
  EXPECT_NE(complaints_about(deep), "");
}

TEST(PageChecker, IsContent) {
  for (const std::string_view one :
       {"", "x &gt; y", "<p style=\"color:rgb(1,2,3)\">x</p>", "<img src=\"data:image/png;base64,AA==\" alt=\"a b\">",
        "<a href=\"#m-x\">y</a>", "<p style=\"color:url;width:1px\">x</p>",
        "<a href=\"mailto:a@b\" rel=\"noopener noreferrer\" target=\"_blank\">y</a>"})
    EXPECT_EQ(complaints_about(one), "") << one;
}

}  // namespace
}  // namespace stagecoach::html
