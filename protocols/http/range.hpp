// Parts of an answer, for who goes on with a download (RFC 9110 14): one range of octets. Who asks for several gets the
// whole, as the RFC allows: a list of ranges costs the server more than the client (security.md WB08).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace stagecoach::http {

struct whole_body {
  friend bool operator==(const whole_body&, const whole_body&) = default;
};
struct octet_range {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
  friend bool operator==(const octet_range&, const octet_range&) = default;
};
// There is nothing of it in the body: 416.
struct no_range {
  friend bool operator==(const no_range&, const no_range&) = default;
};
using wanted_range = std::variant<whole_body, octet_range, no_range>;

// What a request wants of a body.
struct range_question {
  std::string_view method;
  std::string_view range;     // the field; empty: there is none
  std::string_view if_range;  // the same
};
// `size` and `tag`: of the body that a 200 would have; no tag: If-Range never holds.
[[nodiscard]] wanted_range range_of(const range_question& asked, std::uint64_t size, std::string_view tag);

// Content-Range of 206 and of 416.
[[nodiscard]] std::string content_range(const octet_range& part, std::uint64_t size);
[[nodiscard]] std::string content_range_of_none(std::uint64_t size);

}  // namespace stagecoach::http
