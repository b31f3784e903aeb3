// `stagecoach localserve`: a mail world on this machine. Every address is accepted, all mail goes to one account,
// nothing leaves.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <iostream>
#include <memory>

#include "actors/commands/report.hpp"
#include "actors/node/local_node.hpp"
#include "actors/runtime/world_real.hpp"
#include "protocols/base/json_write.hpp"

namespace stagecoach::commands {

namespace {

struct options {
  config::local_config config;
  bool json = false;
  bool fresh = false;
};

struct ready_answer {
  bool ok = true;
  std::int32_t pid = 0;
  std::string dir;
  node::local_ports ports;
  std::string control;
  static constexpr auto fields = described(field(1, "ok", &ready_answer::ok), field(2, "pid", &ready_answer::pid),
                                           field(3, "dir", &ready_answer::dir), field(4, "ports", &ready_answer::ports),
                                           field(5, "control", &ready_answer::control));
  friend bool operator==(const ready_answer&, const ready_answer&) = default;
};

exit_code refuse(const options& chosen, const failure& why) {
  const bool is_taken = why.code == fault_code::duplicate || why.code == fault_code::busy;
  const auto code = is_taken                         ? exit_code::already_there
                    : why.code == fault_code::syntax ? exit_code::wrong_usage
                                                     : exit_code::failed;
  const std::string hint = is_taken ? "another --port-offset, for example 2000, or another --dir" : "";
  return chosen.json ? fail_json(code, why.what, hint) : fail(code, why.what, hint);
}

void greet(const options& chosen, const node::local_ports& ports) {
  const auto& config = chosen.config;
  if (chosen.json) {
    std::cout << write_json(ready_answer{true, static_cast<std::int32_t>(::getpid()), config.directory, ports,
                                         config.directory + "/control.sock"})
              << std::endl;
    return;
  }
  std::cout << "stagecoach " << STAGECOACH_VERSION << " local test server   (data: " << config.directory << ")\n\n"
            << "  user  " << config.user << "   password  " << config.password << "\n\n"
            << "  smtp   " << config.ip << ":" << ports.smtp << "            receive, any address is accepted\n"
            << "  smtp   " << config.ip << ":" << ports.submission << ", :" << ports.submissions << " tls  submit\n"
            << "  imap   " << config.ip << ":" << ports.imap << ", :" << ports.imaps << " tls  read\n\n"
            << "Nothing leaves this machine: all mail is delivered here.\n"
            << "Try:  swaks --server " << config.ip << ":" << ports.smtp << " --to " << config.user << "\n"
            << "Ctrl-C stops. Restarting keeps the data; --fresh starts over.\n"
            << std::endl;
}

// Only what localserve made: a directory that holds anything else is never removed.
result<done, failure> start_over(const std::filesystem::path& directory) {
  std::error_code error;
  if (!std::filesystem::exists(directory, error)) return done{};
  if (!std::filesystem::is_empty(directory, error) && !std::filesystem::exists(directory / "index", error))
    return failure{fault_code::syntax,
                   "--fresh: " + directory.string() + " holds no mail of ours; nothing was removed"};
  std::filesystem::remove_all(directory, error);
  if (error) return failure{fault_code::disk, "--fresh: " + directory.string() + ": " + error.message()};
  return done{};
}

exit_code serve(const options& chosen) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // before any thread is made, so that only this one takes them
  signal(SIGPIPE, SIG_IGN);
  if (chosen.fresh)
    if (const auto emptied = start_over(chosen.config.directory); !emptied) return refuse(chosen, emptied.error());
  runtime::real_world outside;
  std::atomic<bool> has_failed = false;
  auto node = node::local_node::start(chosen.config, outside.view(), [&has_failed] {
    has_failed = true;
    ::kill(::getpid(), SIGTERM);
  });
  if (!node) return refuse(chosen, node.error());
  greet(chosen, (*node)->ports());
  int which = 0;
  sigwait(&ending, &which);
  const auto problems = (*node)->stop();
  for (const auto& problem : problems) std::cerr << "stagecoach: verify: " << problem << "\n";
  if (!problems.empty()) return exit_code::problems_found;
  return has_failed ? exit_code::failed : exit_code::good;
}

}  // namespace

void declare_localserve(CLI::App& app, exit_code& code) {
  const auto chosen = std::make_shared<options>();
  auto& config = chosen->config;
  config.directory = default_directory().string();
  app.add_option("--dir", config.directory, "data directory")->capture_default_str();
  app.add_option("--ip", config.ip, "address to listen on")->capture_default_str();
  app.add_option("--port-offset", config.port_offset, "added to the usual ports; 0: free ports")->capture_default_str();
  app.add_flag("--json", chosen->json, "print the ports as one line of JSON when ready");
  app.add_flag("--fresh", chosen->fresh, "remove the data of the last time first");
  app.add_flag("--verify", config.verify, "check each account when it goes idle and everything at the end");
  app.add_flag("--pedantic", config.pedantic, "refuse, and name, what careless clients get away with elsewhere");
  app.callback([chosen, &code] { code = serve(*chosen); });
}

}  // namespace stagecoach::commands
