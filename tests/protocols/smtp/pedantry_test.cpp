// What careless clients get away with, and what a pedantic server tells them: each rule once tolerant, once pedantic.
#include "protocols/smtp/pedantry.hpp"

#include <gtest/gtest.h>

#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

session_options options(service kind, bool is_pedantic) {
  session_options o{"mx.test", 5000, true, false};
  o.kind = kind;
  o.login_needs_tls = false;
  o.is_pedantic = is_pedantic;
  return o;
}

struct row {
  const char* name;
  std::string in;        // "|" ends a turn; a newline is CRLF
  std::string tolerant;  // the last reply
  std::string pedantic;
  service kind = service::reception;
};

const std::string hello = "EHLO a\n|";
const std::string data = hello + "MAIL FROM:<s@x>\nRCPT TO:<r@y>\nDATA\n|";
const std::string data_8bit = hello + "MAIL FROM:<s@x> BODY=8BITMIME\nRCPT TO:<r@y>\nDATA\n|";
const std::string signed_in = hello + "AUTH PLAIN AGFkYQBzdGFnZWNvYWNo\n|MAIL FROM:<s@x>\nRCPT TO:<r@y>\nDATA\n|";
const std::string sender_ok = "250 2.1.0 Sender OK\n";
const std::string delivered = "250 2.0.0 Delivered t1\n";

const row rows[] = {
    {"space at the end", hello + "NOOP \n", "250 2.0.0 OK\n",
     "501 5.5.2 Space at the end of the line (RFC 5321 4.1.1)\n"},
    {"tab at the end", hello + "MAIL FROM:<s@x>\t\n", sender_ok,
     "501 5.5.2 Space at the end of the line (RFC 5321 4.1.1)\n"},
    {"space behind FROM:", hello + "MAIL FROM: <s@x>\n", sender_ok,
     "501 5.5.2 Space between the colon and the path (RFC 5321 3.3)\n"},
    {"space behind TO:", hello + "MAIL FROM:<s@x>\nRCPT to: <r@y>\n", "250 2.1.5 Recipient OK\n",
     "501 5.5.2 Space between the colon and the path (RFC 5321 3.3)\n"},
    {"no angle brackets", hello + "MAIL FROM:s@x\n", "501 5.1.7 Bad sender address\n",
     "501 5.1.7 Bad sender address\n"},
    {"source route", hello + "MAIL FROM:<@a,@b:s@x>\n", sender_ok,
     "501 5.5.2 Source route in the path (RFC 5321 appendix C)\n"},
    {"two spaces before a parameter", hello + "MAIL FROM:<s@x>  SIZE=1\n", sender_ok,
     "501 5.5.4 More than one space before a parameter (RFC 5321 4.1.1)\n"},
    {"two spaces between parameters", hello + "MAIL FROM:<s@x> SIZE=1  BODY=7BIT\n", sender_ok,
     "501 5.5.4 More than one space before a parameter (RFC 5321 4.1.1)\n"},
    {"two spaces in a local part", hello + "MAIL FROM:<\"s  t\"@x> SIZE=1\n", sender_ok, sender_ok},
    {"an underscore in the name", "EHLO my_host\n", "250 SMTPUTF8\n",
     "501 5.5.2 Underscore in the host name (RFC 5321 2.3.5)\n"},
    {"a dot behind the name", "HELO host.example.\n", "250 mx.test\n",
     "501 5.5.2 Dot at the end of the host name (RFC 5321 2.3.5)\n"},
    {"a line of 512 octets", hello + "NOOP " + std::string(505, 'x') + "\n", "250 2.0.0 OK\n", "250 2.0.0 OK\n"},
    {"a line of 513 octets", hello + "NOOP " + std::string(506, 'x') + "\n", "250 2.0.0 OK\n",
     "500 5.5.6 Line longer than its command allows (RFC 5321 4.5.3.1.4)\n"},
    {"a MAIL of more than 512 octets", hello + "MAIL FROM:<s@x>" + std::string(500, ' ') + "SIZE=1\n", sender_ok,
     "501 5.5.4 More than one space before a parameter (RFC 5321 4.1.1)\n"},
    {"a BDAT with a space at the end", hello + "MAIL FROM:<s@x>\nRCPT TO:<r@y>\nBDAT 6 LAST \na: b\n", delivered,
     "501 5.5.2 Space at the end of the line (RFC 5321 4.1.1)\n[close]"},
    {"what is unknown stays unknown", hello + "FROB \n", "500 5.5.1 Unknown command\n", "500 5.5.1 Unknown command\n"},
    {"8-bit in the body", data + "a: b\n\n\xc3\xa4\n.\n", delivered, delivered},
    {"8-bit in a body of 7 bits", hello + "MAIL FROM:<s@x> BODY=7BIT\nRCPT TO:<r@y>\nDATA\n|a: b\n\n\xc3\xa4\n.\n",
     delivered, "550 5.6.0 8-bit octet in the body without BODY=8BITMIME (RFC 6152 2)\n"},
    {"8-bit in a body after HELO", "HELO a\n|MAIL FROM:<s@x>\nRCPT TO:<r@y>\nDATA\n|a: b\n\n\xc3\xa4\n.\n", delivered,
     "550 5.6.0 8-bit octet in the body without BODY=8BITMIME (RFC 6152 2)\n"},
    {"8-bit in the body, as 8BITMIME", data_8bit + "a: b\n\n\xc3\xa4\n.\n", delivered, delivered},
    {"8-bit in the header", data_8bit + "a: \xc3\xa4\n\n.\n", delivered,
     "550 5.6.0 8-bit octet in the header without SMTPUTF8 or UTF8 (RFC 6532 3)\n"},
    {"8-bit in the header, as SMTPUTF8",
     hello + "MAIL FROM:<s@x> SMTPUTF8 BODY=8BITMIME\nRCPT TO:<r@y>\nDATA\n|a: \xc3\xa4\n\n.\n", delivered, delivered},
    {"a long line", data + "a: b\n\n" + std::string(999, 'x') + "\n.\n", delivered,
     "550 5.6.0 Line of more than 998 octets (RFC 5322 2.1.1)\n"},
    {"a long line of BINARYMIME",
     hello + "MAIL FROM:<s@x> BODY=BINARYMIME\nRCPT TO:<r@y>\nBDAT 1007 LAST\na: b\n\n" + std::string(999, '\xff'),
     delivered, delivered},
    {"no header", data + "Hello\n.\n", delivered, "550 5.6.0 Header line that is no field (RFC 5322 2.2)\n"},
    {"space before the colon", data + "Subject : b\n.\n", delivered,
     "550 5.6.0 Space between a field's name and its colon (RFC 5322 4.5)\n"},
    {"two From", data + "From: a\nFrom: b\n.\n", delivered, "550 5.6.0 More than one From field (RFC 5322 3.6)\n"},
    {"a mail of others without From and Date", data + "a: b\n.\n", delivered, delivered},
    {"a submission without From", signed_in + "Date: a\n.\n",
     "550 5.7.1 The header needs one From field, with an address of yours\n",
     "550 5.6.0 No From field (RFC 5322 3.6)\n", service::submission},
    {"a submission without Date", signed_in + "From: s@x\n\n.\n", delivered, "550 5.6.0 No Date field (RFC 5322 3.6)\n",
     service::submission},
    {"a submission with two Date", signed_in + "From: s@x\nDate: b\nDate: c\n\n.\n", delivered,
     "550 5.6.0 More than one Date field (RFC 5322 3.6)\n", service::submission},
    {"a submission with both", signed_in + "From: s@x\nDate: b\n\nc\n.\n", delivered, delivered, service::submission},
};

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

TEST(Pedantry, RefusesWhatIsToleratedOtherwise) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    const auto dialogue = split_turns(crlf(r.in));
    for (const bool is_pedantic : {false, true}) {
      const auto wanted = crlf(is_pedantic ? r.pedantic : r.tolerant);
      for (const auto& cuts : {std::vector<std::size_t>{}, every_octet(dialogue)}) {
        reception there(options(r.kind, is_pedantic));
        const auto seen = there.talk(dialogue, cuts, taking::each_turn);
        ASSERT_TRUE(seen.ends_with(wanted)) << seen << (is_pedantic ? "pedantic" : "tolerant");
        ASSERT_FALSE(there.is_open());
      }
    }
  }
}

TEST(Pedantry, AllowsMailItsExtensions) {
  const std::string most = "MAIL FROM:<a@b> AUTH=" + std::string(1065 - 2 - 21, 'x');
  EXPECT_EQ(carelessness_of(most), std::nullopt);
  EXPECT_NE(carelessness_of(most + "x"), std::nullopt);
  EXPECT_EQ(carelessness_of("AUTH PLAIN " + std::string(5000, 'x')), std::nullopt);
}

}  // namespace
}  // namespace stagecoach::smtp
