// A message of one text as mail (RFC 5322, RFC 2045): header fields, encoded as far as needed, and the body. For
// `stagecoach send`; a message that is there already goes through as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/result.hpp"

namespace stagecoach::mime {

struct extra_field {
  std::string name;
  std::string value;
  friend bool operator==(const extra_field&, const extra_field&) = default;
};

struct plain_message {
  std::string from;  // addresses as they are spelled in fields
  std::vector<std::string> to;
  std::string subject;             // UTF-8
  std::string body;                // UTF-8; lines end in LF or CRLF
  std::string date;                // RFC 5322 3.3
  std::string message_id;          // with its angle brackets
  std::vector<extra_field> extra;  // in their order; one of a name that we would write stands instead of ours
};

// "Name: value". The fault is of syntax, or not_utf8.
[[nodiscard]] result<extra_field> parse_extra_field(std::string_view text);
// Lines end in CRLF. Refuses a subject of more than one line, and what is not UTF-8.
[[nodiscard]] result<std::string> write_message(const plain_message& message);
// What a file or a pipe gives: a LF without CR gets one, the last line an end.
[[nodiscard]] std::string with_crlf(std::string_view text);

}  // namespace stagecoach::mime
