// A message as a document: what the sender wrote is text in it, and its policy lets nothing run (security.md WX07).
#include "actors/web/message_page.hpp"

#include <gtest/gtest.h>

#include "actors/web/answers.hpp"

namespace stagecoach::web {
namespace {

constexpr std::string_view markup = "</title><script>alert(1)</script><img src=x>";

std::string policy(page_kind kind) {
  for (const auto& one : page_answer("", kind).header)
    if (one.name == "Content-Security-Policy") return one.value;
  return "";
}

TEST(MessagePage, ShowsWhatASenderWroteAsText) {
  api::shown_message one;
  one.subject = one.date = one.text = std::string(markup);
  one.from = one.reply_to = {{std::string(markup), std::string(markup)}};
  one.to = one.cc = one.bcc = {{"", std::string(markup)}, {std::string(markup), ""}};
  one.parts = {{"2", std::string(markup), std::string(markup), 1, true}, {"1", "text/plain", "", 1, false}};
  const auto page = headed_page(one, text_body(one));
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  std::size_t times = 0;
  for (auto at = page.find("&lt;/title&gt;&lt;script&gt;"); at != std::string::npos;
       at = page.find("&lt;/title&gt;&lt;script&gt;", at + 1))
    ++times;
  EXPECT_EQ(times, 14U) << page;
}

TEST(MessagePage, SaysWhoToWhomAndWhat) {
  api::shown_message one;
  one.subject = "Papers";
  one.date = "Fri, 27 Nov 2026 10:00:00 +0000";
  one.from = {{"Grace", "grace@example.org"}};
  one.reply_to = one.from;
  one.to = {{"", "ada@localhost"}, {"Group", ""}};
  one.text = "\nline < 1\n";
  one.is_text_cut = true;
  one.parts = {{"2", "application/pdf", "a.pdf", 1, true}, {"3", "image/png", "", 1, true}};
  const auto page = headed_page(one, text_body(one));
  EXPECT_NE(page.find("<title>Papers</title>"), std::string::npos);
  EXPECT_NE(page.find("<td>Grace &lt;grace@example.org&gt;</td>"), std::string::npos) << page;
  EXPECT_NE(page.find("<td>ada@localhost, Group</td>"), std::string::npos) << page;
  EXPECT_NE(page.find("<td>a.pdf (application/pdf), part 3 (image/png)</td>"), std::string::npos) << page;
  EXPECT_NE(page.find("<pre class=\"text\">\n\nline &lt; 1\n</pre>"), std::string::npos) << page;
  EXPECT_NE(page.find(cut_notice), std::string::npos);
  for (const std::string_view left_out : {"Reply to", ">Cc<", ">Bcc<"})
    EXPECT_EQ(page.find(left_out), std::string::npos) << left_out;
  EXPECT_NE(headed_page({}, "").find("<h1>(no subject)</h1>"), std::string::npos);
  EXPECT_EQ(bare_page("x").find("<header>"), std::string::npos);
}

TEST(MessagePage, RunsNothingWhateverItsKind) {
  for (const auto kind : {page_kind::text, page_kind::html, page_kind::html_external}) {
    const auto said = policy(kind);
    EXPECT_TRUE(said.starts_with("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; ")) << said;
    for (const std::string_view never :
         {"script-src", "allow-scripts", "allow-same-origin", "allow-forms", "connect-src"})
      EXPECT_EQ(said.find(never), std::string::npos) << said;
    EXPECT_EQ(said.find("http") != std::string::npos, kind == page_kind::html_external) << said;
    EXPECT_EQ(said.find("img-src") == std::string::npos, kind == page_kind::text) << said;
    EXPECT_EQ(said.find("'unsafe-inline'") == std::string::npos, kind == page_kind::text) << said;
    EXPECT_TRUE(said.ends_with("; form-action 'none'; base-uri 'none'; frame-ancestors 'self'")) << said;
  }
}

}  // namespace
}  // namespace stagecoach::web
