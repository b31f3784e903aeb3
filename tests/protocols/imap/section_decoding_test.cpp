#include "protocols/imap/section_decoding.hpp"

#include <gtest/gtest.h>

namespace stagecoach::imap {
namespace {

// What a section gives when its octets come in pieces of `cut`, as often as it wants them.
std::string decoded(const body_section& section, std::string_view encoding, std::string_view octets, std::size_t cut) {
  section_decoding decoding(section, encoding, {0, octets.size()});
  std::string out;
  for (int pass = 1; pass <= 2; ++pass) {
    auto progress = section_decoding::progress::goes_on;
    for (std::size_t at = 0; at < octets.size() || at == 0; at += cut) {
      EXPECT_EQ(progress, section_decoding::progress::goes_on);
      progress = decoding.received(out, octets.substr(at, cut));
    }
    if (progress == section_decoding::progress::done) return out;
    EXPECT_EQ(progress, section_decoding::progress::again);
  }
  ADD_FAILURE() << "two passes were not enough";
  return out;
}

body_section section_of(section_form form, std::optional<partial> piece) {
  body_section section;
  section.form = form;
  section.piece = piece;
  return section;
}

TEST(SectionDecoding, GivesWhatWasEncoded) {
  struct row {
    const char* name;
    body_section section;
    const char* encoding;
    std::string_view octets;
    std::string_view out;
  };
  const auto whole = section_of(section_form::decoded, std::nullopt);
  using namespace std::string_view_literals;
  const row rows[] = {
      {"base64", whole, "base64", "SGVsbG8sIHdv\r\ncmxkAA==\r\n", "~{13}\r\nHello, world\0"sv},
      {"quoted-printable", whole, "quoted-printable", "Caf=C3=A9 =\r\nau lait", "~{13}\r\nCaf\xc3\xa9 au lait"},
      {"as it is", whole, "8bit", "a=20b", "~{5}\r\na=20b"},
      {"nothing", whole, "base64", "", "~{0}\r\n"},
      {"size", section_of(section_form::decoded_size, std::nullopt), "base64", "SGVsbG8=", "5"},
      {"piece", section_of(section_form::decoded, partial{2, 3}), "base64", "SGVsbG8sIHdv", "~{3}\r\nllo"},
      {"piece at the end", section_of(section_form::decoded, partial{7, 30}), "base64", "SGVsbG8sIHdv", "~{2}\r\nwo"},
      {"piece behind the end", section_of(section_form::decoded, partial{9, 3}), "base64", "SGVsbG8sIHdv", "~{0}\r\n"},
  };
  for (const auto& r : rows)
    for (std::size_t cut = 1; cut <= r.octets.size() + 1; ++cut)
      EXPECT_EQ(decoded(r.section, r.encoding, r.octets, cut), r.out) << r.name << " cut at " << cut;
}

TEST(SectionDecoding, KnowsWhatItDoesNotKnow) {
  const auto whole = section_of(section_form::decoded, std::nullopt);
  EXPECT_FALSE(section_decoding(whole, "x-uuencode", {0, 5}).is_known());
  EXPECT_TRUE(section_decoding(whole, "7bit", {0, 5}).is_known());
}

}  // namespace
}  // namespace stagecoach::imap
