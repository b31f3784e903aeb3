// The byte stream of one connection, owned by its pinned actor and served on that actor's I/O thread: plain, or TLS
// directly on the descriptor (SSL_set_fd), which needs no buffer of its own: reading goes through the thread's shared
// buffer. What the kernel does not take waits in a queue that the owner can see (unsent), and whoever produces much
// stops until drained(). The owner is told everything as calls in its own context.
#pragma once

#include <algorithm>
#include <asio/generic/stream_protocol.hpp>
#include <asio/steady_timer.hpp>
#include <caf/actor_control_block.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "actors/runtime/io_unit.hpp"
#include "actors/runtime/tls_context.hpp"
#include "protocols/auth/sasl_steps.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::runtime {

// One end of a socket. `ip` is empty for a Unix socket.
struct endpoint {
  std::string ip;
  std::uint16_t port = 0;
};
[[nodiscard]] std::string endpoint_text(const endpoint& of);  // 192.0.2.1:25, [2001:db8::1]:25, unix

// A connected socket that no thread serves yet; closed unless a stream takes it.
class connected_socket {
 public:
  explicit connected_socket(int descriptor) : descriptor_(descriptor) {}
  connected_socket(connected_socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  connected_socket& operator=(connected_socket&&) = delete;
  ~connected_socket();

  [[nodiscard]] endpoint peer() const;
  [[nodiscard]] endpoint local() const;
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

enum class stream_event : std::uint8_t { readable, writable, again, handshake_late, linger_over, closed };

class stream_owner {
 public:
  // Bytes of the peer, valid during the call. The owner may pause, write, start TLS or end here.
  virtual void received(std::string_view bytes) = 0;
  // Everything written has gone to the kernel, after some of it had to wait.
  virtual void drained() = 0;
  // The TLS handshake that start_tls() began is over.
  virtual void secured() = 0;
  // The peer sends no more; it may still read.
  virtual void peer_ended() = 0;
  // The stream is over: after end() (code none), or because it broke. Nothing is called after this.
  virtual void closed(const failure& why) = 0;

 protected:
  virtual ~stream_owner() = default;

 private:
  friend class stream;
  // An event on the thread, to be passed to stream::happened in the actor's context.
  virtual void enter_stream(stream_event what) = 0;
  [[nodiscard]] virtual caf::strong_actor_ptr keep_stream() = 0;
  [[nodiscard]] virtual bool wants_more() const = 0;  // false once the actor has quit
};

struct tls_session {
  std::string version;      // TLSv1.3
  std::string cipher;       // TLS_AES_128_GCM_SHA256
  std::string server_name;  // SNI; empty: none
  std::string protocol;     // ALPN; empty: none
};

inline constexpr std::chrono::seconds handshake_time{15};  // security.md 4.4
inline constexpr std::chrono::seconds flush_time{30};      // for what is unsent at end()
inline constexpr std::chrono::seconds linger_time{2};      // after our FIN, for the peer's

class stream {
 public:
  stream(io_unit& unit, stream_owner& owner, connected_socket from);
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream();

  // --- all on the unit's thread, in the owner's context ---
  void start();  // begins to read
  void write(std::string_view bytes);
  // Bytes that the kernel has not taken yet. The owner stops producing above a bound of its own.
  [[nodiscard]] std::size_t unsent() const { return out_.size() - out_at_; }
  void pause();  // received() is not called until resume()
  void resume();
  // TLS from here on, as the server; then secured(). What the peer sent before in plain text must not be used after
  // (RFC 3207 4.2): the owner drops what it buffers, or refuses the command when it buffers something or unread() is
  // not 0. A peer that does not read the answer to STARTTLS is closed.
  void start_tls(const tls_context& context, client_certificate of_client);
  // How much is read and passed on at once; from the start as much as there is, up to the thread's buffer.
  void read_at_most(std::size_t bytes) { read_max_ = bytes; }
  void read_freely() { read_max_ = std::string::npos; }
  // Bytes of the peer that are here but were not passed to received() yet.
  [[nodiscard]] std::size_t unread() const;
  // No more will be written: sends the rest, says goodbye, waits a moment for the peer's end, then closed().
  void end();
  // At once; closed() is not called. The owner does this in on_exit().
  void close();

  [[nodiscard]] bool is_open() const { return socket_.has_value(); }
  [[nodiscard]] bool is_secure() const { return tls_ != nullptr && phase_ != phase::handshaking; }
  [[nodiscard]] std::optional<tls_session> session() const;  // when secure
  [[nodiscard]] sasl::channel_bindings bindings() const;     // empty ones when it is not
  // Of the certificate that the peer has shown; none: it has shown none, or the stream is not secure.
  [[nodiscard]] std::optional<public_key_hash> client_key() const;
  [[nodiscard]] const endpoint& peer() const { return peer_; }
  [[nodiscard]] const endpoint& local() const { return local_; }

  void happened(stream_event what);  // from stream_owner::enter_stream

 private:
  using socket = asio::generic::stream_protocol::socket;

  // Forward only, except that `handshaking` goes back to `open`.
  enum class phase : std::uint8_t { unserved, open, handshaking, ending, half_closed, over };

  struct took {
    std::size_t bytes;
  };
  struct must_wait {
    stream_event for_what;
  };
  struct at_end {};
  using outcome = std::variant<took, must_wait, at_end, failure>;

  void read_some();
  void flush();
  void handshake();
  void half_close();
  void over(failure why);
  void wait_for(stream_event what);
  void post(stream_event what);
  void set_timer(std::chrono::seconds after, stream_event what);
  [[nodiscard]] bool may_read() const;
  [[nodiscard]] bool holds_more(std::size_t just_read) const;
  [[nodiscard]] std::span<char> reading_room() const {
    const auto buffer = unit_.read_buffer();
    return buffer.first(std::min(buffer.size(), read_max_));
  }
  [[nodiscard]] outcome receive();
  [[nodiscard]] outcome send(std::string_view bytes);
  [[nodiscard]] outcome tls_outcome(int returned) const;

  io_unit& unit_;
  stream_owner& owner_;
  connected_socket unserved_;
  endpoint peer_;
  endpoint local_;
  std::optional<socket> socket_;  // released in close(), on the unit's thread
  ssl_ptr tls_;
  std::unique_ptr<asio::steady_timer> timer_;
  std::string out_;
  std::size_t out_at_ = 0;
  std::size_t read_max_ = std::string::npos;
  std::optional<failure> end_;  // why closed() will be called
  phase phase_ = phase::unserved;
  bool waits_to_read_ = false;
  bool waits_to_write_ = false;
  bool again_posted_ = false;
  bool paused_ = false;
  bool peer_ended_ = false;
  bool read_needs_write_ = false;  // TLS: reading goes on when the socket is writable
  bool write_needs_read_ = false;  // TLS: writing goes on when it is readable
};

}  // namespace stagecoach::runtime
