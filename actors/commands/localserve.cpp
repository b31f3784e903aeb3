// `stagecoach localserve`: a mail world on this machine. Every address is accepted, all mail goes to one account,
// nothing leaves.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>

#include "actors/commands/report.hpp"
#include "actors/commands/table.hpp"
#include "actors/node/local_node.hpp"
#include "actors/runtime/world_real.hpp"
#include "protocols/base/json_write.hpp"

namespace stagecoach::commands {

namespace {

// What failed may be needed to stop in order: then the kernel ends the process.
constexpr unsigned end_seconds = 60;

struct options {
  config::local_config config;
  bool json = false;
  bool fresh = false;
  std::vector<std::string> accounts;  // name:password
  bool limits = false;
  std::vector<std::string> limit;  // name=value
};

struct ready_answer {
  bool ok = true;
  std::int32_t pid = 0;
  std::string dir;
  messages::open_ports ports;
  std::string control;
  std::string link;  // signs the user in to the webmail, once
  static constexpr auto fields =
      described(field(1, "ok", &ready_answer::ok), field(2, "pid", &ready_answer::pid),
                field(3, "dir", &ready_answer::dir), field(4, "ports", &ready_answer::ports),
                field(5, "control", &ready_answer::control), field(6, "link", &ready_answer::link));
};

exit_code refuse(const options& chosen, const failure& why) {
  const bool is_taken = why.code == fault_code::duplicate || why.code == fault_code::busy;
  const auto code = is_taken                         ? exit_code::already_there
                    : why.code == fault_code::syntax ? exit_code::wrong_usage
                                                     : exit_code::failed;
  const std::string hint = is_taken ? "another --port-offset, for example 2000, or another --dir"
                           : why.code == fault_code::full
                               ? "ulimit -n, or LimitNOFILE= of the service, says how many descriptors it may have"
                           : why.code == fault_code::corrupt
                               ? "stagecoach verify --plan --dir " + chosen.config.directory
                               : "";
  return chosen.json ? fail_json(code, why.what, hint) : fail(code, why.what, hint);
}

// The home directory as people write it.
std::string short_path(const std::string& path) {
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return path;
  const std::string start = std::string(home) + "/";
  return path.starts_with(start) ? "~/" + path.substr(start.size()) : path;
}

std::string http_host(const std::string& ip) { return ip.find(':') == std::string::npos ? ip : "[" + ip + "]"; }

void print_services(const std::string& ip, const messages::open_ports& ports) {
  const std::string host = http_host(ip);
  const auto line = [&](std::string_view kind, const std::string& where, std::string_view what) {
    std::cout << "  " << kind << "   " << std::left << std::setw(25) << host + ":" + where << "  " << what << "\n";
  };
  const auto two = [](std::uint16_t plain, std::uint16_t tls) {
    return std::to_string(plain) + ", :" + std::to_string(tls) + " tls";
  };
  line("smtp", std::to_string(ports.smtp), "receive, any address is accepted");
  line("smtp", two(ports.submission, ports.submissions), "submit");
  line("imap", two(ports.imap, ports.imaps), "read");
  line("http", two(ports.http, ports.https), "webmail, API (stagecoach api), what is where");
}

using steady = std::chrono::steady_clock;

void greet(const options& chosen, const node::local_node& node, bool is_new, steady::time_point began) {
  const auto& config = chosen.config;
  const auto& ports = node.ports();
  if (chosen.json) {
    std::cout << write_json(ready_answer{true, static_cast<std::int32_t>(::getpid()), config.directory, ports,
                                         config.directory + "/control.sock", node.sign_in_link()})
              << std::endl;
    return;
  }
  if (config.quiet) return;
  const bool is_usual = config.directory == default_directory().string();
  std::cout << "stagecoach " << STAGECOACH_VERSION << " local test server   (data: " << short_path(config.directory)
            << (is_new ? ", new" : "") << ")\n\n"
            << "  Webmail   http://" << http_host(config.ip) << ":" << ports.http << config.mail_path
            << (node.sign_in_link().empty() ? "" : "#link=" + node.sign_in_link()) << "\n"
            << (node.sign_in_link().empty() ? "" : "            signs you in as " + config.user + ", once\n") << "\n"
            << "  user  " << config.user << "   password  "
            << (node.has_configured_password() ? config.password : "(as it was set)") << "\n";
  for (const auto& one : config.accounts)
    std::cout << "  user  " << one.name << "   password  " << one.password << "\n";
  std::cout << "\n";
  print_services(config.ip, ports);
  std::cout << "\nNothing leaves this machine: all mail is delivered here.\n"
            << "Provoke errors with the address: temperror@ permerror@ 452@ timeout@ slow5s@ greylist@\n"
            << "  (prefix mailfrom- or rcptto- to get it at that command)\n"
            << "Try:  stagecoach send " << (is_usual ? "" : "--dir " + config.directory + " ") << "--to " << config.user
            << " --subject hello\n"
            << "Ctrl-C stops. Restarting keeps the data; --fresh starts over.\n\n"
            << "ready in " << std::chrono::ceil<std::chrono::milliseconds>(steady::now() - began).count() << " ms"
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

// Empty: all is well; else which is none.
std::string read_accounts(options& chosen) {
  for (const auto& text : chosen.accounts) {
    auto account = config::parse_account(text, chosen.config.host_name);
    if (!account) return "--account " + text.substr(0, text.find(':')) + " is not name:password";
    chosen.config.accounts.push_back(std::move(*account));
  }
  return {};
}

result<done, failure> read_limits(options& chosen) {
  auto& limits = chosen.config.limits;
  if (chosen.limits) limits = config::limit_table();
  for (const auto& text : chosen.limit)
    if (const auto set = config::set_limit(limits, text); !set)
      return failure{fault_code::syntax, "--limit " + set.error().what};
  return done{};
}

exit_code serve(options& chosen) {
  const auto began = steady::now();
  if (auto problem = read_accounts(chosen); !problem.empty())
    return refuse(chosen, failure{fault_code::syntax, std::move(problem)});
  if (const auto read = read_limits(chosen); !read) return refuse(chosen, read.error());
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // before any thread is made, so that only this one takes them
  signal(SIGPIPE, SIG_IGN);
  if (chosen.fresh)
    if (const auto emptied = start_over(chosen.config.directory); !emptied) return refuse(chosen, emptied.error());
  std::error_code ignored;
  const bool is_new = !std::filesystem::exists(std::filesystem::path(chosen.config.directory) / "index", ignored);
  runtime::real_world outside;
  std::atomic<bool> has_failed = false;
  auto node = node::local_node::start(chosen.config, outside.view(), [&has_failed] {
    has_failed = true;
    ::alarm(end_seconds);  // who supervises us waits for our end
    ::kill(::getpid(), SIGTERM);
  });
  if (!node) return refuse(chosen, node.error());
  greet(chosen, **node, is_new, began);
  int which = 0;
  sigwait(&ending, &which);
  const auto problems = (*node)->stop();
  for (const auto& problem : problems) std::cerr << "stagecoach: verify: " << shown(problem) << "\n";
  if (!problems.empty()) return exit_code::problems_found;
  return has_failed ? exit_code::failed : exit_code::good;
}

}  // namespace

void declare_localserve(command_line& line) {
  const auto chosen = std::make_shared<options>();
  auto& config = chosen->config;
  config.directory = default_directory().string();
  line.add("--dir", config.directory, "data directory");
  line.add("--ip", config.ip, "address to listen on");
  line.add("--port-offset", config.port_offset, "added to the usual ports; 0: free ports");
  line.add("--mail-path", config.mail_path, "where the webmail is");
  line.add("--account", chosen->accounts, "name:password of one more account; can be given again");
  line.add_flag("--json", chosen->json, "print the ports as one line of JSON when ready");
  line.add_flag("--fresh", chosen->fresh, "remove the data of the last time first");
  line.add_flag("--quiet", config.quiet, "say only what is wrong");
  line.add_flag("--limits", chosen->limits, "limit clients as a server on the internet does: stagecoach limits");
  line.add("--limit", chosen->limit, "name=value of one limit; can be given again");
  line.add_flag("--verify", config.verify, "check each account when it goes idle and everything at the end");
  line.add_flag("--pedantic", config.pedantic, "refuse, and name, what careless clients get away with elsewhere");
  line.runs([chosen] { return serve(*chosen); });
}

}  // namespace stagecoach::commands
