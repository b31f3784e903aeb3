// One connection of the load generator, plain or TLS: lines and bytes in, bytes out, as coroutines on one thread. It
// knows nothing of SMTP or IMAP but that both speak in lines that end in CRLF. Failures are exceptions
// (std::system_error, or std::runtime_error with what the server said): a benchmark that meets one counts it and says
// the first.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace stagecoach::bench {

using time_point = std::chrono::steady_clock::time_point;

inline time_point now() { return std::chrono::steady_clock::now(); }

class link {
 public:
  explicit link(asio::io_context& io) : socket_(io) {}

  asio::awaitable<void> connect(std::uint16_t port) {
    asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), port);
    co_await socket_.async_connect(server, asio::use_awaitable);
    socket_.set_option(asio::ip::tcp::no_delay(true));
  }

  // From here on everything goes through TLS. The certificate of a test server proves nothing and is not looked at.
  asio::awaitable<void> secure(asio::ssl::context& context) {
    tls_ = std::make_unique<tls_stream>(socket_, context);
    co_await tls_->async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  }

  asio::awaitable<void> write(std::string_view bytes) {
    if (tls_) {
      co_await asio::async_write(*tls_, asio::buffer(bytes), asio::use_awaitable);
    } else {
      co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    }
  }

  // The next line without its CRLF.
  asio::awaitable<std::string> line() {
    for (;;) {
      if (auto end = buffer_.find("\r\n", read_); end != std::string::npos) {
        std::string found = buffer_.substr(read_, end - read_);
        read_ = end + 2;
        co_return found;
      }
      co_await more();
    }
  }

  // Whatever is awaited on it fails.
  void close() {
    std::error_code ignored;
    socket_.close(ignored);
  }

  // Drops so many bytes: the literal that a line has announced.
  asio::awaitable<void> skip(std::size_t bytes) {
    while (buffer_.size() - read_ < bytes) co_await more();
    read_ += bytes;
  }

 private:
  using tls_stream = asio::ssl::stream<asio::ip::tcp::socket&>;

  asio::awaitable<void> more() {
    buffer_.erase(0, read_);
    read_ = 0;
    constexpr std::size_t step = 4096;
    auto had = buffer_.size();
    buffer_.resize(had + step);
    auto room = asio::buffer(buffer_.data() + had, step);
    std::size_t got = 0;
    if (tls_) {
      got = co_await tls_->async_read_some(room, asio::use_awaitable);
    } else {
      got = co_await socket_.async_read_some(room, asio::use_awaitable);
    }
    buffer_.resize(had + got);
  }

  asio::ip::tcp::socket socket_;
  std::unique_ptr<tls_stream> tls_;
  std::string buffer_;
  std::size_t read_ = 0;
};

[[noreturn]] inline void refused(std::string_view asked, std::string_view said) {
  throw std::runtime_error(std::string(asked) + " was answered: " + std::string(said));
}

}  // namespace stagecoach::bench
