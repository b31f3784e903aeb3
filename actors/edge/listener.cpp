#include "actors/edge/listener.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <asio/ip/address.hpp>
#include <system_error>

#include "actors/edge/port_holder.hpp"
#include "actors/runtime/stage.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;
using tcp = asio::ip::tcp;

namespace {
constexpr int backlog = 1024;
constexpr auto pause_after_failure = 500ms;  // out of descriptors: trying on at once would only burn the processor
}  // namespace

result<bound_port, failure> bound_port::bind(const std::string& ip, std::uint16_t port) {
  std::error_code error;
  const auto address = asio::ip::make_address(ip, error);
  if (error) return failure{fault_code::syntax, "\"" + ip + "\" is not an IP address to listen on"};
  const tcp::endpoint where(address, port);
  const int descriptor = ::socket(where.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0)
    return failure{fault_code::disk, "cannot make a socket: " + std::system_category().message(errno)};
  bound_port made(descriptor, address.is_v6());
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(descriptor, where.data(), static_cast<socklen_t>(where.size())) != 0 ||
      ::listen(descriptor, backlog) != 0) {
    const int why = errno;
    auto text = "cannot listen on " + ip + ":" + std::to_string(port) + ": " + std::system_category().message(why);
    if (why != EADDRINUSE) return failure{fault_code::disk, std::move(text)};
    if (const auto holder = find_port_holder(port))
      text += ", by " + holder->name + " (process " + std::to_string(holder->pid) + ")";
    return failure{fault_code::duplicate, std::move(text)};
  }
  made.port_ = made.socket_.local().port;
  return made;
}

listener::listener(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit, bound_port port,
                   listener_options options, admission& door, start_connection start)
    : pinned(cfg, on, unit, "listener", options.name + ":" + std::to_string(port.port())),
      acceptor_(unit.context()),
      port_(std::move(port)),
      options_(std::move(options)),
      start_(std::move(start)),
      door_(door) {
  set_down_handler([this](const caf::down_msg& down) {
    const auto found = peers_.find(down.source);
    if (found == peers_.end()) return;
    door_.left(found->second);
    peers_.erase(found);
    if (is_draining_ && peers_.empty()) quit();
  });
}

listener::behavior_type listener::make_behavior() {
  std::error_code error;
  const auto family = port_.is_ipv6() ? tcp::v6() : tcp::v4();
  acceptor_.assign(family, port_.release(), error);
  CHECK(!error);
  accept();
  return {[this](const messages::drain& how) { drain(how); }};
}

void listener::on_exit() {
  std::error_code ignored;
  acceptor_.close(ignored);
  start_ = {};
  peers_.clear();
}

void listener::accept() {
  acceptor_.async_accept([this, self = keep()](const std::error_code& error, tcp::socket socket) {
    enter([&] {
      if (is_draining_ || error == asio::error::operation_aborted) return;
      if (error) {
        log(runtime::log_line(runtime::log_level::warning, "accept_failed").with("why", error.message()));
        pause_ = remind(pause_after_failure, [this] { accept(); });
        return;
      }
      accepted(socket.release());
      accept();
    });
  });
}

void listener::accepted(int descriptor) {
  runtime::connected_socket socket(descriptor);
  const int on_value = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on_value, sizeof(on_value));
  auto ip = socket.peer().ip;
  // Asked first: whoever is turned away for our sake is not counted.
  if (on().memory().is_tight()) return refuse(descriptor, ip, "too little memory", options_.overloaded);
  if (const auto answer = door_.admit(ip, on().clock().steady()); answer != admitted::yes)
    return refuse(descriptor, ip, text_of(answer), options_.refusal);
  const auto connection = start_(on().units().next(), std::move(socket));
  monitor(connection);
  peers_.emplace(connection.address(), std::move(ip));
}

void listener::refuse(int descriptor, const std::string& ip, std::string_view why, const std::string& text) {
  log(runtime::log_line(runtime::log_level::warning, "refused").with("peer", ip).with("why", why));
  (void)::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void listener::drain(const messages::drain& how) {
  if (!std::exchange(is_draining_, true)) {
    std::error_code ignored;
    acceptor_.close(ignored);
  }
  for (const auto& [who, ip] : peers_)
    if (const auto connection = caf::actor_cast<caf::strong_actor_ptr>(who))
      send(caf::actor_cast<connection_handle>(connection), how);
  if (peers_.empty()) quit();
}

}  // namespace stagecoach::edge
