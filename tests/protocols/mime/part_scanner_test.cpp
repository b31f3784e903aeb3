#include "protocols/mime/part_scanner.hpp"

#include <gtest/gtest.h>

#include "protocols/mime/part_limits.hpp"
#include "tests/protocols/mime/part_text.hpp"

namespace stagecoach::mime {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::string_view parts;
};

constexpr row rows[] = {
    {"text", "A: b\r\n\r\nfoo\r\n", "text/plain 0+8+5 1\n"},
    {"nothing", "", "text/plain 0+0+0 0 header_without_end\n"},
    {"no header", "\r\nfoo\r\nbar", "text/plain 0+2+8 1\n"},
    {"header only", "A: b\r\n\r\n", "text/plain 0+8+0 0\n"},
    {"header without its end", "A: b\r\nC: d", "text/plain 0+10+0 0 header_without_end\n"},
    {"bare line feeds", "A: b\n\nfoo\n", "text/plain 0+6+4 1 bare_line_feed\n"},
    {"a line that is no field", "A: b\r\nfoo\r\nC: d\r\n\r\nx", "text/plain 0+19+1 0 bad_header_line\n"},
    {"folded type", "Content-Type:\r\n text/\r\n html;\r\n charset=x\r\n\r\n", "text/html 0+45+0 0\n"},
    {"bad type is text", "Content-Type: text\r\n\r\n", "text/plain 0+22+0 0 bad_content_type\n"},
    {"the first type counts", "Content-Type: text/a\r\nContent-Type: text/b\r\n\r\n",
     "text/a 0+46+0 0 duplicate_field\n"},
    {"space before the colon", "Content-Type : text/html\r\n\r\n", "text/html 0+28+0 0\n"},

    {"two parts",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: "
     "a/b\r\n\r\ntwo\r\n\r\n"
     "--b--\r\nepilogue\r\n",
     "multipart/mixed 0+45+67 11\n"
     " text/plain 55+2+3 0\n"
     " a/b 67+21+5 1\n"},
    {"bare line feeds in parts", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n",
     "multipart/mixed 0+43+24 7 bare_line_feed\n"
     " text/plain 47+1+3 0\n"
     " text/plain 56+1+3 0\n"},
    {"empty parts", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\n\r\n--b\r\nA: b\r\n--b--",
     "multipart/mixed 0+45+28 5\n"
     " text/plain 50+0+0 0 header_without_end\n"
     " text/plain 55+2+0 0\n"
     " text/plain 62+4+0 0 header_without_end\n"},
    {"padding behind delimiters", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b \t\r\n\r\none\r\n--b--  \r\n",
     "multipart/mixed 0+45+23 4\n"
     " text/plain 52+2+3 0\n"},
    {"no delimiter in a longer line",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--bb\r\n--b-\r\n --b\r\n--b--\r\n",
     "multipart/mixed 0+45+32 6\n"
     " text/plain 50+2+16 2\n"},
    {"never closed", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n",
     "multipart/mixed 0+45+12 3 never_closed\n"
     " text/plain 50+2+5 1\n"},
    {"no delimiter at all", "Content-Type: multipart/mixed; boundary=b\r\n\r\none\r\n",
     "text/plain 0+45+5 1 no_parts never_closed\n"},
    {"closed before it began", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\none",
     "text/plain 0+45+10 1 no_parts\n"},
    {"no boundary", "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\none\r\n", "text/plain 0+33+12 3 bad_boundary\n"},
    {"empty boundary", "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\none\r\n",
     "text/plain 0+46+11 3 bad_boundary\n"},
    {"boundary in pieces",
     "Content-Type: multipart/mixed; boundary*0=\"b\"; boundary*1=\"c\"\r\n\r\n--bc\r\n\r\none\r\n--bc--",
     "multipart/mixed 0+65+19 3\n"
     " text/plain 71+2+3 0\n"},
    {"an encoding around parts is none",
     "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n--b\r\n\r\none\r\n--b--",
     "multipart/mixed 0+80+17 3 encoded_composite\n"
     " text/plain 85+2+3 0\n"},

    {"boundary that is the start of another",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n"
     "--bb\r\n\r\none\r\n--bb--\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
     "multipart/mixed 0+45+91 11\n"
     " multipart/mixed 50+46+19 3\n"
     "  text/plain 102+2+3 0\n"
     " text/plain 122+2+3 0\n"},
    {"the outer delimiter ends all that is open",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
     "--c\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
     "multipart/mixed 0+45+81 10\n"
     " multipart/mixed 50+45+10 2 never_closed\n"
     "  text/plain 100+2+3 0\n"
     " text/plain 112+2+3 0\n"},
    {"the same boundary inside is the inner one's",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
     "--b\r\n\r\none\r\n--b--\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
     "multipart/mixed 0+45+88 11\n"
     " multipart/mixed 50+45+17 3\n"
     "  text/plain 100+2+3 0\n"
     " text/plain 119+2+3 0\n"},
    {"message",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
     "x\r\n\r\nfoo\r\n"
     "bar\r\n--b--\r\n",
     "multipart/mixed 0+45+68 8\n"
     " message/rfc822 50+32+22 3\n"
     "  text/plain 82+14+8 1\n"},
    {"message with parts, ended by the outer delimiter",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
     "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nfoo\r\n--b--\r\n",
     "multipart/mixed 0+45+101 9\n"
     " message/rfc822 50+32+55 4\n"
     "  multipart/mixed 82+45+10 2 never_closed\n"
     "   text/plain 132+2+3 0\n"},
    {"message that ends in its header",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
     "x\r\n--b--\r\n",
     "multipart/mixed 0+45+56 5\n"
     " message/rfc822 50+32+10 0\n"
     "  text/plain 82+10+0 0 header_without_end\n"},
    {"empty message",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n--b--\r\n",
     "multipart/mixed 0+45+44 4\n"
     " message/rfc822 50+32+0 0\n"
     "  text/plain 82+0+0 0 header_without_end\n"},
    {"encoded message is not opened",
     "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0K\r\n",
     "message/rfc822 0+67+18 1 encoded_composite\n"},
    {"digest",
     "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: x\r\n\r\nfoo\r\n--b\r\nContent-Type: "
     "text/plain\r\n"
     "\r\nbar\r\n--b--\r\n",
     "multipart/digest 0+46+71 10\n"
     " message/rfc822 51+2+17 2\n"
     "  text/plain 53+14+3 0\n"
     " text/plain 77+28+3 0\n"},

    {"base64", "Content-Transfer-Encoding: base64\r\n\r\nZm9v\r\nZg==\r\n", "text/plain 0+37+12 2\n"},
    {"base64 with padding inside", "Content-Transfer-Encoding: base64\r\n\r\nZg==\r\nZg==\r\n",
     "text/plain 0+37+12 2 bad_base64\n"},
    {"base64 with a dash", "Content-Transfer-Encoding: base64\r\n\r\n-m9v\r\n", "text/plain 0+37+6 1 bad_base64\n"},
    {"two encodings", "Content-Transfer-Encoding: base64, 7bit\r\n\r\nZg==", "text/plain 0+43+4 0 bad_encoding\n"},
};

TEST(PartScanner, FindsPartsAtEveryCut) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    EXPECT_EQ(parts_text(scan(r.in)), r.parts);
    const auto whole = scan(r.in);
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) {
      part_scanner scanner;
      scanner.received(r.in.substr(0, cut));
      scanner.received(r.in.substr(cut));
      ASSERT_EQ(scanner.finished(), whole) << "cut at " << cut;
    }
    part_scanner scanner;
    for (const char c : r.in) scanner.received({&c, 1});
    EXPECT_EQ(scanner.finished(), whole);
  }
}

TEST(PartScanner, KeepsWhatTheFieldsSay) {
  const auto index = scan(
      "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nSubject: =?utf-8?q?a?=\r\n b\r\nFrom: A <a@x>\r\nReply-To: r@x\r\n"
      "To: g: b@x, \"c d\"@x;, e@x\r\nMessage-ID: <1@x>\r\nIn-Reply-To: <0@x>\r\nFrom: second@x\r\n"
      "Content-Type: TEXT/Html; Charset=\"UTF-8\"; name*0=a\r\nContent-Transfer-Encoding: QUOTED-Printable\r\n"
      "Content-ID: <p@x>\r\nContent-Description: what\r\n it is\r\nContent-Disposition: Attachment; filename=\"a "
      "b\"\r\n"
      "Content-Language: de, en (comment)\r\nContent-Location: http://x/\r\nContent-MD5: abc==\r\n\r\n");
  const auto& e = index.envelope;
  EXPECT_EQ(e.date, "Mon, 1 Jan 2024 00:00:00 +0000");
  EXPECT_EQ(e.subject, "=?utf-8?q?a?= b");
  EXPECT_EQ(e.from, (std::vector<address_entry>{{address_kind::mailbox, "A", "", "a", "x"}}));
  EXPECT_TRUE(e.sender.empty());
  EXPECT_EQ(e.reply_to.size(), 1U);
  EXPECT_EQ(e.to, (std::vector<address_entry>{{address_kind::group_start, "", "", "g", ""},
                                              {address_kind::mailbox, "", "", "b", "x"},
                                              {address_kind::mailbox, "", "", "c d", "x"},
                                              {address_kind::group_end, "", "", "", ""},
                                              {address_kind::mailbox, "", "", "e", "x"}}));
  EXPECT_EQ(e.message_id, "<1@x>");
  EXPECT_EQ(e.in_reply_to, "<0@x>");
  const auto& p = index.parts.at(0);
  EXPECT_EQ(p.type + "/" + p.subtype, "text/html");
  EXPECT_EQ(p.parameters, (std::vector<parameter>{{"charset", "UTF-8"}, {"name*0", "a"}}));
  EXPECT_EQ(p.encoding, "quoted-printable");
  EXPECT_EQ(p.id, "<p@x>");
  EXPECT_EQ(p.description, "what it is");
  EXPECT_EQ(p.disposition, "attachment");
  EXPECT_EQ(p.disposition_parameters, (std::vector<parameter>{{"filename", "a b"}}));
  EXPECT_EQ(p.languages, (std::vector<std::string>{"de", "en"}));
  EXPECT_EQ(p.location, "http://x/");
  EXPECT_EQ(p.md5, "abc==");
  EXPECT_TRUE(p.has(part_defect::duplicate_field));
}

std::string nested(std::size_t depth, std::string_view type) {
  std::string message;
  for (std::size_t i = 0; i < depth; ++i) {
    const auto boundary = "b" + std::to_string(i);
    message += "Content-Type: " + std::string(type) + "; boundary=" + boundary + "\r\n\r\n";
    if (type != "message/rfc822") message += "--" + boundary + "\r\n";
  }
  return message + "\r\nfoo\r\n";
}

TEST(PartScanner, OpensNoMoreThanItsLimits) {  // MI01
  for (const auto* type : {"multipart/mixed", "message/rfc822"}) {
    const auto index = scan(nested(10'000, type));
    ASSERT_EQ(index.parts.size(), depth_max + 1);
    EXPECT_TRUE(index.parts.back().has(part_defect::too_deep));
    EXPECT_EQ(index.parts.back().children, 0U);
    const auto just_right = scan(nested(depth_max, type));
    EXPECT_EQ(just_right.parts.size(), depth_max + 1);
    EXPECT_EQ(just_right.parts.back().type, "text");
  }

  std::string siblings = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 100'000; ++i) siblings += "--b\r\n\r\nx\r\n";
  const auto many = scan(siblings);
  EXPECT_EQ(many.parts.size(), parts_max);
  EXPECT_TRUE(many.parts.front().has(part_defect::too_many_parts));
  EXPECT_EQ(many.parts.front().end(), siblings.size());

  for (const auto length : {boundary_bytes_max, boundary_bytes_max + 1}) {
    const std::string boundary(length, 'b');
    const auto index =
        scan("Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n\r\nx");
    EXPECT_EQ(index.parts.size(), length == boundary_bytes_max ? 2U : 1U);
  }
}

TEST(PartScanner, KeepsLittleOfLargeFields) {
  const auto index = scan("Subject: " + std::string(10'000'000, 's') + "\r\nMessage-ID: <" + std::string(2000, 'i') +
                          ">\r\nTo: " + std::string(1'000'000, ',') + "a@b\r\nFrom: c@d\r\n\r\nfoo");
  EXPECT_EQ(index.envelope.subject.size(), subject_bytes_max);
  EXPECT_EQ(index.envelope.message_id.size(), id_bytes_max);
  EXPECT_TRUE(index.envelope.to.empty());
  EXPECT_EQ(index.envelope.from.at(0).mailbox, "c");
  EXPECT_TRUE(index.parts.at(0).has(part_defect::text_cut));
  EXPECT_EQ(index.parts.at(0).body_bytes, 3U);

  std::string to = "To: ";
  for (int i = 0; i < 5000; ++i) to += "a@b,";
  EXPECT_EQ(scan(to + "\r\n\r\n").envelope.to.size(), addresses_max);
}

TEST(PartScanner, KeepsTextOfContentsWhenAddressesAreTooMany) {
  std::string head = "Content-Type: text/html; name=x\r\n";
  for (const auto* field : {"To", "Cc", "Bcc", "From", "Sender"}) {
    head = std::string(field) + ": " + std::string(60'000, 'a') + "@b\r\n" + head;
  }
  const auto index = scan(head + "\r\n");
  EXPECT_EQ(index.parts.at(0).parameters.size(), 1U);
  EXPECT_TRUE(index.parts.at(0).has(part_defect::text_cut));
}

}  // namespace
}  // namespace stagecoach::mime
