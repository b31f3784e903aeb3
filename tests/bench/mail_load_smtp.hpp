// SMTP as a benchmark sends it: whole messages, the envelope in one write where the server offers PIPELINING (RFC
// 2920), and the time of each step. Used by the `smtp` and `idle` modes of mail_load_bench.
#pragma once

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/bench/mail_load_link.hpp"

namespace stagecoach::bench {

// Text that no compression makes small, in lines of 72 and no line that begins with a dot; cut into messages of one
// size.
class message_maker {
 public:
  explicit message_maker(std::size_t size) : size_(size) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::mt19937_64 random(size);
    pool_.reserve(pool_bytes + size);
    while (pool_.size() < pool_bytes + size) pool_ += letters[random() % letters.size()];
  }

  std::string make(std::uint64_t number) const {
    auto id = std::to_string(number);
    std::string text = "From: sender@localhost\r\nTo: ada@localhost\r\nSubject: load " + id + "\r\nMessage-ID: <" + id +
                       ".load@localhost>\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n\r\n";
    auto from = (number * 4099) % pool_bytes;
    while (text.size() + 2 < size_) {
      auto length = std::min<std::size_t>(72, size_ - text.size() - 2);
      text.append(pool_, from, length);
      text += "\r\n";
      from = (from + length) % pool_bytes;
    }
    return text;
  }

 private:
  static constexpr std::size_t pool_bytes = 1 << 20;
  std::size_t size_;
  std::string pool_;
};

struct sent_times {
  time_point begin;     // MAIL FROM is written
  time_point dot;       // the body with its final dot is written
  time_point accepted;  // 250 has come
};

// The server said something else than what a mail needs.
class smtp_refusal : public std::runtime_error {
 public:
  smtp_refusal(std::string_view asked, std::string_view said)
      : std::runtime_error(std::string(asked) + " was answered: " + std::string(said)),
        is_for_now(said.starts_with('4')) {}
  const bool is_for_now;
};

class smtp_sender {
 public:
  explicit smtp_sender(asio::io_context& io) : link_(io) {}

  // A client with a timeout: the connection ends then, unless the time is moved before.
  void be_patient_until(time_point when) { patience_ = when; }
  [[nodiscard]] bool is_late(time_point at) const { return at > patience_; }
  void give_up() { link_.close(); }

  asio::awaitable<void> open(std::uint16_t port) {
    co_await link_.connect(port);
    co_await expect('2', "the connection");
    co_await link_.write("EHLO load.localhost\r\n");
    auto offered = co_await expect('2', "EHLO");
    pipelines_ = offered.find("PIPELINING") != std::string::npos;
  }

  void never_pipeline() { pipelines_ = false; }

  asio::awaitable<sent_times> send(const std::string& recipient, const std::string& message) {
    sent_times times;
    times.begin = now();
    const std::string mail = "MAIL FROM:<sender@localhost>\r\n";
    const std::string rcpt = "RCPT TO:<" + recipient + ">\r\n";
    if (pipelines_) {
      const std::string all = mail + rcpt + "DATA\r\n";
      co_await link_.write(all);
      co_await expect('2', "MAIL");
      co_await expect('2', "RCPT");
    } else {
      co_await link_.write(mail);
      co_await expect('2', "MAIL");
      co_await link_.write(rcpt);
      co_await expect('2', "RCPT");
      co_await link_.write("DATA\r\n");
    }
    co_await expect('3', "DATA");
    const std::string body = message + ".\r\n";
    co_await link_.write(body);
    times.dot = now();
    co_await expect('2', "the message");
    times.accepted = now();
    co_return times;
  }

  asio::awaitable<void> quit() {
    co_await link_.write("QUIT\r\n");
    co_await expect('2', "QUIT");
  }

 private:
  // The whole reply, all of its lines (RFC 5321 4.2.1); throws unless it is of this class.
  asio::awaitable<std::string> expect(char reply_class, std::string_view asked) {
    std::string all;
    for (;;) {
      auto line = co_await link_.line();
      if (line.empty() || line[0] != reply_class) throw smtp_refusal(asked, line);
      all += line + "\n";
      if (line.size() < 4 || line[3] != '-') co_return all;
    }
  }

  link link_;
  bool pipelines_ = false;
  time_point patience_ = time_point::max();
};

}  // namespace stagecoach::bench
