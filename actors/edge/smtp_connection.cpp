#include "actors/edge/smtp_connection.hpp"

#include "actors/edge/sign_in.hpp"
#include "actors/runtime/stage.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {

constexpr auto command_time = 5min;  // RFC 5321 4.5.3.2.7; for the whole command, however its octets drip
constexpr auto body_time = 3min;     // RFC 5321 4.5.3.2.5; in each such time a body must come at this rate
constexpr std::uint64_t body_octets_per_s = 500;
constexpr auto stall_time = 30s;               // a client that reads nothing for so long is gone
constexpr std::size_t unsent_max = 64 * 1024;  // replies that the client has not read; then we read no more
constexpr std::size_t chunks_out_max = 2;      // at the disk; then we read no more

smtp::session_options core_options(const smtp_options& from, const services::node_services& services) {
  return {services.host_name,
          from.message_bytes_max,
          from.tls.has_value() && !from.tls_from_start,
          from.tls_from_start,
          from.kind,
          from.login_needs_tls,
          from.provokes_errors,
          from.is_pedantic};
}

}  // namespace

smtp_connection::smtp_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit,
                                 runtime::connected_socket from, smtp_options options, services::node_services services)
    : connection(cfg, on, unit, "smtp_connection", std::move(from)),
      core_(core_options(options, services)),
      options_(std::move(options)),
      services_(std::move(services)),
      since_(on.clock().steady()) {}

smtp_connection::behavior_type smtp_connection::make_talk() {
  return {[this](const messages::drain& how) {
    if (how.now) return quit();
    core_.drain();
    drive();
  }};
}

void smtp_connection::on_exit() {
  drop_incoming();
  services_ = {};
  connection::on_exit();
}

void smtp_connection::begin() {
  watch_silence();
  if (options_.tls_from_start) return start_tls();
  drive();
}

void smtp_connection::secured() {
  const auto session = *wire().session();
  tls_text_ = session.version + " " + session.cipher;
  if (const auto key = wire().client_key()) core_.client_showed(*key);
  if (!options_.tls_from_start) core_.tls_started();
  drive();
}

void smtp_connection::received(std::string_view bytes) {
  octets_since_ += bytes.size();
  core_.received(bytes);
  drive();
}

void smtp_connection::drained() {
  stall_.cancel();
  read_or_pause();
}

// It still reads our answers: those that are on their way are waited for.
void smtp_connection::peer_ended() {
  has_peer_ended_ = true;
  drive();
}

// The outputs in order, as far as nothing must be waited for in between.
void smtp_connection::drive() {
  if (std::exchange(is_driving_, true)) return;
  while (!is_slowed_ && wire().is_open()) {
    auto output = core_.next();
    if (!output) break;
    if (!std::holds_alternative<smtp::body_octets>(*output)) {
      since_ = on().clock().steady();
      octets_since_ = 0;
    }
    std::visit([this](auto& one) { perform(one); }, *output);
  }
  is_driving_ = false;
  if (!wire().is_open()) return;
  if (has_peer_ended_ && !is_slowed_ && !core_.is_asking()) return wire().end();
  read_or_pause();
}

void smtp_connection::read_or_pause() {
  const bool disk_is_behind = incoming_ && incoming_->chunks_out >= chunks_out_max;
  if (core_.wants_input() && !is_slowed_ && !disk_is_behind && wire().unsent() < unsent_max) {
    wire().resume();
  } else {
    wire().pause();
  }
  if (wire().unsent() > 0) watch_stall();
}

void smtp_connection::perform(smtp::send& what) { wire().write(what.bytes); }

void smtp_connection::perform(smtp::start_tls&) { start_tls(); }

void smtp_connection::start_tls() {
  const bool is_for_people = options_.kind == smtp::service::submission;
  wire().start_tls(*options_.tls,
                   is_for_people ? certificate_of_client(services_) : runtime::client_certificate::unwanted);
}

void smtp_connection::perform(smtp::wait& what) {
  is_slowed_ = true;
  slowed_ = remind(what.time, [this] {
    is_slowed_ = false;
    drive();
  });
}

// Instead of the usual watch; reading goes on, so that the end of a client that gives up is seen.
void smtp_connection::perform(smtp::fall_silent& what) {
  silence_ = remind(what.time, [this] {
    core_.timed_out();
    drive();
  });
}

void smtp_connection::perform(smtp::close&) { wire().end(); }

void smtp_connection::watch_silence() {
  const auto allowed = core_.is_receiving_body() ? body_time : command_time;
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(on().clock().steady() - since_);
  if (passed >= allowed) return on_silence();
  silence_ = remind(allowed - passed, [this] { watch_silence(); });
}

void smtp_connection::on_silence() {
  const auto needed = body_octets_per_s * static_cast<std::uint64_t>(std::chrono::seconds(body_time).count());
  const bool is_fast_enough = core_.is_receiving_body() && octets_since_ >= needed;
  const bool waits_for_us = core_.is_asking() || is_slowed_ || (incoming_ && incoming_->chunks_out > 0);
  if (!is_fast_enough && !waits_for_us) {
    core_.timed_out();
    return drive();
  }
  since_ = on().clock().steady();
  octets_since_ = 0;
  watch_silence();
}

void smtp_connection::watch_stall() {
  stall_ = remind(stall_time, [this] { quit(); });
}

}  // namespace stagecoach::edge
