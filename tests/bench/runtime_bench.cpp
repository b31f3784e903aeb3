// runtime_bench [seconds]: what the runtime costs, beside the figures of the measurements that its design rests on
// (docs/decisions.md). Server and client are processes of their own and share the machine's processors, so the ratio
// of two rows says more than either. Each row takes `seconds` (3).
#include <sys/wait.h>

#include <caf/all.hpp>
#include <cstring>
#include <fstream>
#include <functional>
#include <optional>

#include "actors/runtime/connection.hpp"
#include "actors/runtime/record_memory.hpp"
#include "actors/runtime/self_signed.hpp"
#include "actors/runtime/stage.hpp"
#include "actors/runtime/world_real.hpp"
#include "tests/bench/runtime_load.hpp"
#include "tests/support/let_pass.hpp"

namespace stagecoach::bench {

using namespace runtime;
using namespace std::chrono_literals;

struct ping {
  std::uint64_t number = 0;
  static constexpr auto fields = described(field(1, "number", &ping::number));
  friend bool operator==(const ping&, const ping&) = default;
};
struct pong {
  std::uint64_t number = 0;
  static constexpr auto fields = described(field(1, "number", &pong::number));
  friend bool operator==(const pong&, const pong&) = default;
};
struct join {
  std::uint64_t number = 0;
  static constexpr auto fields = described(field(1, "number", &join::number));
  friend bool operator==(const join&, const join&) = default;
};
using stagecoach::inspect;

struct line_talk : conversation<tell<ping>> {};
struct account_talk : conversation<ask_for<ping, pong>> {};
struct hub_talk : conversation<tell<join>, tell<ping>> {};
using line_handle = handle_of<line_talk>;
using account_handle = handle_of<account_talk>;
using hub_handle = handle_of<hub_talk>;

class account final : public watched<account_handle> {
 public:
  account(caf::actor_config& cfg, stage& on) : watched(cfg, on, "account", "") {}

 private:
  behavior_type make_behavior() override {
    return {[](const ping& m) { return pong{m.number}; }};
  }
};

// Whoever joins is sent a ping for each ping.
class hub final : public watched<hub_handle> {
 public:
  hub(caf::actor_config& cfg, stage& on) : watched(cfg, on, "hub", "") {}

 private:
  behavior_type make_behavior() override {
    return {
        [this](const join&) { all_.push_back(sender_speaking<line_talk>()); },
        [this](const ping& m) {
          for (const auto& one : all_) send(one, m);
        },
    };
  }
  std::vector<line_handle> all_;
};

enum class task { echo, ask, fan_out, idle };

struct service {
  task what = task::echo;
  account_handle account;
  hub_handle hub;
  std::optional<tls_context> tls;
};

// A line in, a line out: at once, after asking an account, or when the hub says so.
class line_connection final : public connection<line_handle> {
 public:
  line_connection(caf::actor_config& cfg, stage& on, io_unit& unit, connected_socket from, service of)
      : connection(cfg, on, unit, "line_connection", std::move(from)), of_(std::move(of)) {}
  void on_exit() override {
    of_ = {};
    connection::on_exit();
  }

 private:
  behavior_type make_talk() override {
    return {[this](const ping&) { wire().write("news\n"); }};
  }
  void begin() override {
    if (of_.tls) wire().start_tls(*of_.tls, client_certificate::unwanted);
    if (of_.what == task::fan_out) send(of_.hub, join{});
  }
  void secured() override { wire().write("hello\n"); }
  void received(std::string_view bytes) override {
    if (of_.what == task::fan_out) return send(of_.hub, ping{});
    if (of_.what == task::echo) return wire().write(bytes);
    ask(of_.account, 10s, ping{bytes.size()})
        .then([this](const pong&) { wire().write("pong\n"); }, [this](caf::error&) { quit(); });
  }
  service of_;
};

// --- one server process and one client process per row ---

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

struct setting {
  task what = task::echo;
  std::size_t connections = 100;
  std::size_t io_threads = 2;
  bool secure = false;
};

// Serves `connections`, then waits for a byte on `control` and answers it with what one connection costs in memory.
[[noreturn]] void serve(int listener, int control, const setting& how, const tls_context::files& certificate) {
  real_world outside;
  stage_options options;
  options.io_threads = how.io_threads;
  stage on(options, outside.view());
  std::vector<account_handle> accounts;
  for (int i = 0; i < 16; ++i) accounts.push_back(on.spawn<account>());
  service of{how.what, accounts.front(), on.spawn<hub>(), std::nullopt};
  if (how.secure) {
    auto loaded = tls_context::load(certificate, {});
    if (!loaded) give_up(loaded.error().what.c_str());
    of.tls = *loaded;
  }
  const auto before = resident_bytes();
  for (std::size_t i = 0; i < how.connections; ++i) {
    const int one = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (one < 0) give_up("accept");
    of.account = accounts[i % accounts.size()];
    (void)on.spawn_pinned<line_connection>(on.units().next(), connected_socket(one), of);
  }
  char byte = 0;
  if (::read(control, &byte, 1) != 1) std::_Exit(1);
  const auto each = static_cast<double>(resident_bytes() - before) / static_cast<double>(how.connections);
  if (::write(control, &each, sizeof each) != sizeof each) std::_Exit(1);
  if (::read(control, &byte, 1) < 0) std::_Exit(1);
  std::_Exit(0);  // the client holds the other ends until its own end
}

// Runs `client` against a server process; the result is the client's doubles, then the bytes per connection.
std::vector<double> measure(const setting& how, const tls_context::files& certificate,
                            const std::function<std::vector<double>(std::uint16_t)>& client) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) give_up("bind");
  if (::listen(listener, 4096) != 0) give_up("listen");
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const auto port = ntohs(address.sin_port);
  std::array<int, 2> control{};
  std::array<int, 2> answers{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, control.data()) != 0 || ::pipe(answers.data()) != 0) give_up("pipe");
  const auto server = ::fork();
  if (server == 0) {
    ::close(control[0]);
    serve(listener, control[1], how, certificate);
  }
  ::close(listener);
  ::close(control[1]);
  const auto tester = ::fork();
  if (tester == 0) {
    auto values = client(port);
    double each = 0;
    if (::write(control[0], "x", 1) != 1 || ::read(control[0], &each, sizeof each) != sizeof each) std::_Exit(1);
    values.push_back(each);
    for (const auto value : values)
      if (::write(answers[1], &value, sizeof value) != sizeof value) std::_Exit(1);
    std::_Exit(0);
  }
  ::close(control[0]);
  ::close(answers[1]);
  std::vector<double> values;
  for (double value = 0; ::read(answers[0], &value, sizeof value) == sizeof value;) values.push_back(value);
  ::close(answers[0]);
  ::waitpid(tester, nullptr, 0);
  ::waitpid(server, nullptr, 0);
  return values;
}

void print_row(const char* what, const std::string& here, const char* reference) {
  std::printf("%-46s %24s %24s\n", what, here.c_str(), reference);
  std::fflush(stdout);
}

std::string text(double value, int decimals) {
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%.*f", decimals, value);
  return out.data();
}

std::vector<double> idle(std::uint16_t port, std::size_t connections, bool secure) {
  if (secure) {
    open_tls(port, connections);
    testing::let_pass(500ms);
    return {0};
  }
  const load held(port, connections);
  testing::let_pass(500ms);
  return {0};
}

void network_rows(std::chrono::milliseconds time) {
  std::string pattern = "/tmp/stagecoach-bench-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) give_up("mkdtemp");
  const tls_context::files certificate{pattern + "/cert.pem", pattern + "/key.pem"};
  if (!write_self_signed({{"localhost"}, real_clock().wall(), 30}, certificate)) give_up("certificate");

  struct rate_row {
    const char* what;
    setting how;
    const char* reference;
  };
  const rate_row rates[] = {
      {"echo, 100 connections, 1 I/O thread", {task::echo, 100, 1, false}, "157,000 /s"},
      {"ask, 100 connections, 2 I/O threads", {task::ask, 100, 2, false}, "101,000 /s"},
      {"ask, 5,000 connections, 1 I/O thread", {task::ask, 5000, 1, false}, "72,600 /s"},
      {"ask, 5,000 connections, 2 I/O threads", {task::ask, 5000, 2, false}, "83,200 /s"},
  };
  for (const auto& row : rates) {
    const auto values = measure(row.how, certificate, [&](std::uint16_t port) {
      return std::vector<double>{load(port, row.how.connections).round_trips(time)};
    });
    print_row(row.what, values.empty() ? "failed" : text(values[0], 0) + " /s", row.reference);
  }

  const setting wide{task::fan_out, 10'001, 2, false};
  const auto fan = measure(wide, certificate, [&](std::uint16_t port) {
    load all(port, wide.connections);
    testing::let_pass(500ms);  // everybody joins
    std::vector<std::vector<double>> runs;
    for (int i = 0; i < 5; ++i) runs.push_back(all.fan_out());
    std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.back() < b.back(); });
    const auto& middle = runs[runs.size() / 2];
    return std::vector<double>{middle[middle.size() / 2], middle[middle.size() * 99 / 100]};
  });
  print_row("fan-out to 10,000, p50 / p99",
            fan.size() < 2 ? "failed" : text(fan[0], 1) + " / " + text(fan[1], 1) + " ms", "47.4 / 95 ms");

  for (const bool secure : {false, true}) {
    const setting how{task::idle, secure ? 3000U : 10'000U, 2, secure};
    const auto values =
        measure(how, certificate, [&](std::uint16_t port) { return idle(port, how.connections, secure); });
    print_row(secure ? "memory per idle TLS connection (3,000)" : "memory per idle connection (10,000)",
              values.empty() ? "failed" : text(values.back() / 1024, 2) + " KiB", secure ? "15.8 KiB" : "1.70 KiB");
  }
  for (const auto& one : {certificate.certificate, certificate.key}) ::unlink(one.c_str());
  ::rmdir(pattern.c_str());
}

// --- what watching costs ---

// The same actor without us.
class plain_account final : public account_handle::base {
 public:
  explicit plain_account(caf::actor_config& cfg) : account_handle::base(cfg) {}

 private:
  behavior_type make_behavior() override {
    return {[](const ping& m) { return pong{m.number}; }};
  }
};

constexpr std::uint64_t messages = 300'000;

double flood_ns(caf::actor_system& system, const account_handle& to) {
  caf::scoped_actor self(system, true);
  const auto began = steady::now();
  for (std::uint64_t i = 0; i < messages; ++i) caf::anon_send(to, ping{i});
  self->request(to, caf::infinite, ping{}).receive([](const pong&) {}, [](const caf::error&) { std::abort(); });
  return std::chrono::duration<double, std::nano>(steady::now() - began).count() / static_cast<double>(messages);
}

struct start {
  std::uint64_t rounds = 0;
  static constexpr auto fields = described(field(1, "rounds", &start::rounds));
  friend bool operator==(const start&, const start&) = default;
};
struct player_talk : conversation<ask_for<start, pong>> {};
using player_handle = handle_of<player_talk>;

// Asks the account again on every answer, without a deadline, as the reference did: the worst case, a run per message.
class player final : public player_handle::base {
 public:
  player(caf::actor_config& cfg, account_handle to) : player_handle::base(cfg), to_(std::move(to)) {}

 private:
  behavior_type make_behavior() override {
    return {[this](const start& m) -> reply<pong> {
      left_ = m.rounds;
      finished_ = make_response_promise<pong>();
      turn();
      return finished_;
    }};
  }
  void turn() {
    request(to_, caf::duration{}, ping{left_}).then([this](const pong&) {
      if (--left_ > 0) return turn();
      finished_.deliver(pong{});
      finished_ = {};
    });
  }
  account_handle to_;
  promise<pong> finished_;
  std::uint64_t left_ = 0;
};

double ping_pong_ns(caf::actor_system& system, const account_handle& to) {
  caf::scoped_actor self(system, true);
  const auto one = system.spawn<player>(to);
  const auto began = steady::now();
  self->request(one, caf::infinite, start{messages})
      .receive([](const pong&) {}, [](const caf::error&) { std::abort(); });
  const auto took = std::chrono::duration<double, std::nano>(steady::now() - began).count();
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  return took / static_cast<double>(2 * messages);  // a question and an answer each
}

void watched_rows() {
  real_world outside;
  stage_options options;
  options.scheduler_threads = 1;
  options.io_threads = 1;
  stage on(options, outside.view());
  using measured = double (*)(caf::actor_system&, const account_handle&);
  struct cost_row {
    const char* what;
    measured run;
    const char* reference;
  };
  const cost_row rows[] = {
      {"watched, ns a message, flood: without / with", &flood_ns, "240 / 254 ns"},
      {"watched, ns a message, ping-pong: without / with", &ping_pong_ns, "347 / 387 ns"},
  };
  for (const auto& row : rows) {
    std::vector<double> without;
    std::vector<double> with;
    for (int i = 0; i < 7; ++i) {  // interleaved: the machine's other work hits both
      const auto plain = on.system().spawn<plain_account>();
      without.push_back(row.run(on.system(), plain));
      caf::anon_send_exit(plain, caf::exit_reason::user_shutdown);
      const auto counted = on.spawn<account>();
      with.push_back(row.run(on.system(), counted));
      caf::anon_send_exit(counted, caf::exit_reason::user_shutdown);
    }
    std::sort(without.begin(), without.end());
    std::sort(with.begin(), with.end());
    print_row(row.what, text(without[3], 0) + " / " + text(with[3], 0) + " ns", row.reference);
  }
}

}  // namespace stagecoach::bench

int main(int argc, char** argv) {
  using namespace stagecoach::bench;
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 3;
  if (seconds < 1) {
    std::fprintf(stderr, "usage: runtime_bench [seconds]\n");
    return 2;
  }
  stagecoach::runtime::give_openssl_record_memory(stagecoach::runtime::record_slots(0));
  print_row("runtime", "here", "reference");
  network_rows(std::chrono::seconds(seconds));  // forks, so before any thread
  watched_rows();
  return 0;
}
