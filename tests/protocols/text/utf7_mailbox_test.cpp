#include "protocols/text/utf7_mailbox.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

TEST(Utf7Mailbox, SpellsNames) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},
      {"Sent", "Sent"},
      {"A&B", "A&-B"},
      {"&", "&-"},
      {"Entwürfe", "Entw&APw-rfe"},
      {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},  // RFC 3501 5.1.3
      {"☺!", "&Jjo-!"},
      {"📬", "&2D3c7A-"},
      {"ü&ü", "&APw-&-&APw-"},
  };
  for (const auto& [name, text] : rows) {
    EXPECT_EQ(to_utf7_mailbox(name), text);
    const auto back = from_utf7_mailbox(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(*back, name);
  }
}

TEST(Utf7Mailbox, RefusesOtherSpellings) {
  const std::string_view rows[] = {
      "&",           // never ends
      "a&APw",       // never ends
      "&AGE-",       // 'a' needs no shift
      "&ACY-",       // '&' has its own spelling
      "&APw-&APw-",  // one shift, not two
      "&APx-",       // left-over bits
      "&2D0-",       // a lone high surrogate
      "&3Kw-",       // a lone low one
      "&AAA-",       // NUL
      "&AAo-",       // line feed
      "&AP/-",       // '/' is ',' here
      "\xc3\xbc",    // raw UTF-8
      "a\tb",
  };
  for (const auto text : rows) EXPECT_FALSE(from_utf7_mailbox(text)) << text;
}

TEST(Utf7Mailbox, ShowsWhatIsNotUtf8) { EXPECT_EQ(to_utf7_mailbox("a\xff"), "a&,,0-"); }

}  // namespace
}  // namespace stagecoach
