// What a server answers: code, enhanced code (RFC 3463), text. All replies of the server core are here, so that one
// look shows what a client can be told; the session decides which.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stagecoach::smtp {

struct reply {
  std::uint16_t code = 0;
  std::string_view enhanced;  // empty: none, as for the greeting, EHLO and 354 (RFC 2034 4)
  std::string_view text;      // one line
  [[nodiscard]] constexpr bool is_error() const { return code >= 500; }
  friend bool operator==(const reply&, const reply&) = default;
};

// With CRLF. An octet of the text that is not printable ASCII is shown as '?', so nothing can end the line early.
[[nodiscard]] std::string write_reply(const reply& r);
// RFC 5321 4.2.1: 250-first, 250-next, 250 last. At least one line.
[[nodiscard]] std::string write_lines(std::uint16_t code, std::span<const std::string> lines);

namespace replies {

inline constexpr reply ok{250, "2.0.0", "OK"};
inline constexpr reply sender_ok{250, "2.1.0", "Sender OK"};
inline constexpr reply recipient_ok{250, "2.1.5", "Recipient OK"};
inline constexpr reply go_ahead{354, "", "Go ahead, end with <CRLF>.<CRLF>"};
inline constexpr reply bye{221, "2.0.0", "Bye"};
inline constexpr reply chunk_ok{250, "2.0.0", "Chunk OK"};
inline constexpr reply help{214, "2.0.0",
                            "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP STARTTLS QUIT; see RFC 5321"};
inline constexpr reply help_submission{
    214, "2.0.0", "EHLO HELO AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY HELP STARTTLS QUIT; see RFC 6409"};
inline constexpr reply cannot_verify{252, "2.5.0", "Cannot verify, but will take mail for local addresses"};
inline constexpr reply signed_in{235, "2.7.0", "Signed in"};
inline constexpr reply start_tls{220, "2.0.0", "Ready to start TLS"};

inline constexpr reply draining{421, "4.3.2", "Server is going down, try again"};
inline constexpr reply timed_out{421, "4.4.2", "Timeout"};
inline constexpr reply session_over{421, "4.4.2", "This connection has lasted long enough, come back"};
inline constexpr reply too_many_errors{421, "4.7.0", "Too many errors"};
inline constexpr reply too_many_failed_logins{421, "4.7.0", "Too many failed logins"};
inline constexpr reply too_many_idle{421, "4.7.0", "Too many commands without a mail"};
inline constexpr reply try_later{451, "4.3.0", "Temporary failure, try again"};
inline constexpr reply greylisted{450, "4.7.1", "Greylisted, try again"};  // RFC 6647 5
inline constexpr reply mailbox_full{452, "4.2.2", "Mailbox is full"};
inline constexpr reply too_many_recipients{452, "4.5.3", "Too many recipients"};
inline constexpr reply too_many_mails{451, "4.7.0", "Too many mails from your network, try again later"};
inline constexpr reply one_recipient_of_null{452, "4.5.3", "One recipient only for a null sender"};

inline constexpr reply sign_in_later{454, "4.7.0", "Cannot check this now, try again"};

inline constexpr reply unknown_command{500, "5.5.1", "Unknown command"};
inline constexpr reply not_smtp{500, "5.5.2", "This is SMTP"};
inline constexpr reply bad_line{500, "5.5.2", "Line must end with CRLF, without other CR, LF or NUL"};
inline constexpr reply line_too_long{500, "5.5.6", "Line too long"};
inline constexpr reply bad_syntax{501, "5.5.2", "Syntax error"};
inline constexpr reply bad_name{501, "5.5.2", "A host name or an address literal is needed"};
inline constexpr reply bad_argument{501, "5.5.4", "This command takes no argument"};
inline constexpr reply bad_chunk{501, "5.5.4", "BDAT needs a size, then LAST or nothing"};
inline constexpr reply bad_parameter{501, "5.5.4", "Bad value of a parameter"};
inline constexpr reply bad_base64{501, "5.5.2", "This is not base64"};
inline constexpr reply bad_exchange{501, "5.5.2", "This is no message of the mechanism"};
inline constexpr reply cancelled{501, "5.7.0", "Cancelled"};
inline constexpr reply tls_injection{501, "5.5.1", "Nothing may follow STARTTLS"};
inline constexpr reply not_implemented{502, "5.5.1", "Not implemented"};
inline constexpr reply no_greeting{503, "5.5.1", "EHLO first"};
inline constexpr reply nested_mail{503, "5.5.1", "A mail has begun already"};
inline constexpr reply no_mail{503, "5.5.1", "MAIL first"};
inline constexpr reply no_recipient{503, "5.5.1", "RCPT first"};
inline constexpr reply body_has_begun{503, "5.5.1", "The message has begun already"};
inline constexpr reply binary_needs_bdat{503, "5.5.1", "BINARYMIME needs BDAT"};
inline constexpr reply auth_in_mail{503, "5.5.1", "Not while a mail is on its way"};
inline constexpr reply auth_already{503, "5.5.1", "Signed in already"};
inline constexpr reply unknown_mechanism{504, "5.5.4", "Unknown mechanism"};
inline constexpr reply auth_needed{530, "5.7.0", "Sign in first"};
inline constexpr reply auth_failed{535, "5.7.8", "Wrong name or password"};
inline constexpr reply auth_failed_by_key{535, "5.7.8", "No such account has this certificate"};
inline constexpr reply auth_needs_certificate{504, "5.5.4", "No certificate of yours came with TLS"};
inline constexpr reply auth_needs_tls{538, "5.7.11", "Start TLS first; the password was not looked at"};
inline constexpr reply tls_already{503, "5.5.1", "TLS is on already"};
inline constexpr reply unknown_parameter{555, "5.5.4", "Unknown parameter"};

inline constexpr reply bad_sender{501, "5.1.7", "Bad sender address"};
inline constexpr reply bad_recipient{501, "5.1.3", "Bad recipient address"};
inline constexpr reply sender_too_long{553, "5.1.7", "Sender address too long"};
inline constexpr reply recipient_too_long{553, "5.1.3", "Recipient address too long"};
inline constexpr reply address_not_ascii{553, "5.6.7", "Addresses must be ASCII unless MAIL says SMTPUTF8"};
inline constexpr reply address_not_utf8{553, "5.6.7", "Address is not valid UTF-8"};
inline constexpr reply unknown_recipient{550, "5.1.1", "No such recipient here"};

inline constexpr reply not_your_address{550, "5.7.1", "This sender address is not yours"};
inline constexpr reply author_needed{550, "5.7.1", "The header needs one From field, with an address of yours"};
inline constexpr reply not_your_author{550, "5.7.1", "The address of the From field is not yours"};
inline constexpr reply no_relaying{550, "5.7.1", "No such recipient here, and mail to elsewhere is not sent"};

inline constexpr reply out_of_turn{554, "5.5.0", "Wait for the reply first"};
inline constexpr reply no_valid_recipient{554, "5.5.1", "No valid recipients"};
inline constexpr reply too_large{552, "5.3.4", "Message too large"};
inline constexpr reply header_too_large{552, "5.3.4", "Message header too large"};
inline constexpr reply bad_message{550, "5.6.0", "Message contains bare CR, bare LF or NUL"};
inline constexpr reply empty_message{550, "5.6.0", "Message is empty"};
inline constexpr reply loop{550, "5.4.6", "Too many hops, this mail is in a loop"};

}  // namespace replies
}  // namespace stagecoach::smtp
