// A pinned actor with a socket: the base of every connection. It gets the stream's events as virtual calls in its own
// context and its messages on the same thread, so a protocol core needs no lock. It ends when the stream does, and the
// stream with it.
//
//   class smtp_connection final : public connection<connection_handle> {
//     smtp_connection(caf::actor_config& cfg, stage& on, io_unit& unit, connected_socket from, ...)
//         : connection(cfg, on, unit, "smtp_connection", std::move(from)) {}
//     void begin() override { send("220 ...\r\n"); }
//     void received(std::string_view bytes) override { core_.received(bytes); ... send(...); }
//     behavior_type make_talk() override { return {[this](const drain& m) { ... }}; }
//   };
#pragma once

#include <string_view>
#include <utility>

#include "actors/runtime/pinned.hpp"
#include "actors/runtime/stream.hpp"

namespace stagecoach::runtime {

template <class Handle>
class connection : public pinned<Handle>, protected stream_owner {
 public:
  using super = pinned<Handle>;
  using typename super::behavior_type;

  connection(caf::actor_config& cfg, stage& on, io_unit& unit, std::string_view kind, connected_socket from)
      : super(cfg, on, unit, kind, endpoint_text(from.peer())), stream_(unit, *this, std::move(from)) {}

  // Whoever overrides this calls it: the socket is released here, on its own thread.
  void on_exit() override { stream_.close(); }

 protected:
  // What is said first, before the first byte is read; on a TLS port it starts TLS.
  virtual void begin() = 0;
  virtual behavior_type make_talk() = 0;

  void drained() override {}
  void secured() override {}
  // A mail client that sends no more wants no more: what is unsent goes out, then the stream ends.
  void peer_ended() override { stream_.end(); }
  void closed(const failure&) override { this->quit(); }

  [[nodiscard]] stream& wire() { return stream_; }
  [[nodiscard]] const stream& wire() const { return stream_; }

 private:
  behavior_type make_behavior() final {
    auto talk = make_talk();
    stream_.start();
    begin();
    return talk;
  }
  void enter_stream(stream_event what) final {
    this->enter([&] { stream_.happened(what); });
  }
  [[nodiscard]] caf::strong_actor_ptr keep_stream() final { return this->keep(); }
  [[nodiscard]] bool wants_more() const final { return this->alive(); }

  stream stream_;
};

}  // namespace stagecoach::runtime
