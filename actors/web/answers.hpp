// Answers of the site and of sessions: JSON, refusals, and the fields that make them safe to show (security.md 2.9).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/web.hpp"
#include "protocols/base/json_read.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::web {

inline constexpr std::string_view json_type = "application/json";

[[nodiscard]] messages::http_answer json_answer(std::string body);
// Events follow, as they happen.
[[nodiscard]] messages::http_answer events_answer();
// {"code": ..., "message": ..., "where": ...}
[[nodiscard]] messages::http_answer refuse(std::uint16_t status, std::string_view code, std::string message,
                                           std::string where = {});
// mail-server-behaviour row 20: of a message that is there what it has not.
[[nodiscard]] messages::http_answer no_such_part();
// With the status that its fault has: what the caller can mend, or what we must.
[[nodiscard]] messages::http_answer refuse(const failure& why);
[[nodiscard]] messages::http_answer refuse(const json_fault& why);

// The value of the only field of this name; empty: there is none, or more than one.
[[nodiscard]] std::string_view field_of(const messages::http_request& asked, std::string_view name);
// Of the first field of this name.
void set_field(messages::http_answer& answer, std::string_view name, std::string value);

// The fields that every answer has (http::safe_fields).
[[nodiscard]] std::vector<messages::http_field> safe_header();

}  // namespace stagecoach::web
