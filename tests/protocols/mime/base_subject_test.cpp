#include "protocols/mime/base_subject.hpp"

#include <gtest/gtest.h>

namespace stagecoach::mime {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
  bool is_reply;
};

constexpr row rows[] = {
    {"as it is", "foo", "foo", false},
    {"case and white space", "  Foo\t BAR\r\n  Baz ", "foo bar baz", false},
    {"case beyond ASCII",
     "STRA\xc3\x9f"
     "E \xc3\x84",
     "strasse \xc3\xa4", false},
    {"Japanese", "Re: \xe4\xbc\x9a\xe8\xad\xb0\xe3\x81\xae\xe4\xbb\xb6",
     "\xe4\xbc\x9a\xe8\xad\xb0\xe3\x81\xae\xe4\xbb\xb6", true},
    {"Chinese in a blob", "[\xe9\x80\x9a\xe7\x9f\xa5] \xe4\xbd\xa0\xe5\xa5\xbd", "\xe4\xbd\xa0\xe5\xa5\xbd", false},
    // RFC 5256 5: subj-refwd
    {"reply", "Re: foo", "foo", true},
    {"reply without space", "RE:foo", "foo", true},
    {"reply with spaces", "re : foo", "foo", true},
    {"Outlook forwards", "FW: foo", "foo", true},
    {"forward", "Fwd: foo", "foo", true},
    {"counted", "Re[4]: x", "x", true},
    {"counted with spaces", "Re [4] : x", "x", true},
    {"again and again", "RE: FW: Re: foo", "foo", true},
    {"nothing else", "Re: Re: Re:", "", true},
    {"not closed", "Re[4: x", "re[4: x", false},
    {"two counts", "Re[4][5]: x", "re[4][5]: x", false},
    {"another language", "AW: x", "aw: x", false},
    {"a word that begins so", "Review: x", "review: x", false},
    {"forwarded is no mark", "Fwded: x", "fwded: x", false},
    {"no colon", "Re foo", "re foo", false},
    {"colon only", ": foo", ": foo", false},
    {"within", "foo Re: bar", "foo re: bar", false},
    // subj-blob
    {"list", "[list] foo", "foo", false},
    {"list without space", "[list]foo", "foo", false},
    {"list answers", "RE: [list] Fwd: foo", "foo", true},
    {"answer behind the list", "[list] Re: foo", "foo", true},
    {"answer behind two lists", "[a] [b] Re: [c] foo", "foo", true},
    {"two lists", "[a] [b] x", "x", false},
    {"a blob alone", "[a]", "[a]", false},
    {"blobs alone", "[a] [b]", "[b]", false},
    {"answered blob alone", "Re: [a]", "[a]", true},
    {"nothing behind list and mark", "[a] Re:", "", true},
    {"empty blob", "[] x", "x", false},
    {"blob in a blob", "[a [b] c] x", "[a [b] c] x", false},
    {"not closed either", "[a x", "[a x", false},
    {"blob behind", "x [a]", "x [a]", false},
    // subj-trailer
    {"trailer", "foo (fwd)", "foo", true},
    {"trailers", "foo (fwd) (FWD)(fwd) ", "foo", true},
    {"trailer alone", "(fwd)", "", true},
    {"trailer within", "foo (fwd) bar", "foo (fwd) bar", false},
    {"trailer with space", "foo (fwd )", "foo (fwd )", false},
    {"both ends", "Re: foo (fwd)", "foo", true},
    // subj-fwd
    {"wrapped", "[Fwd: foo]", "foo", true},
    {"wrapped twice", "[fwd: [fwd: x]]", "x", true},
    {"wrapped answer", "[fwd: Re: [list] foo (fwd)]", "foo", true},
    {"answered and wrapped", "Re: [fwd: foo] (fwd)", "foo", true},
    {"wrapped blob", "[fwd: [a]]", "[a]", true},
    {"wrapped nothing", "[fwd: ]", "", true},
    {"wrapped and more is a blob", "[fwd: foo] bar", "bar", false},
    {"wrapped, not closed", "[fwd: foo", "[fwd: foo", false},
    {"wrapped as fw is a blob", "[fw: foo]", "[fw: foo]", false},
    // Nothing to compare.
    {"empty", "", "", false},
    {"white space", " \t\r\n ", "", false},
    {"NUL", {"fo\0o", 4}, "", false},
    {"NUL in a blob", {"Re: [\0] foo", 11}, "", true},
    {"NUL before a mark", {"foo\0: Re: x", 11}, "", false},
    {"no UTF-8 stays as it is", "Re: A\xff", "a\xff", true},
};

TEST(BaseSubject, IsWhatIsLeft) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    const auto base = base_subject_of(r.in);
    EXPECT_EQ(base.text, r.out);
    EXPECT_EQ(base.is_reply, r.is_reply);
    EXPECT_EQ(base_subject_of(base.text).text, base.text);
  }
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  while (times-- > 0) all += text;
  return all;
}

TEST(BaseSubject, HasALimit) {
  EXPECT_EQ(base_subject_of(std::string(3000, 'A')).text, std::string(2000, 'a'));
  EXPECT_EQ(base_subject_of(std::string(3000, ' ') + "x").text, "");
  EXPECT_EQ(base_subject_of("a" + repeated("\xe4\xbc\x9a", 1000)).text, "a" + repeated("\xe4\xbc\x9a", 666));
  EXPECT_EQ(base_subject_of(repeated("\xf0\x9f\x93\xa7", 1000)).text, repeated("\xf0\x9f\x93\xa7", 500));
  // U+0390 folds to six octets.
  EXPECT_EQ(base_subject_of(repeated("\xce\x90", 1500)).text, repeated("\xce\xb9\xcc\x88\xcc\x81", 333) + "\xce\xb9");
  EXPECT_EQ(base_subject_of(repeated("Re: ", 10'000)).text, "");
  EXPECT_EQ(base_subject_of(repeated("[]", 10'000)).text, "[]");
  EXPECT_EQ(base_subject_of(repeated("[fwd:", 300) + "x" + repeated("]", 300)).text, "x");
}

}  // namespace
}  // namespace stagecoach::mime
