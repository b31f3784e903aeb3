// The head of an HTTP/1.1 request, read strictly: what two readers could take for different requests is refused
// (RFC 9112 2 to 7, 11.2). For the server core, which closes the connection after any refusal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stagecoach::http {

enum class version : std::uint8_t { http_1_0, http_1_1, http_2 };

struct field {
  std::string name;   // lower-case
  std::string value;  // without the white space around it
  friend bool operator==(const field&, const field&) = default;
};

// RFC 9112 6.3: how long the body of a request is.
struct no_body {
  friend bool operator==(const no_body&, const no_body&) = default;
};
struct sized_body {
  std::uint64_t bytes = 0;
  friend bool operator==(const sized_body&, const sized_body&) = default;
};
struct chunked_body {
  friend bool operator==(const chunked_body&, const chunked_body&) = default;
};
using body_framing = std::variant<no_body, sized_body, chunked_body>;

struct request_head {
  std::string method;  // case matters (RFC 9110 9.1)
  std::string target;  // origin form: path and query as sent; "*" of OPTIONS
  std::string host;    // of the absolute form, or of Host; lower-case, with its port; empty: HTTP/1.0 without one
  http::version version = version::http_1_1;
  std::vector<field> fields;
  body_framing body;
  bool keeps_alive = true;        // RFC 9112 9.3
  bool expects_continue = false;  // RFC 9110 10.1.1
  // The value of the only field of this name; none: there is none, or more than one.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  friend bool operator==(const request_head&, const request_head&) = default;
};

struct refusal {
  std::uint16_t status = 400;
  std::string_view why;  // static text, for the client and the log
  friend bool operator==(const refusal&, const refusal&) = default;
};

// `text`: from the method up to and with the empty line.
[[nodiscard]] std::variant<request_head, refusal> parse_request_head(std::string_view text);

// What HTTP/2 has in place of a request line, and its fields (RFC 9113 8.3.1). Empty: there is none.
struct request_parts {
  std::string method;
  std::string scheme;
  std::string path;
  std::string authority;
  std::vector<field> fields;
  bool is_ended = false;  // nothing follows the head
};
// The same strictness. 400: it is malformed (RFC 9113 8.1.1), and not worth an answer.
[[nodiscard]] std::variant<request_head, refusal> head_of(request_parts parts);

// Of the first line alone, without its CRLF: none: it is a request line. Who speaks another protocol is told at once.
[[nodiscard]] std::optional<refusal> refusal_of_request_line(std::string_view line);

// tchar of RFC 9110 5.6.2.
[[nodiscard]] bool is_token(std::string_view text);
// RFC 9110 5.5: nothing in it ends a line or hides one.
[[nodiscard]] bool is_field_value(std::string_view text);
// A CR, LF or NUL, which another reader takes for an end.
[[nodiscard]] bool holds_line_end(std::string_view text);
// Without the spaces and tabs around it (OWS).
[[nodiscard]] std::string_view trimmed(std::string_view text);
// A field line without its CRLF (RFC 9112 5); none: it is not one.
[[nodiscard]] std::optional<field> parse_field_line(std::string_view line);

}  // namespace stagecoach::http
