// Names in a zip of attachments (security.md WX08): whatever a sender calls a part, it is a file in the folder where
// the zip is opened, on every system.
#include "protocols/zip/member_names.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "protocols/base/utf8.hpp"

namespace stagecoach::zip {
namespace {

struct row {
  std::string_view what;
  std::string_view wanted;
  std::string_view given;
};
constexpr std::string_view nothing = "attachment-1.pdf";

TEST(MemberNames, LeadNowhere) {
  const row rows[] = {
      {"as it is", "report.pdf", "report.pdf"},
      {"with spaces", "my report.pdf", "my report.pdf"},
      {"UTF-8",
       "gr\xc3\xbc\xc3\x9f"
       "e.pdf",
       "gr\xc3\xbc\xc3\x9f"
       "e.pdf"},
      {"composed", "gru\xcc\x88n.pdf", "gr\xc3\xbcn.pdf"},
      {"none", "", nothing},
      {"a path up", "../../etc/passwd", "passwd"},
      {"a path down", "a/b", "b"},
      {"a path of Windows", "C:\\Windows\\a.exe", "a.exe"},
      {"a drive", "c:a.txt", "c_a.txt"},
      {"a folder", "a/", nothing},
      {"here", ".", nothing},
      {"up", "..", nothing},
      {"up, in other words", "\xef\xbc\x8f..\xef\xbc\x8f", "_.._"},
      {"hidden", ".bashrc", "_bashrc"},
      {"an option", "-rf", "_rf"},
      {"a home", "~root", "_root"},
      {"a NUL", std::string_view("a\0b.txt", 7), "a_b.txt"},
      {"a line end", "a\r\nb.txt", "a__b.txt"},
      {"a control of C1",
       "a\xc2\x9b"
       "b",
       "a_b"},
      {"turned round", "photo\xe2\x80\xaegpj.exe", "photo_gpj.exe"},
      {"unseen", "a\xe2\x80\x8b.txt", "a_.txt"},
      {"no UTF-8", "a\xff\xfe.txt", "a__.txt"},
      {"cut UTF-8", "a\xe2\x82", "a_"},
      {"all of it refused", "<?>", nothing},
      {"a stream of NTFS", "a.txt:b", "a.txt_b"},
      {"a device", "CON", "_CON"},
      {"a device with an extension", "nul.tar.gz", "_nul.tar.gz"},
      {"a device with a space", "aux .txt", "_aux .txt"},
      {"a port", "lpt9", "_lpt9"},
      {"a port with a raised number", "COM\xc2\xb9.txt", "_COM\xc2\xb9.txt"},
      {"none of them", "console.com1", "console.com1"},
      {"an end that Windows drops", "a.exe. . ", "a.exe"},
      {"spaces only", "   ", nothing},
  };
  for (const auto& one : rows) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(member_names().add({one.wanted, "application/pdf"}), one.given);
  }
}

TEST(MemberNames, AreOfBoundedLengthWithTheirExtension) {
  for (const auto& stem : {std::string(5000, 'x'), std::string(300, ' ') + "y" + std::string(300, 'x')}) {
    const auto name = member_names().add({stem + ".tar.gz", ""});
    EXPECT_LE(name.size(), name_bytes_max);
    EXPECT_TRUE(name.ends_with(".gz")) << name;
  }
  std::string many;
  for (int i = 0; i < 300; ++i) many += "\xe2\x82\xac";
  const auto name = member_names().add({many, ""});
  EXPECT_LE(name.size(), name_bytes_max);
  EXPECT_TRUE(is_utf8(name));
  EXPECT_LE(member_names().add({"a." + std::string(5000, 'x'), ""}).size(), name_bytes_max);
}

TEST(MemberNames, AreThereOnce) {
  const row rows[] = {
      {"the first", "a.txt", "a.txt"},
      {"the second", "a.txt", "a (2).txt"},
      {"without case", "A.TXT", "A (3).TXT"},
      {"what was given to another", "a (2).txt", "a (2) (2).txt"},
      {"without extension", "a", "a"},
      {"again", "a", "a (2)"},
      {"no name", "", "attachment-7.jpg"},
      {"the name of what has none", "attachment-9.jpg", "attachment-9.jpg"},
      {"no name again", "", "attachment-9 (2).jpg"},
      {"one letter, two spellings", "\xc3\xa4", "\xc3\xa4"},
      {"the other", "a\xcc\x88", "\xc3\xa4 (2)"},
  };
  member_names names;
  for (const auto& one : rows) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(names.add({one.wanted, "image/jpeg"}), one.given);
  }
}

TEST(MemberNames, OfAWholeMessageOfTheSameAreMadeQuickly) {
  member_names names;
  std::string last;
  for (int i = 0; i < 10'000; ++i) last = names.add({"a.txt", ""});
  EXPECT_EQ(last, "a (10000).txt");
}

TEST(MemberNames, EndAsTheirTypeDoes) {
  EXPECT_EQ(extension_of("message/rfc822"), ".eml");
  EXPECT_EQ(extension_of("text/plain"), ".txt");
  EXPECT_EQ(extension_of("application/x-unheard-of"), ".bin");
  EXPECT_EQ(extension_of(""), ".bin");
}

}  // namespace
}  // namespace stagecoach::zip
