// What the server core yields: bytes to send, questions to ask, things to do. The connection takes them in order and
// does each before it takes the next (DESIGN.md 6).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/auth/sasl_steps.hpp"
#include "protocols/base/address.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/smtp/parameters.hpp"

namespace stagecoach::smtp {

struct recipient {
  address to;
  account_id account;  // as it was answered
  friend bool operator==(const recipient&, const recipient&) = default;
};

// RFC 5321 2.3.1, and what the trace fields say about how it came.
struct envelope {
  std::optional<address> reverse_path;  // none: null, as bounces have
  std::vector<recipient> recipients;    // in the order of RCPT, each address once
  body_kind body = body_kind::seven_bit;
  std::string greeting_name;  // what the client called itself
  bool is_extended = false;   // EHLO
  bool is_tls = false;
  bool is_utf8 = false;      // SMTPUTF8
  std::string signed_in_as;  // empty: nobody has signed in
  friend bool operator==(const envelope&, const envelope&) = default;
};

struct send {
  std::string bytes;
};
// How an AUTH exchange ended, after its last answer: whose connection this is now, or who failed to sign in.
struct sign_in_ended {
  std::string name;
  bool is_good = false;
};
// Is this an address of who has signed in: that of MAIL, or of the header's From? Goes on with answered(sender_answer).
struct ask_sender {
  address from;
};
// A mail begins: MAIL was accepted.
struct begin_mail {};
// May we take mail for this address? Goes on with answered(recipient_answer).
struct ask_recipient {
  address to;
  std::string greylisted_from;  // <sender>, at whose second attempt it is taken (provoked.hpp); empty: at any
};
// A body comes: a place for it is needed.
struct begin_body {};
struct body_octets {
  std::string octets;  // content: without the dots that were added, lines end in CRLF
};
// The body is whole: commit it for each recipient, then answered(body_answer).
struct end_of_body {
  envelope mail;
  std::uint64_t size = 0;          // octets of all body_octets
  std::uint32_t header_bytes = 0;  // up to and with the empty line; all when there is none
  bool has_date = false;           // the header has this field
  bool has_message_id = false;
};
// What came of this body is not wanted; the client will be told why at its end.
struct abort_body {
  std::string_view why;  // for the log
};
// After the bytes before it are sent: the handshake, then tls_started().
struct start_tls {};
// Goes on with the next output only when this long has passed; input is not read meanwhile.
struct wait {
  std::chrono::milliseconds time;
};
// What comes from now on is not answered; timed_out() when this long has passed.
struct fall_silent {
  std::chrono::milliseconds time;
};
// After the bytes before it are sent: close the connection. Nothing comes after it.
struct close {};

// sasl::check_password goes on with answered(sasl::verdict), sasl::find_keys with answered(sasl::key_facts),
// sasl::find_owner with answered(sasl::key_owner) or answered(sasl::verdict::wrong); all with
// answered(sasl::verdict::try_later) when there is no answer.
using output =
    std::variant<send, sasl::check_password, sasl::find_keys, sasl::find_owner, sign_in_ended, ask_sender, begin_mail,
                 ask_recipient, begin_body, body_octets, end_of_body, abort_body, start_tls, wait, fall_silent, close>;

}  // namespace stagecoach::smtp
