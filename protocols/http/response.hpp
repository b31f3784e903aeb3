// The head of a response as it goes out (RFC 9112 4, 5). No field can end a line: what is not of the grammar is a
// defect of ours, and stops.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/ids.hpp"
#include "protocols/http/head.hpp"

namespace stagecoach::http {

struct response_head {
  std::uint16_t status = 200;
  std::vector<field> fields;  // without those that frame the body, and without Connection and Date
};

[[nodiscard]] std::string_view reason_of(std::uint16_t status);
// The status line and the fields, without the empty line.
[[nodiscard]] std::string write_head(const response_head& head);
// RFC 9110 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT
[[nodiscard]] std::string http_date(unix_ms when);

}  // namespace stagecoach::http
