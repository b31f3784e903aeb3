// The command lines that the server core takes although no client should write them so (RFC 5321 4.1.1 and others ask
// servers for tolerance): one table of them, for sessions that are pedantic. What is wrong with messages is
// mime/strict_message's.
#pragma once

#include <optional>
#include <string_view>

#include "protocols/smtp/reply.hpp"

namespace stagecoach::smtp {

// `line` is a command that parse_command takes, without its CRLF. none: nothing is wrong with it.
[[nodiscard]] std::optional<reply> carelessness_of(std::string_view line);

}  // namespace stagecoach::smtp
