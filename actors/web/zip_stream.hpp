// The attachments of a stored message as one zip: the source of a streamed answer, as content_stream is. Octets are
// read, decoded and packed when the socket has taken those before; what is in memory is a piece of one attachment, the
// packer's window and the list of names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "messages/changes.hpp"
#include "messages/store.hpp"
#include "messages/web.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/zip/writer.hpp"

namespace stagecoach::web {

struct zip_member {
  std::string name;
  std::uint64_t offset = 0;  // in the message
  std::uint64_t length = 0;  // as transferred
  std::string encoding;
};

struct zip_content {
  account_id account;
  mailbox_id mailbox;
  uid message;
  zip::extent size = zip::extent::small;
  std::int64_t seconds = 0;  // of its files
  std::vector<zip_member> members;
};

// Its attachments, as a page lists them; of a message without any there are no members.
[[nodiscard]] zip_content zip_content_of(const messages::message_view& view,
                                         const messages::message_structure& structure);
// email-ID-attachments-YYYYMMDD-HHMMSS-SUBJECT.zip
[[nodiscard]] std::string zip_name_of(const messages::message_view& view, std::string_view subject);

class zip_stream final : public runtime::watched<runtime::handle_of<messages::octet_source_talk>> {
 public:
  zip_stream(caf::actor_config& cfg, runtime::stage& on, services::blob_readers readers, zip_content what,
             runtime::handle_of<messages::octet_sink_talk> to);
  void on_exit() override;

 private:
  behavior_type make_behavior() override;
  void go_on();
  void read();
  void take(const std::string& octets);
  void give(bool is_last);
  void fail();

  services::blob_readers readers_;
  zip_content what_;
  std::size_t begun_ = 0;  // members
  std::uint64_t offset_ = 0;
  std::uint64_t left_ = 0;  // of the member that was begun last
  mime::transfer_decoder decoder_;
  zip::writer archive_;
  std::string made_;  // and not sent
  runtime::handle_of<messages::octet_sink_talk> to_;
  trace_context trace_;
};

}  // namespace stagecoach::web
