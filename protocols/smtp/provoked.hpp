// Errors on demand, for who tests a mail program against localserve: the end of an address's local part says what shall
// go wrong, its beginning says when. Never in a real server: session_options.provokes_errors is off by default.
//
//     temperror 451, permerror 550, three digits 400 to 599 that code, timeout no answer, slow5s the usual answer five
//     seconds later (1 to 999)
//     mailfrom... at MAIL, rcptto... at RCPT, anything else of a recipient when the message is complete
//     greylist at RCPT: the first attempt of a client and sender is turned away with 450, the next one taken
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>

#include "protocols/base/address.hpp"
#include "protocols/smtp/reply.hpp"

namespace stagecoach::smtp {

enum class moment { mail, rcpt, message };

struct silence {};
struct delay {
  std::chrono::seconds time;  // before the usual answer
};
using provoked = std::variant<reply, silence, delay>;

// What goes wrong at that moment for this address: the sender's at MAIL, a recipient's at the others. none: nothing.
[[nodiscard]] std::optional<provoked> provoked_by(const address& a, moment when);

// Whether this recipient is one that is taken at the second attempt only; who was here before, the directory knows.
[[nodiscard]] bool provokes_greylisting(const address& recipient);

}  // namespace stagecoach::smtp
