// Styles (security.md WX04): listed properties with values of their grammar, and nothing else.
#include "protocols/html/style.hpp"

#include <gtest/gtest.h>

namespace stagecoach::html {
namespace {

struct row {
  std::string_view in;
  std::string_view out;
};

TEST(Style, KeepsWhatIsListed) {
  constexpr row rows[] = {
      {"color:red", "color:red"},
      {" COLOR : Red ; ; margin:0 auto ", "color:red;margin:0 auto"},
      {"color:#AbC;background-color:#11223344", "color:#abc;background-color:#11223344"},
      {"color:rgb(1, 2, 3);color:rgba(1,2,3,.5);color:hsl(1 2% 3% / 4%)",
       "color:rgb(1, 2, 3);color:rgba(1,2,3,.5);color:hsl(1 2% 3% / 4%)"},
      {"background:#fff", "background-color:#fff"},
      {"font:italic bold 12px/1.5 'Times New Roman', Arial2,serif",
       "font:italic bold 12px/1.5 'Times New Roman',Arial2,serif"},
      {"font-family:\"Segoe UI\", \xc3\xa4", "font-family:'Segoe UI',\xc3\xa4"},
      {"border:1px solid #ccc;border-radius:4px/2px", "border:1px solid #ccc;border-radius:4px/2px"},
      {"padding:1.5em 2% .5pt 0;width:100%;line-height:1.2", "padding:1.5em 2% .5pt 0;width:100%;line-height:1.2"},
      {"display:none!important;color:red ! IMPORTANT", "display:none;color:red"},
      {"text-indent:-1em;letter-spacing:-.5px;margin:-0", "text-indent:-1em;letter-spacing:-.5px;margin:-0"},
      {"text-decoration:underline line-through;white-space:pre-wrap",
       "text-decoration:underline line-through;white-space:pre-wrap"},
  };
  for (const auto& one : rows) {
    EXPECT_EQ(safe_style(one.in), one.out);
    EXPECT_EQ(safe_style(one.out), one.out);
  }
}

constexpr std::string_view refused[] = {"",
                                        ";",
                                        ":",
                                        "color",
                                        "color:",
                                        "color:;",
                                        "background:url(http://t)",
                                        "background:#fff url(x)",
                                        "background-image:url(x)",
                                        "list-style:url(x)",
                                        "list-style-image:url(x)",
                                        "cursor:url(x)",
                                        "content:attr(href)",
                                        "border-image:url(x)",
                                        "color:url(x)",
                                        "background:\\75rl(http://t)",
                                        "background:u\\72l(http://t)",
                                        "background:u/**/rl(x)",
                                        "color:/**/red",
                                        "color:r\\65 d",
                                        "background:image-set('x' 1x)",
                                        "color:var(--x)",
                                        "--x:url(x)",
                                        "color:--x",
                                        "width:calc(1px)",
                                        "width:expression(alert(1))",
                                        "-moz-binding:url(x)",
                                        "behavior:url(x)",
                                        "color:attr(x)",
                                        "color:env(x)",
                                        "position:fixed!important",
                                        "position:absolute",
                                        "z-index:99999",
                                        "opacity:0",
                                        "filter:alpha(opacity=0)",
                                        "transform:scale(9)",
                                        "animation:x 1s",
                                        "transition:all 1s",
                                        "top:0",
                                        "left:0",
                                        "inset:0",
                                        "clip:rect(0,0,0,0)",
                                        "margin:-1px",
                                        "margin-left:-99px",
                                        "margin-top:-1px",
                                        "width:-1px",
                                        "padding:-1px",
                                        "width:99999999px",
                                        "color:red}p{color:blue",
                                        "color:red@import x",
                                        "color:\"red\"",
                                        "font-family:'a",
                                        "font-family:'a\"",
                                        "font-family:'a\\'",
                                        "font-family:'a;b'",
                                        "color:red blue",
                                        "margin:1px 2px 3px 4px 5px",
                                        "color:#12",
                                        "color:#12345",
                                        "color:rgb(1",
                                        "color:rgb(1,a)",
                                        "color:rgb(url(x))",
                                        "width:1",
                                        "width:1x",
                                        "width:1e5",
                                        "width:1..px",
                                        "width:.px",
                                        "width:1px2",
                                        "color:<b>",
                                        "color:&",
                                        "@import 'x'",
                                        "color:red!x",
                                        "width:1px,2px",
                                        "margin:1px/2px"};

TEST(Style, RefusesEverythingElse) {
  for (const auto one : refused) EXPECT_EQ(safe_style(one), "") << one;
}

TEST(Style, OneRefusedDeclarationIsNotTheOthers) {
  EXPECT_EQ(safe_style("position:fixed;color:red;background:url(a;b);width:1px"), "color:red;width:1px");
  EXPECT_EQ(safe_style("font-family:'a;color:red;b'"), "color:red");
}

TEST(Style, OfAnyOctetsIsHarmless) {
  for (int octet = 0; octet < 256; ++octet) {
    const auto text =
        std::string("color:r") + static_cast<char>(octet) + "ed;font-family:'a" + static_cast<char>(octet) + "b'";
    const auto style = safe_style(text);
    EXPECT_EQ(style.find_first_of("\"\\<>&{}@*\n"), std::string::npos) << octet;
    EXPECT_EQ(safe_style(style), style) << octet;
  }
}

TEST(Style, TellsWhatWouldBeLoaded) {
  EXPECT_TRUE(would_load_something("background:URL(x)"));
  EXPECT_TRUE(would_load_something("x:image-set(x)"));
  EXPECT_FALSE(would_load_something("color:red"));
}

}  // namespace
}  // namespace stagecoach::html
