// Octets of a stored message for a browser: the source of a streamed answer. It reads the next when the socket has
// taken those before.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "messages/web.hpp"
#include "protocols/mime/decoded.hpp"

namespace stagecoach::web {

// Octets of a message, and the transfer encoding that they are in; "" or "8bit": none.
struct content {
  account_id account;
  mailbox_id mailbox;
  uid message;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string encoding;
  std::optional<mime::part> as_text = {};  // in UTF-8, whatever its charset
};

// A request for all of it, or for a part (RFC 9110 14): 206 or 416, with `what` cut to what is wanted. A body in a
// transfer encoding, or a text, is given whole: where its octets are shows only when those before are decoded.
void answer_range(const messages::http_request& asked, content& what, messages::http_answer& made);

class content_stream final : public runtime::watched<runtime::handle_of<messages::octet_source_talk>> {
 public:
  content_stream(caf::actor_config& cfg, runtime::stage& on, services::blob_readers readers, content what,
                 runtime::handle_of<messages::octet_sink_talk> to);
  void on_exit() override;

 private:
  behavior_type make_behavior() override;
  void read();
  void decode(std::string& out, std::string_view octets, bool is_last);

  services::blob_readers readers_;
  content what_;
  mime::transfer_decoder decoder_;
  std::optional<mime::text_decoder> text_;  // instead of it
  runtime::handle_of<messages::octet_sink_talk> to_;
  trace_context trace_;
};

}  // namespace stagecoach::web
