#include "protocols/text/imap_string.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

std::string string_of(std::string_view text, string_form form) {
  std::string out;
  put_imap_string(out, text, form);
  return out;
}

TEST(ImapString, QuotesOrCounts) {
  struct row {
    const char* name;
    std::string_view in;
    std::string_view ascii;
    std::string_view utf8;
  };
  const row rows[] = {
      {"empty", "", "\"\"", "\"\""},
      {"plain", "a b", "\"a b\"", "\"a b\""},
      {"escapes", "a\"b\\c", "\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\""},
      {"line end", "a\r\nb", "{4}\r\na\r\nb", "{4}\r\na\r\nb"},
      {"tab", "a\tb", "{3}\r\na\tb", "{3}\r\na\tb"},
      {"NUL cannot be in a literal", std::string_view("a\0b", 3), "{3}\r\na?b", "{3}\r\na?b"},
      {"UTF-8", "\xc3\xa4", "{2}\r\n\xc3\xa4", "\"\xc3\xa4\""},
      {"no UTF-8", "\xe4\"", "{2}\r\n\xe4\"", "{2}\r\n\xe4\""},
  };
  for (const auto& r : rows) {
    EXPECT_EQ(string_of(r.in, string_form::ascii), r.ascii) << r.name;
    EXPECT_EQ(string_of(r.in, string_form::utf8), r.utf8) << r.name;
  }
}

TEST(ImapString, CountsWhatIsLong) {
  EXPECT_EQ(string_of(std::string(quoted_bytes_max, 'a'), string_form::ascii).front(), '"');
  EXPECT_EQ(string_of(std::string(quoted_bytes_max + 1, 'a'), string_form::ascii).substr(0, 8), "{1001}\r\n");
}

TEST(ImapString, IsNilWhereThereIsNone) {
  std::string out;
  put_imap_nstring(out, "", string_form::ascii);
  put_imap_nstring(out, "NIL", string_form::ascii);
  EXPECT_EQ(out, "NIL\"NIL\"");
}

}  // namespace
}  // namespace stagecoach
