#include "actors/edge/smtp_connection.hpp"

#include "actors/edge/sign_in.hpp"
#include "actors/runtime/stage.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {

constexpr auto body_time = 3min;                   // RFC 5321 4.5.3.2.5; in each such time a body must come at its rate
constexpr std::size_t unsent_max = 16 * 1024;      // replies that the client has not read; then we read no more
constexpr std::size_t read_bytes_max = 16 * 1024;  // at once while no body comes: what a stranger makes us hold
constexpr std::size_t chunks_out_max = 2;          // at the disk; then we read no more

smtp::session_options core_options(const smtp_options& from, const services::node_services& services) {
  const auto& limits = from.limits;
  smtp::session_limits allowed;
  const bool is_reception = from.kind == smtp::service::reception;
  allowed.recipients_max = is_reception ? limits.recipients : limits.recipients_submitted;
  allowed.errors_before_delay = limits.errors_undelayed;
  allowed.errors_max = limits.errors;
  allowed.errors_max_in_stress = limits.stress_errors;
  allowed.error_delay = std::chrono::seconds(limits.error_delay_s);
  allowed.unknown_recipients_delay = std::chrono::seconds(limits.unknown_recipients_delay_s);
  allowed.failed_logins_max = limits.failed_logins_per_session;
  allowed.idle_commands_max = limits.commands_without_mail;
  return {services.host_name,
          from.message_bytes_max,
          from.tls.has_value() && !from.tls_from_start,
          from.tls_from_start,
          from.kind,
          from.login_needs_tls,
          from.provokes_errors,
          from.is_pedantic,
          allowed};
}

}  // namespace

smtp_connection::smtp_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit,
                                 runtime::connected_socket from, smtp_options options, services::node_services services)
    : connection(cfg, on, unit, "smtp_connection", std::move(from)),
      core_(core_options(options, services)),
      options_(std::move(options)),
      services_(std::move(services)),
      began_(on.clock().steady()),
      since_(began_) {
  wire().read_at_most(read_bytes_max);
}

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
  watch_time();
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
  core_.house_is_full(is_house_full());
  if (!core_.is_receiving_body()) look_at_rates();
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
  time_ = remind(what.time, [this] { time_out(); });
}

void smtp_connection::perform(smtp::close&) { wire().end(); }

// The first of its times that runs out, and no longer than the house may take to become full.
void smtp_connection::watch_time() {
  using std::chrono::milliseconds;
  const auto now = on().clock().steady();
  const auto left = [now](time_point from, milliseconds allowed) {
    return std::chrono::ceil<milliseconds>(from + allowed - now);
  };
  if (!is_over_ && left(began_, config::time_or_never(options_.limits.smtp_session_s)).count() <= 0) {
    is_over_ = true;
    core_.time_is_over();
    drive();
    if (core_.is_closed()) return;
  }
  if (core_.is_stranger() && left(began_, stranger_time()).count() <= 0) return time_out();
  auto next = left(since_, silence_allowed());
  if (next.count() <= 0) return on_silence();
  if (core_.is_stranger()) next = std::min(next, left(began_, stranger_time()));
  if (!is_over_) next = std::min(next, left(began_, config::time_or_never(options_.limits.smtp_session_s)));
  if (options_.door != nullptr && !core_.is_signed_in())
    next = std::min<milliseconds>(next, std::chrono::seconds(options_.limits.stress_s));
  time_ = remind(next, [this] { watch_time(); });
}

// Stricter than RFC 5321 4.5.3.2.7, which gives each command five minutes: who says something each minute and brings
// nothing would have an hour.
std::chrono::milliseconds smtp_connection::stranger_time() const {
  const auto& limits = options_.limits;
  const bool is_submission = options_.kind == smtp::service::submission;
  const auto usual = config::time_or_never(is_submission ? limits.sign_in_s : limits.first_recipient_s);
  return is_house_full() ? std::min<std::chrono::milliseconds>(usual, std::chrono::seconds(limits.stress_s)) : usual;
}

std::chrono::milliseconds smtp_connection::silence_allowed() const {
  if (core_.is_receiving_body()) return body_time;
  const auto& limits = options_.limits;
  const auto seconds =
      is_house_full() && !core_.is_signed_in() ? std::min(limits.command_s, limits.stress_s) : limits.command_s;
  return std::chrono::seconds(seconds);
}

void smtp_connection::time_out() {
  core_.timed_out();
  drive();
}

void smtp_connection::look_at_rates() {
  if (options_.rates == nullptr || options_.kind != smtp::service::reception) return;
  const bool takes_mails = options_.rates->takes_more(wire().peer().ip, on().clock().steady());
  if (std::exchange(takes_mails_, takes_mails) && !takes_mails)
    log(runtime::log_line(runtime::log_level::warning, "refused")
            .with("peer", wire().peer().ip)
            .with("why", "too much mail from its network within a minute"));
  core_.takes_mails(takes_mails);
}

void smtp_connection::on_silence() {
  const auto needed =
      options_.limits.body_bytes_per_s * static_cast<std::uint64_t>(std::chrono::seconds(body_time).count());
  const bool is_fast_enough = core_.is_receiving_body() && octets_since_ >= needed;
  const bool waits_for_us = core_.is_asking() || is_slowed_ || (incoming_ && incoming_->chunks_out > 0);
  if (!is_fast_enough && !waits_for_us) return time_out();
  since_ = on().clock().steady();
  octets_since_ = 0;
  watch_time();
}

void smtp_connection::watch_stall() {
  stall_ = remind(std::chrono::seconds(options_.limits.stall_s), [this] { quit(); });
}

}  // namespace stagecoach::edge
