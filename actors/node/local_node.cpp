#include "actors/node/local_node.hpp"

#include <caf/scoped_actor.hpp>
#include <filesystem>

#include "actors/console/control.hpp"
#include "actors/edge/http_connection.hpp"
#include "actors/edge/imap_connection.hpp"
#include "actors/edge/listener.hpp"
#include "actors/edge/smtp_connection.hpp"
#include "actors/node/core.hpp"
#include "actors/node/front_page.hpp"
#include "actors/node/room.hpp"
#include "actors/runtime/self_signed.hpp"
#include "actors/web/app_page.hpp"
#include "actors/web/site.hpp"
#include "store/check/check_store.hpp"

namespace stagecoach::node {

using namespace std::chrono_literals;

namespace {

constexpr auto drain_time = 30s;                 // for a running DATA
constexpr std::uint16_t smtp_port = 25;          // RFC 5321 4.5.4.2
constexpr std::uint16_t submission_port = 587;   // RFC 6409 3.1
constexpr std::uint16_t submissions_port = 465;  // RFC 8314 3.3
constexpr std::uint16_t imap_port = 143;         // RFC 9051 2.1
constexpr std::uint16_t imaps_port = 993;        // RFC 8314 3.2
constexpr std::uint16_t http_port = 80;          // RFC 9110 4.2.1
constexpr std::uint16_t https_port = 443;        // RFC 9110 4.2.2

// Of one certificate, and each for its own protocol: a client of another one that was led here is turned away in the
// handshake, if it names its protocol (RFC 7301; RFC 9325 3.7).
struct tls_contexts {
  runtime::tls_context smtp;
  runtime::tls_context imap;
  runtime::tls_context http;
};

// The certificate of this directory, made at the first start.
result<tls_contexts, failure> certificate(const config::local_config& config, unix_ms now) {
  const std::filesystem::path directory = config.directory;
  const runtime::tls_context::files files{directory / "certificate.pem", directory / "certificate-key.pem"};
  std::error_code error;
  if (!std::filesystem::exists(files.certificate, error)) {
    std::filesystem::remove(files.key, error);  // of a start that was cut short
    const auto made = runtime::write_self_signed({{config.host_name, config.ip}, now}, files);
    if (!made) return made.error();
  }
  auto smtp = runtime::tls_context::load(files, {"smtp"});
  if (!smtp) return smtp.error();
  auto imap = runtime::tls_context::load(files, {"imap"});
  if (!imap) return imap.error();
  auto http = runtime::tls_context::load(files, {"h2", "http/1.1"});
  if (!http) return http.error();
  return tls_contexts{std::move(*smtp), std::move(*imap), std::move(*http)};
}

}  // namespace

struct local_node::parts {
  explicit parts(const config::local_config& how) : config(how), door(how.limits), rates(how.limits) {}

  config::local_config config;  // with the limits that there is room for
  edge::admission door;         // before the core: actors end before it does
  edge::delivery_rates rates;
  std::unique_ptr<node::core> core;
  messages::open_ports ports;
  std::string link;  // signs the user in, once; empty: who is not on this machine could see it
  bool has_configured_password = true;
  std::vector<edge::connection_handle> doors;  // listeners and the control socket

  result<std::uint16_t, failure> open(std::uint16_t usual, edge::listener_options options,
                                      edge::start_connection start_one) {
    auto port = edge::bound_port::bind(config.ip, config::local_port(config, usual));
    if (!port) return port.error();
    const auto number = port->port();
    auto& stage = core->stage();
    doors.push_back(stage.spawn_pinned<edge::listener>(stage.units().next(), std::move(*port), std::move(options),
                                                       std::ref(door), std::move(start_one)));
    return number;
  }
  result<done, failure> open_all(const tls_contexts& tls);
  result<done, failure> open_site(const runtime::tls_context& tls);
  void drain();
};

result<done, failure> local_node::parts::open_all(const tls_contexts& tls) {
  auto& stage = core->stage();
  const auto services = core->services();
  const bool login_needs_tls = !config::is_loopback(config);
  const auto start_smtp = [&stage, services](const edge::smtp_options& how) -> edge::start_connection {
    return [&stage, services, how](runtime::io_unit& unit, runtime::connected_socket from) -> edge::connection_handle {
      return stage.spawn_pinned<edge::smtp_connection>(unit, std::move(from), how, services);
    };
  };
  const auto start_imap = [&stage, services](const edge::imap_options& how) -> edge::start_connection {
    return [&stage, services, how](runtime::io_unit& unit, runtime::connected_socket from) -> edge::connection_handle {
      return stage.spawn_pinned<edge::imap_connection>(unit, std::move(from), how, services);
    };
  };
  const auto smtp = [&](smtp::service kind, bool tls_from_start) {
    edge::smtp_options how{tls.smtp, tls_from_start, kind, login_needs_tls, config.limits.message_mib << 20};
    how.provokes_errors = true;
    how.is_pedantic = config.pedantic;
    how.limits = config.limits;
    how.door = &door;
    how.rates = &rates;
    return start_smtp(how);
  };
  const auto imap = [&](bool tls_from_start) {
    return start_imap({tls.imap, tls_from_start, login_needs_tls, config.limits.message_mib << 20, config.pedantic,
                       config.limits, &door});
  };
  const std::string full_smtp = "421 4.7.0 Too many connections\r\n";
  const std::string busy_smtp = "421 4.3.2 Overloaded, try again later\r\n";
  const struct {
    std::uint16_t usual;
    std::uint16_t messages::open_ports::*number;
    edge::listener_options options;
    edge::start_connection start;
  } all[] = {
      {smtp_port, &messages::open_ports::smtp, {"smtp", full_smtp, busy_smtp}, smtp(smtp::service::reception, false)},
      {submission_port,
       &messages::open_ports::submission,
       {"submission", full_smtp, busy_smtp},
       smtp(smtp::service::submission, false)},
      {submissions_port,
       &messages::open_ports::submissions,
       {"submissions", "", ""},
       smtp(smtp::service::submission, true)},
      {imap_port,
       &messages::open_ports::imap,
       {"imap", "* BYE Too many connections\r\n", "* BYE [UNAVAILABLE] Overloaded, try again later\r\n"},
       imap(false)},
      {imaps_port, &messages::open_ports::imaps, {"imaps", "", ""}, imap(true)},
  };
  for (const auto& one : all) {
    const auto number = open(one.usual, one.options, one.start);
    if (!number) return number.error();
    ports.*one.number = *number;
  }
  if (const auto opened = open_site(tls.http); !opened) return opened.error();
  const auto socket = std::filesystem::path(config.directory) / "control.sock";
  doors.push_back(stage.spawn_pinned<console::control>(
      stage.units().next(), socket,
      console::control_targets{services.directory, core->inspector(), {config.ip, ports}}));
  return done{};
}

// After the others: the front page names their ports.
result<done, failure> local_node::parts::open_site(const runtime::tls_context& tls) {
  auto& stage = core->stage();
  std::vector<web::sign_in_link> links;
  if (config::is_loopback(config)) {
    const auto user = core->find_account(config.user);
    if (!user) return user.error();
    link = web::fresh_token(stage.random());
    links.push_back({link, {*user, config.user}});
  }
  const auto pages = std::make_shared<const http::fixed_site>(
      std::vector<http::page>{{"/", "text/html; charset=utf-8", front_page(config, ports)},
                              web::app_page(config.mail_path, web::mail_document())});
  auto sessions = core->read_sessions();
  if (!sessions) return sessions.error();
  const auto site = stage.spawn<web::site>(core->services(), std::move(links), config.mail_path, std::move(*sessions));
  const auto start = [&](std::optional<runtime::tls_context> secure) -> edge::start_connection {
    const edge::http_options how{std::move(secure), pages, std::chrono::seconds(config.limits.stall_s), site};
    return [&stage, how](runtime::io_unit& unit, runtime::connected_socket from) -> edge::connection_handle {
      return stage.spawn_pinned<edge::http_connection>(unit, std::move(from), how);
    };
  };
  const std::string full =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  const auto plain = open(http_port, {"http", full, full}, start(std::nullopt));
  if (!plain) return plain.error();
  ports.http = *plain;
  const auto secure = open(https_port, {"https", "", ""}, start(tls));
  if (!secure) return secure.error();
  ports.https = *secure;
  return done{};
}

// Connections end in their own time, at most drain_time; a commit that was handed in is answered before they do.
void local_node::parts::drain() {
  caf::scoped_actor self{core->stage().system()};
  for (const auto& one : doors) {
    self->monitor(one);  // a listener ends when its last connection has
    self->send(one, messages::drain{false});
  }
  const auto end = std::chrono::steady_clock::now() + drain_time;
  bool is_over = false;
  for (std::size_t ended = 0; ended < doors.size() && !is_over; ++ended)
    self->receive([](const caf::down_msg&) {}, caf::after(std::max(end - std::chrono::steady_clock::now(),
                                                                   std::chrono::steady_clock::duration(0))) >>
                                                   [&] { is_over = true; });
  for (const auto& one : doors) self->send(one, messages::drain{true});
  doors.clear();
}

local_node::local_node(std::unique_ptr<parts> all) : parts_(std::move(all)) {}
local_node::~local_node() { (void)stop(); }
const messages::open_ports& local_node::ports() const { return parts_->ports; }
const std::string& local_node::sign_in_link() const { return parts_->link; }
bool local_node::has_configured_password() const { return parts_->has_configured_password; }

result<std::unique_ptr<local_node>, failure> local_node::start(const config::local_config& wanted,
                                                               runtime::world outside,
                                                               std::function<void()> essential_failed) {
  if (auto problem = config::problem_of(wanted); !problem.empty())
    return failure{fault_code::syntax, std::move(problem)};
  const auto shares = share_out(room_of_this_process(), wanted.limits.connections);
  if (!shares) return shares.error();
  auto config = wanted;
  config.limits.connections = shares->connections;
  core_options options;
  options.directory = config.directory;
  options.host_name = config.host_name;
  options.catch_all = config.user;
  options.limits = config.limits;
  options.index_files = shares->index_files;
  options.large_bodies = shares->large_bodies;
  options.accounts.check_when_idle = config.verify;
  options.stage.essential_failed = std::move(essential_failed);
  if (config.quiet) options.stage.least_logged = runtime::log_level::warning;
  auto core = core::start(std::move(options), outside);
  if (!core) return core.error();
  auto all = std::make_unique<parts>(config);
  all->core = std::move(*core);
  const auto has_password = all->core->ensure_account(config.user, config.password);
  if (!has_password) return has_password.error();
  all->has_configured_password = *has_password;
  for (const auto& one : config.accounts)
    if (const auto made = all->core->give_account(one.name, one.password); !made) return made.error();
  const auto tls = certificate(config, outside.clock.wall());
  if (!tls) return tls.error();
  if (const auto opened = all->open_all(*tls); !opened) {
    all->drain();
    return opened.error();
  }
  return std::unique_ptr<local_node>(new local_node(std::move(all)));
}

std::vector<std::string> local_node::stop() {
  auto& all = *parts_;
  if (!all.core) return {};
  all.drain();
  all.core->stop();
  std::vector<std::string> problems;
  if (all.config.verify) problems = store::check_store(all.core->store()).problems;
  all.core.reset();
  return problems;
}

}  // namespace stagecoach::node
