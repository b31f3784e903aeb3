// Every limit of the IMAP server core, with the reference that chose it: security 2.6 (IM01 to IM15) and
// mail-server-behaviour 2.4. What an administrator may change is in session_limits, with these as its defaults
// (config/limits.hpp); the rest is fixed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace stagecoach::imap {

// One command's text without its literals. Before login a stranger gets less.
inline constexpr std::size_t line_bytes_max_signed_out = 8 * 1024;  // IM01
inline constexpr std::size_t line_bytes_max = 16 * 1024;            // mail-server-behaviour 2.4

// Literals other than the message of an APPEND, which streams.
inline constexpr std::uint64_t literal_bytes_max_signed_out = 4096;           // IM01
inline constexpr std::uint64_t literal_bytes_max = 100 * 1024;                // mail-server-behaviour 2.4
inline constexpr std::uint64_t all_literals_bytes_max = 1024 * 1024;          // IM02: of one command
inline constexpr std::uint64_t all_literals_bytes_max_signed_out = 2 * 4096;  // a name and a password
inline constexpr std::size_t literals_max = 1000;                             // IM02: of one command

// What has come while a command runs; above it the connection stops reading.
inline constexpr std::size_t input_bytes_max = 64 * 1024;
inline constexpr std::size_t input_bytes_max_signed_out = 8 * 1024;

inline constexpr unsigned nesting_max = 50;           // IM02: parentheses, NOT and OR of SEARCH
inline constexpr std::size_t search_steps_max = 400;  // of one SEARCH: work is steps times messages
inline constexpr std::size_t content_tests_max = 50;  // texts of one SEARCH: each is looked for in every message
inline constexpr unsigned failed_logins_max = 3;      // security 3: three per session
// In a row, of a client that is none: then each is answered late, then the session ends. As with SMTP.
inline constexpr unsigned bad_commands_before_delay = 10;
inline constexpr unsigned bad_commands_max = 20;
inline constexpr std::chrono::milliseconds bad_command_delay{1000};
inline constexpr std::size_t keyword_bytes_max = 255;  // one keyword
inline constexpr std::size_t keywords_max = 100;       // in one command
inline constexpr std::size_t id_pairs_max = 30;        // RFC 2971 3.3
inline constexpr std::size_t header_names_max = 500;   // of one HEADER.FIELDS
inline constexpr std::size_t part_numbers_max = 200;   // of one section; MI01: parts nest 100 deep
inline constexpr std::size_t mailbox_name_bytes_max = 1000;
inline constexpr std::size_t list_pattern_bytes_max = 2000;  // all patterns of one LIST
inline constexpr std::size_t list_patterns_max = 20;         // of one LIST: work is patterns times mailboxes
inline constexpr std::size_t enable_names_max = 100;         // IM14

// Output: how much may wait for the client before the core stops producing, and the size of its questions.
inline constexpr std::size_t unsent_bytes_max = 256 * 1024;
inline constexpr std::size_t unsent_bytes_max_signed_out = 16 * 1024;
inline constexpr std::uint32_t octets_chunk = 256 * 1024;      // of a body
inline constexpr std::size_t pieces_ahead_max = 200;           // bodies read with one question
inline constexpr std::size_t rows_chunk = 1000;                // messages of one question
inline constexpr std::size_t contents_chunk = 500;             // the same where a search looks into messages
inline constexpr std::size_t bodies_chunk = 100;               // the same where bodies are fetched and become \Seen
inline constexpr std::uint32_t header_bytes_max = 256 * 1024;  // HEADER.FIELDS looks at no more of a header

// Those of one session that can be set.
struct session_limits {
  unsigned failed_logins_max = imap::failed_logins_max;
  unsigned bad_commands_before_delay = imap::bad_commands_before_delay;
  unsigned bad_commands_max = imap::bad_commands_max;
  unsigned bad_commands_max_in_stress = 1;  // of who has not signed in
  std::chrono::milliseconds bad_command_delay = imap::bad_command_delay;
  std::uint64_t literal_bytes_max_signed_out = imap::literal_bytes_max_signed_out;
};

}  // namespace stagecoach::imap
