// Every limit that an administrator may set, once: name, default, range, meaning and whose number it is. Connections,
// logins and deliveries are counted by it (edge/, services/), sessions get theirs from it, `stagecoach limits` prints
// it, and docs/operate.md shows it (a test compares). What parsers and buffers are built for is no setting and stands
// in protocols/*/limits.hpp. The numbers are those of security.md 4.5.
//
// An "address" is a /32 of IPv4 or a /64 of IPv6: three times as much is allowed to its /26 or /48, nine times as much
// to its /21 or /32 (networks.hpp), as mox has it. Rates are over windows that slide.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/base/described.hpp"
#include "protocols/base/result.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/smtp/limits.hpp"

namespace stagecoach::config {

// A field of the table with what it may be. 0 is allowed where it means "no limit".
template <class Owner>
struct limit_of : field_of<Owner, std::uint64_t> {
  std::uint64_t least;
  std::uint64_t most;
  std::string_view whose;  // number
};

struct limit_range {
  std::uint64_t least;
  std::uint64_t most;
};

template <class Owner>
constexpr limit_of<Owner> limit(std::uint32_t number, std::string_view name, std::uint64_t Owner::*member,
                                limit_range range, std::string_view whose, std::string_view help) {
  return {{number, name, member, help}, range.least, range.most, whose};
}

struct limit_table {
  std::uint64_t connections = 0;
  std::uint64_t connections_per_address = 30;
  std::uint64_t connections_per_address_minute = 300;
  std::uint64_t stress_percent = 80;
  std::uint64_t stress_s = 10;
  std::uint64_t stress_errors = 1;

  std::uint64_t failed_logins_per_address_minute = 10;
  std::uint64_t failed_logins_per_address_day = 50;
  std::uint64_t failed_logins_per_session = smtp::limits::failed_logins_max;
  std::uint64_t logins_undelayed = 3;
  std::uint64_t login_delay_s = 1;
  std::uint64_t login_delay_max_s = 5;

  std::uint64_t sign_in_s = 60;
  std::uint64_t first_recipient_s = 180;
  std::uint64_t command_s = 300;
  std::uint64_t imap_silence_s = 1800;
  std::uint64_t smtp_session_s = 3600;
  std::uint64_t stall_s = 30;
  std::uint64_t body_bytes_per_s = 500;

  std::uint64_t message_mib = smtp::limits::message_bytes_default >> 20;
  std::uint64_t recipients = smtp::limits::recipients_max;
  std::uint64_t recipients_submitted = smtp::limits::recipients_submitted_max;
  std::uint64_t mails_per_address_minute = 500;
  std::uint64_t mail_mib_per_address_minute = 1000;

  std::uint64_t errors_undelayed = smtp::limits::errors_before_delay;
  std::uint64_t errors = smtp::limits::errors_max;
  std::uint64_t error_delay_s = 1;
  std::uint64_t unknown_recipients_delay_s = 5;
  std::uint64_t commands_without_mail = smtp::limits::idle_commands_max;
  std::uint64_t signed_out_literal_bytes = imap::literal_bytes_max_signed_out;

  static constexpr auto fields = described(
      limit(1, "connections", &limit_table::connections, {0, 1'000'000}, "ours",
            "at once over all ports; 0: as many as descriptors and memory are there for"),
      limit(2, "connections_per_address", &limit_table::connections_per_address, {0, 1'000'000}, "mox", "at once"),
      limit(3, "connections_per_address_minute", &limit_table::connections_per_address_minute, {0, 1'000'000}, "mox",
            "new ones in a minute, those that are refused too"),
      limit(4, "stress_percent", &limit_table::stress_percent, {1, 100}, "Postfix",
            "of all connections; beyond it strangers get stress_s and stress_errors"),
      limit(5, "stress_s", &limit_table::stress_s, {1, 3600}, "Postfix",
            "under stress: time to sign in, and for an SMTP command without signing in"),
      limit(6, "stress_errors", &limit_table::stress_errors, {1, 1000}, "Postfix",
            "under stress: errors of who has not signed in until the connection ends"),
      limit(7, "failed_logins_per_address_minute", &limit_table::failed_logins_per_address_minute, {0, 1'000'000},
            "mox", "then no login of that network is looked at"),
      limit(8, "failed_logins_per_address_day", &limit_table::failed_logins_per_address_day, {0, 1'000'000}, "mox",
            "the same over a day"),
      limit(9, "failed_logins_per_session", &limit_table::failed_logins_per_session, {1, 1000}, "ours",
            "then the connection ends"),
      limit(10, "logins_undelayed", &limit_table::logins_undelayed, {1, 1'000'000}, "mox",
            "attempts of one account within an hour that do not wait, if they fail"),
      limit(11, "login_delay_s", &limit_table::login_delay_s, {0, 30}, "mox",
            "by how much longer each one after them waits; 0: none does"),
      limit(12, "login_delay_max_s", &limit_table::login_delay_max_s, {0, 30}, "ours", "the longest such wait"),
      limit(13, "sign_in_s", &limit_table::sign_in_s, {0, 86'400}, "Stalwart",
            "time to sign in, IMAP and submission; 0: no limit"),
      limit(14, "first_recipient_s", &limit_table::first_recipient_s, {0, 86'400}, "ours",
            "time until port 25 has accepted a recipient; 0: no limit"),
      limit(15, "command_s", &limit_table::command_s, {1, 86'400}, "RFC 5321 4.5.3.2.7",
            "for one SMTP command, however its octets drip"),
      limit(16, "imap_silence_s", &limit_table::imap_silence_s, {1, 86'400}, "RFC 3501 5.4",
            "silence of an IMAP client that has signed in"),
      limit(17, "smtp_session_s", &limit_table::smtp_session_s, {0, 86'400}, "ours",
            "an SMTP connection ends then, after the mail that is on its way; 0: no limit"),
      limit(18, "stall_s", &limit_table::stall_s, {1, 3600}, "ours", "a client that reads nothing for so long is gone"),
      limit(19, "body_bytes_per_s", &limit_table::body_bytes_per_s, {0, 1'000'000}, "Postfix",
            "a message has to come at this rate, over three minutes"),
      limit(20, "message_mib", &limit_table::message_mib, {1, 4096}, "ours", "largest message, MiB"),
      limit(21, "recipients", &limit_table::recipients, {100, 100'000}, "Postfix", "of one mail on port 25"),
      limit(22, "recipients_submitted", &limit_table::recipients_submitted, {100, 100'000}, "chasquid",
            "of one mail that is submitted"),
      limit(23, "mails_per_address_minute", &limit_table::mails_per_address_minute, {0, 1'000'000}, "mox",
            "taken on port 25 in a minute; 0: no limit"),
      limit(24, "mail_mib_per_address_minute", &limit_table::mail_mib_per_address_minute, {0, 1'000'000}, "mox",
            "the same in MiB"),
      limit(25, "errors_undelayed", &limit_table::errors_undelayed, {0, 1000}, "Postfix",
            "of one session; the answers to those after them are late"),
      limit(26, "errors", &limit_table::errors, {1, 1000}, "Postfix", "of one session, then it ends"),
      limit(27, "error_delay_s", &limit_table::error_delay_s, {0, 30}, "mox", "how late such an answer is"),
      limit(28, "unknown_recipients_delay_s", &limit_table::unknown_recipients_delay_s, {0, 30}, "mox",
            "before a mail is refused none of whose recipients is known"),
      limit(29, "commands_without_mail", &limit_table::commands_without_mail, {10, 100'000}, "ours",
            "of one SMTP session, then it ends"),
      limit(30, "signed_out_literal_bytes", &limit_table::signed_out_literal_bytes, {256, 4096}, "ours",
            "an IMAP literal before login"));
  friend bool operator==(const limit_table&, const limit_table&) = default;
};

// Those of a tool for developers, who fail, repeat and type by hand: nothing is counted across connections, nothing
// waits, and large mails are taken. What protects the process itself stays.
[[nodiscard]] limit_table developer_limits();

// `name=value`. syntax: it is not of that form, there is no such name (the known ones are told), or the value is out of
// its range; then nothing was changed.
[[nodiscard]] result<done, failure> set_limit(limit_table& limits, std::string_view text);

// A limit in seconds where 0 means that there is none.
[[nodiscard]] constexpr std::chrono::milliseconds time_or_never(std::uint64_t seconds) {
  constexpr std::chrono::milliseconds never = std::chrono::hours{24 * 365};
  return seconds == 0 ? never : std::chrono::milliseconds(seconds * 1000);
}

}  // namespace stagecoach::config
