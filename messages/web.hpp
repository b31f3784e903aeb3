// Between an HTTP connection and the site that answers it. A request comes whole, with a body of bounded size; what is
// long or never ends is streamed: the connection asks for octets whenever its socket has taken those before, so a slow
// reader costs what it has been sent and no more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/conversation.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/record.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::messages {

struct http_field {
  std::string name;  // lower-case in requests
  std::string value;
  static constexpr auto fields = described(field(1, "name", &http_field::name), field(2, "value", &http_field::value));
  friend bool operator==(const http_field&, const http_field&) = default;
};

struct http_request {
  trace_context trace;
  std::string method;
  std::string target;  // path and query as sent
  std::string host;
  std::vector<http_field> header;
  std::string body;
  std::string remote_ip;
  bool is_tls = false;
  std::string protocol = {};  // HTTP/1.1, HTTP/2
  static constexpr auto fields =
      described(field(1, "trace", &http_request::trace), field(2, "method", &http_request::method),
                field(3, "target", &http_request::target), field(4, "host", &http_request::host),
                field(5, "header", &http_request::header), field(6, "body", &http_request::body),
                field(7, "remote_ip", &http_request::remote_ip), field(8, "is_tls", &http_request::is_tls),
                field(9, "protocol", &http_request::protocol));
  friend bool operator==(const http_request&, const http_request&) = default;
};

struct http_answer {
  std::uint16_t status = 200;
  std::vector<http_field> header;
  std::string body;
  bool is_streamed = false;                          // the body comes as stream_octets instead
  std::optional<std::uint64_t> streamed_bytes = {};  // exactly so many; none: not known
  static constexpr auto fields =
      described(field(1, "status", &http_answer::status), field(2, "header", &http_answer::header),
                field(3, "body", &http_answer::body), field(4, "is_streamed", &http_answer::is_streamed),
                field(5, "streamed_bytes", &http_answer::streamed_bytes));
  friend bool operator==(const http_answer&, const http_answer&) = default;
};

struct site_talk : conversation<ask_for<http_request, http_answer>> {};

// To the source of a streamed body: the socket has taken all that came, there is room for the next.
struct more_octets {
  trace_context trace;
  static constexpr auto fields = described(field(1, "trace", &more_octets::trace));
  friend bool operator==(const more_octets&, const more_octets&) = default;
};
struct octet_source_talk : conversation<tell<more_octets>> {};

// From the source: source_of; then one for each more_octets, the first of its own accord. None is empty but the last.
// It ends when the connection does.
struct stream_octets {
  trace_context trace;
  std::string octets;
  bool is_last = false;
  bool is_failed = false;  // the rest cannot be had
  static constexpr auto fields =
      described(field(1, "trace", &stream_octets::trace), field(2, "octets", &stream_octets::octets),
                field(3, "is_last", &stream_octets::is_last), field(4, "is_failed", &stream_octets::is_failed));
  friend bool operator==(const stream_octets&, const stream_octets&) = default;
};
struct octet_sink_talk : conversation<tell<stream_octets>> {};
// The first that a source says, before it has any octets and before it does what can fail: by it the other side knows
// who it is, and hears when it ends. It counts as none.
[[nodiscard]] inline stream_octets source_of(const trace_context& trace) { return {trace, {}, false, false}; }

// The session is over: signed out, or too old. Or only its actor has failed, and the next request is served by another.
struct end_session {
  bool is_signed_out = false;
  static constexpr auto fields = described(field(1, "is_signed_out", &end_session::is_signed_out));
  friend bool operator==(const end_session&, const end_session&) = default;
};

// A page that cannot have a stream asks for its next events. `after`: the answers with events that it has got; one that
// was lost on its way is given again.
struct poll_events {
  trace_context trace;
  std::uint32_t after = 0;
  static constexpr auto fields =
      described(field(1, "trace", &poll_events::trace), field(2, "after", &poll_events::after));
  friend bool operator==(const poll_events&, const poll_events&) = default;
};
struct events_polled {
  std::string octets;  // as the stream has them
  static constexpr auto fields = described(field(1, "octets", &events_polled::octets));
  friend bool operator==(const events_polled&, const events_polled&) = default;
};
struct long_poll_talk : conversation<ask_for<poll_events, events_polled>, tell<end_session>> {};

// One who has signed in to the pages: gets the requests that are theirs, from the connection itself.
struct web_session_talk : conversation<ask_for<http_request, http_answer>, tell<end_session>> {};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::http_field>;
extern template struct record_of<messages::http_request>;
extern template struct record_of<messages::http_answer>;
extern template struct record_of<messages::more_octets>;
extern template struct record_of<messages::stream_octets>;
extern template struct record_of<messages::end_session>;
extern template struct record_of<messages::poll_events>;
extern template struct record_of<messages::events_polled>;
}  // namespace stagecoach
