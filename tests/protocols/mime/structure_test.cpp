#include "protocols/mime/structure.hpp"

#include <gtest/gtest.h>

#include "protocols/base/reader.hpp"
#include "protocols/mime/part_limits.hpp"
#include "tests/protocols/mime/part_text.hpp"

namespace stagecoach::mime {
namespace {

std::string envelope_of(std::string_view message, string_form form) {
  std::string out;
  put_envelope(out, scan(message).envelope, form);
  return out;
}

std::string structure_of(std::string_view message) {
  std::string out;
  put_body_structure(out, scan(message), string_form::ascii);
  return out;
}

std::string body_of(std::string_view message) {
  std::string out;
  put_body(out, scan(message), string_form::ascii);
  return out;
}

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};

constexpr row envelopes[] = {
    {"RFC 3501 7.4.2",
     "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\nFrom: Terry Gray <gray@cac.washington.edu>\r\n"
     "Subject: IMAP4rev1 WG mtg summary and minutes\r\nTo: imap@cac.washington.edu\r\n"
     "Cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
     "Message-Id: <B27397-0100000@cac.washington.edu>\r\n\r\n",
     "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" "
     "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) "
     "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) "
     "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL "
     "\"<B27397-0100000@cac.washington.edu>\")"},
    {"nothing", "\r\n", "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"},
    {"sender and reply-to of their own", "From: a@x\r\nSender: b@x\r\nReply-To: c@x\r\n\r\n",
     "(NIL NIL ((NIL NIL \"a\" \"x\")) ((NIL NIL \"b\" \"x\")) ((NIL NIL \"c\" \"x\")) NIL NIL NIL NIL NIL)"},
    {"an empty reply-to is none", "From: a@x\r\nReply-To: \r\n\r\n",
     "(NIL NIL ((NIL NIL \"a\" \"x\")) ((NIL NIL \"a\" \"x\")) ((NIL NIL \"a\" \"x\")) NIL NIL NIL NIL NIL)"},
    {"groups and routes", "To: people: A <@r,@s:a@x>, b@x;, undisclosed:;\r\n\r\n",
     "(NIL NIL NIL NIL NIL ((NIL NIL \"people\" NIL)(\"A\" \"@r,@s\" \"a\" \"x\")(NIL NIL \"b\" \"x\")(NIL NIL NIL NIL)"
     "(NIL NIL \"undisclosed\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL NIL)"},
    {"not an address", "To: nobody\r\n\r\n", "(NIL NIL NIL NIL NIL ((NIL NIL \"nobody\" \"\")) NIL NIL NIL NIL)"},
    {"quotes, backslashes", "Subject: a \"b\" \\c\r\nTo: \"q\\\"r\" <\"s t\"@x>\r\n\r\n",
     "(NIL \"a \\\"b\\\" \\\\c\" NIL NIL NIL ((\"q\\\"r\" NIL \"s t\" \"x\")) NIL NIL NIL NIL)"},
    {"what would end the response is a literal", "Subject: a\rb)\r\nIn-Reply-To: \"\r\n * BYE\r\n\r\n",
     "(NIL {4}\r\na\rb) NIL NIL NIL NIL NIL NIL \"\\\" * BYE\" NIL)"},
    {"8-bit", "Subject: \xc3\xa4\r\n\r\n", "(NIL {2}\r\n\xc3\xa4 NIL NIL NIL NIL NIL NIL NIL NIL)"},
    {"NUL", std::string_view("Subject: a\0b\r\n\r\n", 16), "(NIL {3}\r\na?b NIL NIL NIL NIL NIL NIL NIL NIL)"},
};

TEST(Structure, WritesEnvelopes) {
  for (const auto& r : envelopes) EXPECT_EQ(envelope_of(r.in, string_form::ascii), r.out) << r.name;
}

TEST(Structure, QuotesUtf8WhereTheClientReadsIt) {
  EXPECT_EQ(envelope_of("Subject: \xc3\xa4\r\nTo: \xc3\xb6@\xc3\xbc\r\n\r\n", string_form::utf8),
            "(NIL \"\xc3\xa4\" NIL NIL NIL ((NIL NIL \"\xc3\xb6\" \"\xc3\xbc\")) NIL NIL NIL NIL)");
  EXPECT_EQ(envelope_of("Subject: \xe4\r\n\r\n", string_form::utf8),
            "(NIL {1}\r\n\xe4 NIL NIL NIL NIL NIL NIL NIL NIL)");
}

constexpr row structures[] = {
    {"text", "\r\nfoo\r\n", "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 5 1 NIL NIL NIL NIL)"},
    {"text with parameters", "Content-Type: text/plain; format=flowed\r\n\r\nfoo",
     "(\"text\" \"plain\" (\"format\" \"flowed\" \"charset\" \"us-ascii\") NIL NIL \"7bit\" 3 0 NIL NIL NIL NIL)"},
    {"html has no charset unless it says so", "Content-Type: text/html\r\n\r\n",
     "(\"text\" \"html\" NIL NIL NIL \"7bit\" 0 0 NIL NIL NIL NIL)"},
    {"all fields",
     "Content-Type: image/png; name=\"a \\\"b\\\"\"\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <i@x>\r\n"
     "Content-Description: d\r\nContent-Disposition: attachment; filename*0=a; filename*1*=%62\r\n"
     "Content-Language: de, en\r\nContent-Location: l\r\nContent-MD5: m==\r\n\r\nZm9v\r\n",
     "(\"image\" \"png\" (\"name\" \"a \\\"b\\\"\") \"<i@x>\" \"d\" \"base64\" 6 \"m==\" "
     "(\"attachment\" (\"filename*0\" \"a\" \"filename*1*\" \"%62\")) (\"de\" \"en\") \"l\")"},
    {"one language, bare disposition",
     "Content-Type: a/b\r\nContent-Disposition: inline\r\nContent-Language: de\r\n\r\n",
     "(\"a\" \"b\" NIL NIL NIL \"7bit\" 0 NIL (\"inline\" NIL) \"de\" NIL)"},
    {"parts",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: a/b\r\n\r\ntwo\r\n--b--",
     "((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 3 0 NIL NIL NIL NIL)"
     "(\"a\" \"b\" NIL NIL NIL \"7bit\" 3 NIL NIL NIL NIL) \"mixed\" (\"boundary\" \"b\") NIL NIL NIL)"},
    {"message", "Content-Type: message/rfc822\r\n\r\nSubject: s\r\nContent-Type: text/html\r\n\r\nfoo\r\n",
     "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 44 (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) "
     "(\"text\" \"html\" NIL NIL NIL \"7bit\" 5 1 NIL NIL NIL NIL) 4 NIL NIL NIL NIL)"},
    {"message with parts",
     "Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b--\r\n",
     "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 64 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "
     "((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 3 0 NIL NIL NIL NIL) \"mixed\" "
     "(\"boundary\" \"b\") NIL NIL NIL) 6 NIL NIL NIL NIL)"},
    {"a message that is not opened is octets",
     "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nZm9v",
     "(\"application\" \"octet-stream\" NIL NIL NIL \"base64\" 4 NIL NIL NIL NIL)"},
};

TEST(Structure, WritesBodyStructures) {
  for (const auto& r : structures) EXPECT_EQ(structure_of(r.in), r.out) << r.name;
}

// RFC 3501 7.4.2, whose case of words that have none is not ours.
TEST(Structure, WritesTheBodyOfTheRfc) {
  std::string lines;
  for (int i = 0; i < 22; ++i) lines += std::string(48, 'x') + "\r\n";
  lines += std::string(50, 'x') + "\r\n";
  std::string base64;
  for (int i = 0; i < 73; ++i) base64 += std::string(60, 'A') + "\r\n";
  base64 += std::string(28, 'A');
  const auto message =
      "Content-Type: MULTIPART/MIXED; BOUNDARY=\"b\"\r\n\r\n--b\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n"
      "\r\n" +
      lines +
      "\r\n--b\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII; NAME=\"cc.diff\"\r\n"
      "Content-Transfer-Encoding: BASE64\r\nContent-ID: <960723163407.20117h@cac.washington.edu>\r\n"
      "Content-Description: Compiler diff\r\n\r\n" +
      base64 + "\r\n--b--\r\n";
  EXPECT_EQ(ascii_upper(body_of(message)),
            ascii_upper("((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1152 23)(\"TEXT\" \"PLAIN\" "
                        "(\"CHARSET\" \"US-ASCII\" \"NAME\" \"cc.diff\") \"<960723163407.20117h@cac.washington.edu>\" "
                        "\"Compiler diff\" \"BASE64\" 4554 73) \"MIXED\")"));
}

TEST(Structure, TellsWhatIsTooDeepAsOctets) {
  std::string message;
  for (std::size_t i = 0; i <= depth_max; ++i) message += "Content-Type: message/rfc822\r\n\r\n";
  const auto text = body_of(message);
  EXPECT_NE(text.find("(\"application\" \"octet-stream\" NIL NIL NIL \"7bit\" 0)"), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '('), std::count(text.begin(), text.end(), ')'));
}

// --- part numbers ---

std::string entity(std::string_view type, std::string_view body) {
  return "Content-Type: " + std::string(type) + "\r\n\r\n" + std::string(body) + "\r\n";
}
std::string multipart(std::string_view subtype, char boundary, std::initializer_list<std::string> parts) {
  std::string text = "Content-Type: multipart/" + std::string(subtype) + "; boundary=" + boundary + "\r\n\r\n";
  for (const auto& one : parts) text += std::string("--") + boundary + "\r\n" + one;
  return text + "--" + boundary + "--\r\n";
}

std::string cut(std::string_view message, octet_range range) {
  return std::string(message.substr(range.offset, range.length));
}

std::optional<found_part> find(const part_index& index, std::vector<std::uint32_t> numbers) {
  return find_part(index, numbers);
}

// The example of RFC 9051 6.4.5.1.
TEST(Structure, FindsNumberedParts) {
  const auto inner_3 =
      "Subject: 3\r\n" +
      multipart("mixed", 'c', {entity("text/plain", "3.1"), entity("application/octet-stream", "3.2")});
  const auto alternative =
      multipart("alternative", 'f', {entity("text/plain", "4.2.2.1"), entity("text/richtext", "4.2.2.2")});
  const auto inner_4_2 = "Subject: 4.2\r\n" + multipart("mixed", 'e', {entity("text/plain", "4.2.1"), alternative});
  const auto message =
      multipart("mixed", 'a',
                {entity("text/plain", "1"), entity("application/octet-stream", "2"), entity("message/rfc822", inner_3),
                 multipart("mixed", 'd', {entity("image/gif", "4.1"), entity("message/rfc822", inner_4_2)})});
  const auto index = scan(message);

  const std::pair<std::vector<std::uint32_t>, const char*> leaves[] = {
      {{1}, "1"},      {{2}, "2"},           {{3, 1}, "3.1"},           {{3, 2}, "3.2"},
      {{4, 1}, "4.1"}, {{4, 2, 1}, "4.2.1"}, {{4, 2, 2, 1}, "4.2.2.1"}, {{4, 2, 2, 2}, "4.2.2.2"},
  };
  for (const auto& [numbers, body] : leaves) {
    const auto found = find(index, numbers);
    ASSERT_TRUE(found) << body;
    EXPECT_EQ(cut(message, found->body), body);
    EXPECT_FALSE(found->header);
    EXPECT_FALSE(found->text);
  }
  EXPECT_EQ(cut(message, find(index, {4, 1})->mime), "Content-Type: image/gif\r\n\r\n");

  const auto third = find(index, {3});
  ASSERT_TRUE(third && third->header && third->text);
  EXPECT_EQ(cut(message, third->body), inner_3);
  EXPECT_EQ(cut(message, *third->header) + cut(message, *third->text), inner_3);
  EXPECT_EQ(cut(message, *third->header).substr(0, 10), "Subject: 3");
  const auto nested = find(index, {4, 2});
  ASSERT_TRUE(nested && nested->header);
  EXPECT_EQ(cut(message, *nested->header).substr(0, 12), "Subject: 4.2");
  EXPECT_EQ(cut(message, find(index, {4, 2, 2})->mime).substr(0, 35), "Content-Type: multipart/alternative");

  for (const auto& numbers : std::vector<std::vector<std::uint32_t>>{
           {}, {0}, {5}, {1, 1}, {2, 1}, {3, 3}, {3, 0}, {4, 3}, {4, 2, 2, 3}, {4, 2, 2, 1, 1}, {4'294'967'295}})
    EXPECT_FALSE(find(index, numbers));
}

TEST(Structure, NumbersTheOnlyPartOfAMessageOne) {
  const auto plain = entity("text/plain", "foo");
  const auto index = scan(plain);
  EXPECT_EQ(cut(plain, find(index, {1})->body), "foo\r\n");
  EXPECT_EQ(cut(plain, find(index, {1})->mime), "Content-Type: text/plain\r\n\r\n");
  EXPECT_FALSE(find(index, {2}));
  EXPECT_FALSE(find(index, {1, 1}));

  // A message that is nothing but a message, with one more in it.
  const auto forwarded = entity("message/rfc822", entity("message/rfc822", entity("text/plain", "foo")));
  const auto nested = scan(forwarded);
  EXPECT_EQ(find(nested, {1})->number, 0U);
  EXPECT_EQ(find(nested, {1, 1})->number, 1U);
  EXPECT_EQ(find(nested, {1, 1, 1})->number, 2U);
  EXPECT_EQ(cut(forwarded, *find(nested, {1, 1})->header), "Content-Type: text/plain\r\n\r\n");
  EXPECT_FALSE(find(nested, {1, 1, 1, 1}));
}

}  // namespace
}  // namespace stagecoach::mime
