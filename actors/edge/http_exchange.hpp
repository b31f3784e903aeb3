// One request of a client that the site answers, and the way of its answer to the connection. What streams an answer
// takes this for the one it streams to: so one connection has many at a time, and each ends by itself, when its client
// wants it no more. It compresses, and writes the line of the access log when the answer's size is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/runtime/watched.hpp"
#include "messages/web.hpp"
#include "protocols/http/gzip.hpp"

namespace stagecoach::edge {

// What was asked with what became of it, for the log; `plain_bytes`: before compression.
struct answer_size {
  std::uint16_t status = 0;
  std::uint64_t bytes = 0;
  std::uint64_t plain_bytes = 0;
};
// What an answer of 5xx tells its client, and the log: one finds the other by it, and it says nothing of the trace.
[[nodiscard]] std::string request_id(const trace_context& trace);
[[nodiscard]] runtime::log_line access_line(const messages::http_request& asked, const answer_size& what);

struct http_exchange_talk
    : runtime::joined<messages::site_talk, messages::octet_sink_talk, messages::octet_source_talk> {};
using http_exchange_handle = runtime::handle_of<http_exchange_talk>;

class http_exchange final : public runtime::watched<http_exchange_handle> {
 public:
  http_exchange(caf::actor_config& cfg, runtime::stage& on, runtime::handle_of<messages::site_talk> site);
  void on_exit() override;

 private:
  using source_handle = runtime::handle_of<messages::octet_source_talk>;
  using sink_handle = runtime::handle_of<messages::octet_sink_talk>;
  using promise = runtime::promise<messages::http_answer>;

  behavior_type make_behavior() override;
  runtime::reply<messages::http_answer> serve(const messages::http_request& asked);
  void answered(messages::http_answer what, promise to);
  void take(const messages::stream_octets& m);
  void pass_on(const messages::stream_octets& m);

  runtime::handle_of<messages::site_talk> site_;
  messages::http_request asked_;  // without its body
  answer_size size_;
  sink_handle connection_;
  source_handle source_;
  std::optional<messages::stream_octets> early_;  // came before the head of its answer
  bool is_streaming_ = false;
  std::optional<http::gzip_stream> packer_;  // of a streamed answer that is compressed
};

}  // namespace stagecoach::edge
