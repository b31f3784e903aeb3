// Each rule of a pedantic server about messages: what breaks it and what keeps it, at every cut.
#include "protocols/mime/strict_message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace stagecoach::mime {
namespace {

using namespace std::string_literals;

struct row {
  const char* name;
  strict_rules rules;
  std::string message;
  std::string flaw;  // the beginning of what is said; empty: nothing is wrong
};

constexpr strict_rules plain{};
constexpr strict_rules utf8{true, true, false, false};
constexpr strict_rules eight_bit{false, true, false, false};
constexpr strict_rules binary{false, true, true, false};
constexpr strict_rules submission{false, false, false, true};

const std::string whole = "Date: x\r\nFrom: a\r\n";

const row rows[] = {
    {"a small one", plain, "a: b\r\n\r\nc\r\n", ""},
    {"no body", plain, "a: b\r\n", ""},
    {"no header", plain, "\r\nc\r\n", ""},
    {"folded", plain, "a: b\r\n c\r\n\td\r\n\r\n", ""},
    {"998 octets in a line", plain, "a: b\r\n\r\n" + std::string(998, 'x') + "\r\n", ""},
    {"999 octets in a line", plain, "a: b\r\n\r\n" + std::string(999, 'x') + "\r\n", "Line of more than 998 octets"},
    {"999 octets in a header line", plain, "a:" + std::string(997, 'x') + "\r\n\r\n", "Line of more than 998 octets"},
    {"998 octets without an end", plain, "a: b\r\n\r\n" + std::string(998, 'x'), ""},
    {"999 octets without an end", plain, "a: b\r\n\r\n" + std::string(999, 'x'), "Line of more than 998 octets"},
    {"CR at the end", plain, "a: b\r\n\r\nc\r", "CR or LF that is not"},
    {"999 octets in a binary", binary, "a: b\r\n\r\n" + std::string(999, 'x'), ""},
    {"a bare LF", plain, "a: b\n\r\n", "CR or LF that is not"},
    {"a bare CR", plain, "a: b\r\n\r\nc\rd\r\n", "CR or LF that is not"},
    {"bare ones in a binary", binary, "a: b\r\n\r\n\n\r\0"s, ""},
    {"NUL", plain, "a: b\r\n\r\nc\0\r\n"s, "NUL octet"},
    {"8-bit in the header", eight_bit, "a: \xc3\xa4\r\n\r\n", "8-bit octet in the header"},
    {"8-bit in the header, said", utf8, "a: \xc3\xa4\r\n\r\n", ""},
    {"8-bit in the body", plain, "a: b\r\n\r\n\xc3\xa4\r\n", "8-bit octet in the body"},
    {"8-bit in the body, said", eight_bit, "a: b\r\n\r\n\xc3\xa4\r\n", ""},
    {"8-bit in a name", utf8, "\xc3\xa4: b\r\n\r\n", "Header line that is no field"},
    {"no colon", plain, "Hello\r\n\r\n", "Header line that is no field"},
    {"no name", plain, ": b\r\n\r\n", "Header line that is no field"},
    {"From of an mbox", plain, "From ada Thu\r\na: b\r\n\r\n", "Header line that is no field"},
    {"a name without an end", plain, "a: b\r\nHello", "Header line that is no field"},
    {"goes on from nothing", plain, " a: b\r\n\r\n", "Header line that is no field"},
    {"a space before the colon", plain, "Subject : b\r\n\r\n", "Space between a field's name"},
    {"a line of the body is no field", plain, "a: b\r\n\r\nHello\r\n", ""},
    {"two dates", plain, "date: x\r\nDATE: y\r\n\r\n", "More than one Date field"},
    {"two senders", plain, "From: x\r\nfrom: y\r\n\r\n", "More than one From field"},
    {"two in-reply-to", plain, "In-Reply-To: x\r\nIn-Reply-To: y\r\n\r\n", "More than one In-Reply-To field"},
    {"two subjects, one in the body", plain, "Subject: x\r\n\r\nSubject: y\r\n", ""},
    {"two received", plain, "Received: x\r\nReceived: y\r\n\r\n", ""},
    {"a long name twice", plain, "In-Reply-To-All: x\r\nIn-Reply-To-All: y\r\n\r\n", ""},
    {"a submission", submission, whole + "\r\nc\r\n", ""},
    {"a submission without a body", submission, whole, ""},
    {"without From", submission, "Date: x\r\n\r\n", "No From field"},
    {"without Date", submission, "From: x\r\n\r\nDate: x\r\n", "No Date field"},
    {"the first flaw counts", submission, "Hello\r\n\r\n\xff\r\n", "Header line that is no field"},
};

TEST(StrictMessage, FindsTheFirstFlawAtEveryCut) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    for (std::size_t cut = 0; cut <= r.message.size(); ++cut) {
      strict_message message(r.rules);
      message.read(std::string_view(r.message).substr(0, cut));
      message.read(std::string_view(r.message).substr(cut));
      message.end();
      const auto found = message.flaw().value_or("");
      ASSERT_EQ(found.substr(0, r.flaw.size()), r.flaw) << "cut at " << cut;
      ASSERT_EQ(found.empty(), r.flaw.empty()) << found << ", cut at " << cut;
    }
  }
}

}  // namespace
}  // namespace stagecoach::mime
