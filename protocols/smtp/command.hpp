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
};
struct rcpt {
  address to;  // the domain is empty for "<Postmaster>"
};
struct data {};
struct rset {};
struct noop {};
struct quit {};
struct vrfy {};
struct help {};
struct starttls {};
struct not_implemented {            // a verb that we know and do not have
  bool leaves_data_behind = false;  // BDAT: what follows is no command, and we cannot find its end
};
struct malformed {  // a verb of ours with an argument that is not
  reply answer;
};
struct foreign {};  // HTTP: somebody makes a browser talk to us
struct unknown {};

using command = std::variant<hello, mail, rcpt, data, rset, noop, quit, vrfy, help, starttls, not_implemented,
                             malformed, foreign, unknown>;

// `line` is without its CRLF. Never fails: what is wrong is a command of its own.
[[nodiscard]] command parse_command(std::string_view line, const offer& now);

}  // namespace stagecoach::smtp
