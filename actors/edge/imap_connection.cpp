#include "actors/edge/imap_connection.hpp"

#include "actors/edge/sign_in.hpp"
#include "actors/runtime/stage.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {

constexpr auto look_time = 1min;                              // how often it is seen that somebody has signed in
constexpr std::size_t read_bytes_max_signed_out = 16 * 1024;  // at once; part of what a stranger can make us hold
constexpr std::size_t chunks_out_max = 2;

imap::session_options core_options(const imap_options& from) {
  imap::session_options options;
  options.offers_tls = from.tls.has_value() && !from.tls_from_start;
  options.is_tls = from.tls_from_start;
  options.login_needs_tls = from.login_needs_tls;
  options.append_bytes_max = from.append_bytes_max;
  options.is_pedantic = from.is_pedantic;
  const auto count = [](std::uint64_t limit) { return static_cast<unsigned>(limit); };
  options.allowed = {count(from.limits.failed_logins_per_session),
                     count(from.limits.errors_undelayed),
                     count(from.limits.errors),
                     count(from.limits.stress_errors),
                     std::chrono::seconds(from.limits.error_delay_s),
                     from.limits.signed_out_literal_bytes};
  return options;
}

// What a client asked that cannot be is no trouble of ours.
bool is_trouble(fault_code code) {
  return code != fault_code::not_found && code != fault_code::duplicate && code != fault_code::syntax &&
         code != fault_code::not_empty;
}

struct to_core {
  imap::change operator()(const messages::added& one) const { return imap::message_added{one.message.id}; }
  imap::change operator()(const messages::flags_changed& one) const { return imap::flags_changed{one.id, one.flags}; }
  imap::change operator()(const messages::expunged& one) const { return imap::message_expunged{one.id}; }
};

}  // namespace

imap_connection::imap_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit,
                                 runtime::connected_socket from, imap_options options, services::node_services services)
    : connection(cfg, on, unit, "imap_connection", std::move(from)),
      core_(core_options(options)),
      options_(std::move(options)),
      services_(std::move(services)),
      trace_(runtime::new_trace(on.random())),
      last_heard_(on.clock().steady()) {
  tracing(trace_);
  wire().read_at_most(read_bytes_max_signed_out);
  set_down_handler([this](const caf::down_msg& down) {
    if (!mailbox_ || mailbox_ != down.source) return;
    // A mailbox that somebody looks at ends of its own accord only when it was deleted (RFC 2180 3.3).
    const bool was_deleted = !down.reason || down.reason == caf::exit_reason::normal;
    wire().write(was_deleted ? "* BYE The mailbox was deleted\r\n"
                             : "* BYE The mailbox cannot be read any more; connect again\r\n");
    wire().end();
  });
}

imap_connection::behavior_type imap_connection::make_talk() {
  return {
      [this](const messages::changes& m) { take(m); },
      [this](const messages::drain& m) {
        if (m.now) return quit();
        core_.drain();
        drive();
      },
  };
}

void imap_connection::on_exit() {
  drop_incoming();
  mailbox_ = services::mailbox_handle();
  services_ = {};
  connection::on_exit();
}

void imap_connection::begin() {
  watch_silence();
  if (options_.tls_from_start) {
    wire().start_tls(*options_.tls, certificate_of_client(services_));
  } else {
    core_.start();
    drive();
  }
}

void imap_connection::secured() {
  if (const auto key = wire().client_key()) core_.client_showed(*key);
  if (options_.tls_from_start)
    core_.start();
  else
    core_.tls_started();
  drive();
}

void imap_connection::received(std::string_view bytes) {
  if (core_.is_signed_in()) last_heard_ = on().clock().steady();
  core_.house_is_full(is_house_full());
  core_.received(bytes);
  drive();
}

void imap_connection::drained() {
  if (core_.is_signed_in()) last_heard_ = on().clock().steady();  // a long answer is no silence
  if (std::exchange(awaits_drained_, false)) answered(imap::drained{});
  give_credit();
}

// The outputs in order; an errand that needs an answer ends the row until it is there.
void imap_connection::drive() {
  if (std::exchange(is_driving_, true)) return;
  while (!is_slowed_ && wire().is_open()) {
    auto output = core_.next();
    if (!output) break;
    perform(*output);
  }
  is_driving_ = false;
  if (!wire().is_open()) return;
  const bool disk_is_behind = incoming_ && incoming_->chunks_out >= chunks_out_max;
  if (core_.wants_input() && !is_slowed_ && !disk_is_behind)
    wire().resume();
  else
    wire().pause();
  if (wire().unsent() > 0) watch_stall();
  give_credit();
}

void imap_connection::perform(imap::output& what) {
  std::visit([this](auto& one) { errand(one); }, what);
}

void imap_connection::answered(imap::answer what) {
  core_.answered(std::move(what));
  drive();
}

void imap_connection::refused(const caf::error& why) {
  const auto reason = runtime::to_failure(why);
  if (is_trouble(reason.code))
    log(runtime::log_line(runtime::log_level::warning, "refused").with("user", user_).with("why", reason.what));
  answered(imap::refused{reason.code});
}

void imap_connection::watch_silence() {
  using std::chrono::milliseconds;
  const milliseconds hurry = std::chrono::seconds(options_.limits.stress_s);
  milliseconds allowed = std::chrono::seconds(options_.limits.imap_silence_s);
  milliseconds look = look_time;
  if (!core_.is_signed_in()) {
    allowed = config::time_or_never(options_.limits.sign_in_s);
    if (is_house_full()) allowed = std::min(allowed, hurry);
    if (options_.door != nullptr) look = hurry;
  }
  const auto silent = std::chrono::duration_cast<milliseconds>(on().clock().steady() - last_heard_);
  if (silent < allowed) {
    silence_ = remind(std::min(allowed - silent, look), [this] { watch_silence(); });
  } else {
    core_.timed_out();
    drive();
  }
}

// Looks every so often whether the client has taken anything of what waits for it.
void imap_connection::watch_stall() {
  if (std::exchange(is_watching_stall_, true)) return;
  taken_before_ = written_ - wire().unsent();
  stall_ = remind(std::chrono::seconds(options_.limits.stall_s), [this] {
    is_watching_stall_ = false;
    if (wire().unsent() == 0) return;
    if (written_ - wire().unsent() == taken_before_) return quit();
    watch_stall();
  });
}

void imap_connection::take(const messages::changes& m) {
  if (!watched_ || *watched_ != m.mailbox || !mailbox_ || current_sender() != mailbox_) return;
  std::vector<imap::change> entries;
  entries.reserve(m.entries.size());
  for (const auto& one : m.entries) entries.push_back(std::visit(to_core{}, one));
  unseen_ = m.up_to;
  core_.changed(entries);
  drive();
}

// The mailbox sends no more until we say that these have left.
void imap_connection::give_credit() {
  if (!unseen_ || !mailbox_ || wire().unsent() > 0 || core_.holds_changes()) return;
  send(mailbox_, messages::seen{trace_, *std::exchange(unseen_, std::nullopt)});
}

}  // namespace stagecoach::edge
