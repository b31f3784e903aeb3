// IMAP as a benchmark speaks it: sign in, select, wait in IDLE, APPEND, and STATUS. Used by all modes of
// mail_load_bench.
#pragma once

#include <charconv>
#include <optional>
#include <string>

#include "tests/bench/mail_load_link.hpp"

namespace stagecoach::bench {

struct imap_server {
  std::uint16_t port = 0;
  bool tls = false;
  std::string user;
  std::string password;
};

// The number of `* 23 EXISTS`, if the line is one.
inline std::optional<std::uint64_t> exists_of(std::string_view line) {
  if (!line.starts_with("* ") || !line.ends_with(" EXISTS")) return std::nullopt;
  std::uint64_t count = 0;
  auto digits = line.substr(2, line.size() - 9);
  auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return count;
}

class imap_client {
 public:
  explicit imap_client(asio::io_context& io) : link_(io) {}

  asio::awaitable<void> open(const imap_server& server, asio::ssl::context& tls) {
    co_await link_.connect(server.port);
    if (server.tls) co_await link_.secure(tls);
    co_await link_.line();
    const std::string login = "LOGIN \"" + server.user + "\" \"" + server.password + "\"";
    co_await command(login);
  }

  // Selects and says how many messages there are.
  asio::awaitable<std::uint64_t> select(std::string mailbox) {
    const std::string text = "SELECT " + mailbox;
    co_await command(text);
    co_return exists_;
  }

  asio::awaitable<std::uint64_t> messages(std::string mailbox) {
    const std::string text = "STATUS " + mailbox + " (MESSAGES)";
    co_await command(text);
    co_return messages_;
  }

  asio::awaitable<void> begin_idle() {
    co_await link_.write("i IDLE\r\n");
    for (;;) {
      auto line = co_await link_.line();
      if (line.starts_with("+")) co_return;
      if (line.starts_with("i ")) refused("IDLE", line);
    }
  }

  // The count of the next EXISTS, and the moment when it came.
  asio::awaitable<std::uint64_t> next_exists() {
    for (;;) {
      auto line = co_await link_.line();
      if (auto count = exists_of(line)) co_return *count;
      if (line.starts_with("* BYE")) refused("IDLE", line);
    }
  }

  // A synchronising literal, as every server takes it (RFC 9051 4.3).
  asio::awaitable<void> append(std::string mailbox, const std::string& message) {
    const std::string head = "a APPEND " + mailbox + " {" + std::to_string(message.size()) + "}\r\n";
    co_await link_.write(head);
    for (;;) {
      auto line = co_await link_.line();
      if (line.starts_with("+")) break;
      if (line.starts_with("a ")) refused("APPEND", line);
    }
    const std::string body = message + "\r\n";
    co_await link_.write(body);
    co_await tagged("a ", "APPEND");
  }

 private:
  asio::awaitable<void> command(const std::string& text) {
    const std::string whole = "c " + text + "\r\n";
    co_await link_.write(whole);
    co_await tagged("c ", text);
  }

  asio::awaitable<void> tagged(std::string_view tag, std::string_view asked) {
    for (;;) {
      auto line = co_await link_.line();
      if (auto count = exists_of(line)) exists_ = *count;
      if (auto at = line.find("(MESSAGES "); line.starts_with("* STATUS") && at != std::string::npos) {
        messages_ = std::stoull(line.substr(at + 10));
      }
      if (!line.starts_with(tag)) continue;
      if (!line.substr(tag.size()).starts_with("OK")) refused(asked, line);
      co_return;
    }
  }

  link link_;
  std::uint64_t exists_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace stagecoach::bench
