// A command line as a value (RFC 5321 4.1.1). The first of the three steps: parse, decide (verbs.cpp), answer
// (reply.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/base/address.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/parameters.hpp"
#include "protocols/smtp/reply.hpp"

namespace stagecoach::smtp {

struct hello {  // HELO and EHLO
  std::string name;
  bool is_extended = false;
};
struct mail {
  std::optional<address> from;  // none: the null reverse path
  mail_parameters parameters;
  bool has_parameters = false;
  bool needs_utf8 = false;  // the path is spelled beyond ASCII
};
struct rcpt {
  address to;  // the domain is empty for "<Postmaster>"
  bool needs_utf8 = false;
};
struct data {};
struct bdat {  // RFC 3030: so many octets follow the line
  std::uint64_t size = 0;
  bool is_last = false;
};
struct auth {  // RFC 4954
  std::string mechanism;
  std::optional<std::string> initial;  // as spelled: base64, or "=" for an empty one
};
struct rset {};
struct noop {};
struct quit {};
struct vrfy {};
struct help {};
struct starttls {};
struct not_implemented {};  // a verb that we know and do not have
struct malformed {          // a verb of ours with an argument that is not
  reply answer;
  bool hides_data = false;  // octets follow that are no commands, and we cannot know how many
};
struct foreign {};  // HTTP: somebody makes a browser talk to us
struct unknown {};

using command = std::variant<hello, mail, rcpt, data, bdat, auth, rset, noop, quit, vrfy, help, starttls,
                             not_implemented, malformed, foreign, unknown>;

// `line` is without its CRLF. Never fails: what is wrong is a command of its own.
[[nodiscard]] command parse_command(std::string_view line, const offer& now);

}  // namespace stagecoach::smtp
