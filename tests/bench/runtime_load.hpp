// The load client of runtime_bench: one thread, epoll, its own process, so that its descriptors and its memory are not
// the server's.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace stagecoach::bench {

using steady = std::chrono::steady_clock;

[[noreturn]] inline void give_up(const char* what) {
  std::perror(what);
  std::_Exit(1);
}

inline int connect_to(std::uint16_t port) {
  const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (one < 0) give_up("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::connect(one, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) give_up("connect");
  const int on = 1;
  ::setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return one;
}

class load {
 public:
  load(std::uint16_t port, std::size_t connections) : poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < connections; ++i) {
      const int one = connect_to(port);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = one;
      if (::epoll_ctl(poll_, EPOLL_CTL_ADD, one, &event) != 0) give_up("epoll_ctl");
      all_.push_back(one);
    }
  }

  [[nodiscard]] const std::vector<int>& connections() const { return all_; }

  // Every connection sends a line and waits for one, over and over; round trips per second after a moment of warming
  // up.
  double round_trips(std::chrono::milliseconds time) {
    for (const int one : all_) send_line(one);
    (void)turn_until(steady::now() + time / 4);
    const auto began = steady::now();
    const auto count = turn_until(began + time);
    return static_cast<double>(count) / std::chrono::duration<double>(steady::now() - began).count();
  }

  // One connection says go; how long until each of the others has its line, in milliseconds, ascending.
  std::vector<double> fan_out() {
    std::vector<double> times;
    const auto began = steady::now();
    send_line(all_.front());
    while (times.size() + 1 < all_.size()) {
      for (const auto& event : wait()) {
        if (take(event.data.fd) == 0 || event.data.fd == all_.front()) continue;
        times.push_back(std::chrono::duration<double, std::milli>(steady::now() - began).count());
      }
    }
    std::sort(times.begin(), times.end());
    return times;
  }

 private:
  static void send_line(int one) {
    if (::send(one, "ping\n", 5, MSG_NOSIGNAL) != 5) give_up("send");
  }
  // Lines received.
  static std::size_t take(int one) {
    std::array<char, 4096> bytes;
    const auto got = ::recv(one, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got == 0) give_up("the server closed a connection");
    return got < 0 ? 0 : static_cast<std::size_t>(std::count(bytes.begin(), bytes.begin() + got, '\n'));
  }
  std::vector<epoll_event> wait() {
    std::vector<epoll_event> events(512);
    const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 100);
    events.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return events;
  }
  std::uint64_t turn_until(steady::time_point until) {
    std::uint64_t count = 0;
    while (steady::now() < until) {
      for (const auto& event : wait()) {
        if (take(event.data.fd) == 0) continue;
        ++count;
        send_line(event.data.fd);
      }
    }
    return count;
  }

  int poll_;
  std::vector<int> all_;
};

// Opens TLS connections one after the other and keeps them.
inline void open_tls(std::uint16_t port, std::size_t connections) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  for (std::size_t i = 0; i < connections; ++i) {
    SSL* one = SSL_new(context);
    SSL_set_fd(one, connect_to(port));
    std::array<char, 16> greeting;
    if (SSL_connect(one) != 1 || SSL_read(one, greeting.data(), static_cast<int>(greeting.size())) <= 0)
      give_up("TLS handshake");
  }
}

}  // namespace stagecoach::bench
