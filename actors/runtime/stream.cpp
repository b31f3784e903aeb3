#include "actors/runtime/stream.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <asio/post.hpp>
#include <cerrno>
#include <cstring>

#include "actors/runtime/channel_bindings.hpp"
#include "actors/runtime/client_key.hpp"
#include "protocols/base/check.hpp"

namespace stagecoach::runtime {

namespace {

// After so many reads of one connection its neighbours on the thread have their turn.
constexpr int reads_in_a_row = 4;
// An idle connection keeps no larger queue than this.
constexpr std::size_t kept_queue_bytes = 4096;
// Sent bytes are cut off the queue's front when they are more than this and more than what is left.
constexpr std::size_t cut_bytes = 64 * 1024;
// One SSL_write makes one record of at most this.
constexpr std::size_t tls_record_bytes = 16 * 1024;

failure broken(const char* what) { return {fault_code::disk, std::string(what) + ": " + std::strerror(errno)}; }

}  // namespace

stream::stream(io_unit& unit, stream_owner& owner, connected_socket from)
    : unit_(unit), owner_(owner), unserved_(std::move(from)), peer_(unserved_.peer()), local_(unserved_.local()) {}

stream::~stream() = default;

void stream::start() {
  CHECK(phase_ == phase::unserved);
  phase_ = phase::open;
  const int one = 1;
  const int descriptor = unserved_.descriptor();
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);  // fails on a Unix socket, which needs none
  const int flags = ::fcntl(descriptor, F_GETFL);
  ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
  const int family = local_.ip.empty() ? AF_UNIX : local_.ip.find(':') == std::string::npos ? AF_INET : AF_INET6;
  asio::error_code failed;
  socket_.emplace(unit_.context());
  socket_->assign(asio::generic::stream_protocol(family, 0), descriptor, failed);
  if (failed) {
    socket_.reset();
    return over({fault_code::disk, "cannot serve the socket: " + failed.message()});
  }
  (void)unserved_.release();
  wait_for(stream_event::readable);
}

void stream::happened(stream_event what) {
  switch (what) {
    case stream_event::closed:
      return owner_.closed(*end_);
    case stream_event::again:
      again_posted_ = false;
      break;
    case stream_event::readable:
      waits_to_read_ = false;
      break;
    case stream_event::writable:
      waits_to_write_ = false;
      break;
    case stream_event::handshake_late:
      if (phase_ == phase::handshaking) over({fault_code::too_long, "TLS handshake takes too long"});
      return;
    case stream_event::linger_over:
      if (phase_ == phase::ending) return over({fault_code::too_long, "the peer does not read"});
      if (phase_ == phase::half_closed) over({});
      return;
  }
  if (!socket_ || phase_ == phase::over) return;
  if (phase_ == phase::handshaking) return handshake();
  if (what == stream_event::writable || write_needs_read_) flush();
  if (what != stream_event::writable || read_needs_write_) read_some();
}

// --- reading ---

bool stream::may_read() const {
  if (peer_ended_ || !owner_.wants_more()) return false;
  if (phase_ == phase::open) return !paused_;
  return phase_ == phase::ending || phase_ == phase::half_closed;  // what still comes is thrown away
}

void stream::read_some() {
  read_needs_write_ = false;
  for (int turn = 0; may_read() && turn < reads_in_a_row; ++turn) {
    const auto got = receive();
    if (const auto* bytes = std::get_if<took>(&got)) {
      if (phase_ == phase::open) owner_.received({unit_.read_buffer().data(), bytes->bytes});
      if (!holds_more(bytes->bytes)) break;
    } else if (const auto* wait = std::get_if<must_wait>(&got)) {
      read_needs_write_ = wait->for_what == stream_event::writable;
      return wait_for(wait->for_what);
    } else if (const auto* why = std::get_if<failure>(&got)) {
      return over(*why);
    } else {
      peer_ended_ = true;
      if (phase_ == phase::half_closed) return over({});
      if (phase_ == phase::open) owner_.peer_ended();
      return;
    }
  }
  if (!may_read()) return;
  if (tls_ != nullptr && SSL_has_pending(tls_.get()) == 1) return post(stream_event::again);
  wait_for(stream_event::readable);
}

// Whether it is worth another read at once. OpenSSL reads one record at a time, so what it does not hold is the
// kernel's.
bool stream::holds_more(std::size_t just_read) const {
  if (tls_ != nullptr) return SSL_has_pending(tls_.get()) == 1;
  return just_read == reading_room().size();
}

stream::outcome stream::receive() {
  const auto buffer = reading_room();
  if (tls_ != nullptr) {
    ERR_clear_error();
    return tls_outcome(SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size())));
  }
  const auto got = ::recv(socket_->native_handle(), buffer.data(), buffer.size(), 0);
  if (got > 0) return took{static_cast<std::size_t>(got)};
  if (got == 0) return at_end{};
  if (errno == EAGAIN || errno == EINTR) return must_wait{stream_event::readable};
  return broken("receive");
}

void stream::pause() { paused_ = true; }

void stream::resume() {
  if (!std::exchange(paused_, false) || phase_ != phase::open) return;
  post(stream_event::again);  // never from inside the owner's call
}

std::size_t stream::unread() const {
  if (!socket_) return 0;
  int waiting = 0;
  if (::ioctl(const_cast<socket&>(*socket_).native_handle(), FIONREAD, &waiting) != 0) waiting = 0;
  return static_cast<std::size_t>(waiting) + (tls_ != nullptr ? static_cast<std::size_t>(SSL_pending(tls_.get())) : 0);
}

// --- writing ---

void stream::write(std::string_view bytes) {
  if (!socket_ || (phase_ != phase::open && phase_ != phase::handshaking)) return;
  if (unsent() == 0 && phase_ == phase::open) {
    while (!bytes.empty()) {
      const auto put = send(bytes);
      if (const auto* count = std::get_if<took>(&put)) {
        bytes.remove_prefix(count->bytes);
        continue;
      }
      if (const auto* why = std::get_if<failure>(&put)) return over(*why);
      if (const auto* wait = std::get_if<must_wait>(&put)) {
        write_needs_read_ = wait->for_what == stream_event::readable;
        wait_for(wait->for_what);
      }
      break;
    }
  }
  out_.append(bytes);
}

void stream::flush() {
  write_needs_read_ = false;
  const bool waited = unsent() != 0;
  while (unsent() != 0) {
    const auto put = send(std::string_view(out_).substr(out_at_));
    if (const auto* count = std::get_if<took>(&put)) {
      out_at_ += count->bytes;
      continue;
    }
    if (const auto* why = std::get_if<failure>(&put)) return over(*why);
    if (out_at_ > cut_bytes && out_at_ > unsent()) out_.erase(0, std::exchange(out_at_, 0));
    const auto* wait = std::get_if<must_wait>(&put);
    CHECK(wait != nullptr);
    write_needs_read_ = wait->for_what == stream_event::readable;
    return wait_for(wait->for_what);
  }
  out_at_ = 0;
  out_.clear();
  if (out_.capacity() > kept_queue_bytes) out_.shrink_to_fit();
  if (phase_ == phase::ending) return half_close();
  if (waited && phase_ == phase::open && owner_.wants_more()) owner_.drained();
}

stream::outcome stream::send(std::string_view bytes) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    return tls_outcome(SSL_write(tls_.get(), bytes.data(), static_cast<int>(std::min(bytes.size(), tls_record_bytes))));
  }
  const auto put = ::send(socket_->native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (put >= 0) return took{static_cast<std::size_t>(put)};
  if (errno == EAGAIN || errno == EINTR) return must_wait{stream_event::writable};
  return broken("send");
}

// --- TLS ---

stream::outcome stream::tls_outcome(int returned) const {
  if (returned > 0) return took{static_cast<std::size_t>(returned)};
  const int system_error = errno;
  switch (SSL_get_error(tls_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
      return must_wait{stream_event::readable};
    case SSL_ERROR_WANT_WRITE:
      return must_wait{stream_event::writable};
    case SSL_ERROR_ZERO_RETURN:
      return at_end{};
    case SSL_ERROR_SYSCALL:
      return failure{fault_code::disk, std::string("TLS: ") + std::strerror(system_error)};
    default:
      return failure{fault_code::syntax, "TLS: " + tls_error_text()};
  }
}

void stream::start_tls(const tls_context& context, client_certificate of_client) {
  CHECK(tls_ == nullptr);
  if (!socket_ || phase_ != phase::open) return;
  if (unsent() != 0) return over({fault_code::too_long, "the peer does not read before TLS"});
  tls_ = context.accept(of_client);
  CHECK(SSL_set_fd(tls_.get(), socket_->native_handle()) == 1);
  phase_ = phase::handshaking;
  set_timer(handshake_time, stream_event::handshake_late);
  post(stream_event::again);
}

void stream::handshake() {
  ERR_clear_error();
  const auto step = tls_outcome(SSL_do_handshake(tls_.get()));
  if (const auto* wait = std::get_if<must_wait>(&step)) return wait_for(wait->for_what);
  if (const auto* why = std::get_if<failure>(&step)) return over(*why);
  if (std::holds_alternative<at_end>(step)) return over({fault_code::truncated, "TLS: closed in the handshake"});
  timer_.reset();
  phase_ = phase::open;
  owner_.secured();
  if (phase_ != phase::open || !owner_.wants_more()) return;
  if (unsent() != 0) flush();
  if (may_read()) read_some();
}

std::optional<tls_session> stream::session() const {
  if (!is_secure()) return std::nullopt;
  tls_session of;
  of.version = SSL_get_version(tls_.get());
  of.cipher = SSL_get_cipher_name(tls_.get());
  if (const char* name = SSL_get_servername(tls_.get(), TLSEXT_NAMETYPE_host_name)) of.server_name = name;
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls_.get(), &protocol, &size);
  if (protocol != nullptr) of.protocol.assign(reinterpret_cast<const char*>(protocol), size);
  return of;
}

sasl::channel_bindings stream::bindings() const {
  return is_secure() ? channel_bindings_of(tls_.get()) : sasl::channel_bindings{};
}

std::optional<public_key_hash> stream::client_key() const {
  return is_secure() ? client_key_of(tls_.get()) : std::nullopt;
}

// --- the end ---

void stream::end() {
  if (phase_ == phase::ending || phase_ == phase::half_closed || phase_ == phase::over) return;
  if (!socket_ || phase_ == phase::handshaking) return over({});
  phase_ = phase::ending;
  set_timer(flush_time, stream_event::linger_over);
  if (unsent() == 0) return half_close();
  if (!peer_ended_) wait_for(stream_event::readable);  // a paused one reads on, to notice the end
}

// A socket that is closed with unread bytes resets the connection, and the peer loses our last lines: so we say that we
// have finished and read on for a moment.
void stream::half_close() {
  phase_ = phase::half_closed;
  if (tls_ != nullptr) {
    ERR_clear_error();
    (void)SSL_shutdown(tls_.get());
  }
  ::shutdown(socket_->native_handle(), SHUT_WR);
  if (peer_ended_) return over({});
  set_timer(linger_time, stream_event::linger_over);
  wait_for(stream_event::readable);
}

// Tells the owner once, later: it may be in the middle of a write() of ours.
void stream::over(failure why) {
  if (phase_ == phase::over) return;
  phase_ = phase::over;
  end_ = std::move(why);
  timer_.reset();
  post(stream_event::closed);
}

void stream::close() {
  phase_ = phase::over;
  timer_.reset();
  if (socket_) {
    if (is_secure() && !end_) {
      ERR_clear_error();
      (void)SSL_shutdown(tls_.get());
    }
    asio::error_code ignored;
    socket_->close(ignored);
    socket_.reset();
  }
  const auto never_served = std::move(unserved_);
  tls_.reset();
  out_ = {};
  out_at_ = 0;
}

// --- waiting ---

void stream::wait_for(stream_event what) {
  auto& waits = what == stream_event::readable ? waits_to_read_ : waits_to_write_;
  if (waits || !socket_) return;
  waits = true;
  const auto kind = what == stream_event::readable ? socket::wait_read : socket::wait_write;
  socket_->async_wait(kind, [this, what, kept = owner_.keep_stream()](const asio::error_code& failed) {
    if (failed != asio::error::operation_aborted) owner_.enter_stream(what);
  });
}

void stream::post(stream_event what) {
  if (what == stream_event::again && std::exchange(again_posted_, true)) return;
  asio::post(unit_.context(), [this, what, kept = owner_.keep_stream()] { owner_.enter_stream(what); });
}

void stream::set_timer(std::chrono::seconds after, stream_event what) {
  if (!timer_) timer_ = std::make_unique<asio::steady_timer>(unit_.context());
  timer_->expires_after(after);
  timer_->async_wait([this, what, kept = owner_.keep_stream()](const asio::error_code& failed) {
    if (!failed) owner_.enter_stream(what);
  });
}

}  // namespace stagecoach::runtime
