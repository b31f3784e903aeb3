#include "actors/runtime/stage.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <csignal>

#include "actors/runtime/errors.hpp"
#include "protocols/base/check.hpp"

namespace stagecoach::runtime {

class stage::config : public caf::actor_system_config {
 public:
  explicit config(const stage_options& options) {
    // 'sharing' sleeps when there is nothing to do; work stealing polls.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", options.scheduler_threads);
    set("scheduler.max-throughput", options.throughput);
    register_errors(*this);
  }
};

stage::stage(const stage_options& options, const world& outside)
    : outside_(outside),
      least_logged_(options.least_logged),
      essential_failed_(options.essential_failed),
      wheel_(outside.clock, options.tick) {
  CHECK(options.scheduler_threads > 0);
  CHECK(options.io_threads > 0);
  CHECK(options.throughput > 0);
  // OpenSSL writes to sockets without MSG_NOSIGNAL: a peer that is gone is an error of that write, not of the process.
  std::signal(SIGPIPE, SIG_IGN);
  config_ = std::make_unique<config>(options);
  system_ = std::make_unique<caf::actor_system>(*config_);
  units_ = std::make_unique<io_units>(*system_, outside.clock, options.tick, options.io_threads, options.throughput);
}

stage::~stage() { stop(); }

void stage::log(const log_line& line) const {
  if (line.level() < least_logged_) return;
  outside_.log.write("time=" + log_time(outside_.clock.wall()) + " " + line.text());
}

void stage::stop() {
  if (!system_) return;
  end_all_actors();
  units_->stop();
  units_.reset();   // drops the last handlers, and with them actors
  system_.reset();  // joins the scheduler
  wheel_.stop();
}

void stage::end_all_actors() {
  using namespace std::chrono_literals;
  for (int round = 1;; ++round) {
    for (const auto& one : registry_.living({})) {
      registry_.unpark(one->id());
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    }
    if (registry_.await_none(100ms)) break;  // an actor may have been born meanwhile
    if (round % 100 != 0) continue;
    for (const auto& row : registry_.snapshot({}).actors)
      log(log_line(log_level::warning, "still waiting for an actor to end")
              .with("actor", std::string_view(row.kind + ":" + row.name))
              .with("last", std::string_view(row.last_message)));
  }
  system_->await_all_actors_done();
}

}  // namespace stagecoach::runtime
