// A load generator for any SMTP and IMAP server on the loopback, the same for ours and for the peers beside it. One
// thread, one coroutine a connection; prints one line of JSON. tests/bench/mail_bench.py runs it; tests/bench/README.md
// explains it.
//
//   mail_load_bench smtp   --smtp P --connections N --mails M --size S [--seconds T] [--pipelining no] [--imap P]
//                          [--session-mails K] [--again yes --pause MS] [--patience MS] [--first N --ledger FILE]
//   mail_load_bench append --imap P --connections N --mails M --size S [--seconds T] [--tls yes]
//   mail_load_bench idle   --smtp P --imap P --clients K --mails M --size S [--tls yes] [--pause MS]
//   mail_load_bench hold   --imap P --clients K [--tls yes]        holds K sessions in IDLE until its input ends

#include <sys/resource.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/steady_timer.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "tests/bench/mail_load_figures.hpp"
#include "tests/bench/mail_load_imap.hpp"
#include "tests/bench/mail_load_smtp.hpp"

namespace stagecoach::bench {
namespace {

class options {
 public:
  options(int count, char** words) {
    for (int i = 2; i + 1 < count; i += 2) all_[words[i]] = words[i + 1];
  }

  std::string text(const std::string& name, const std::string& otherwise) const {
    auto found = all_.find("--" + name);
    return found == all_.end() ? otherwise : found->second;
  }

  std::uint64_t number(const std::string& name, std::uint64_t otherwise) const {
    return std::stoull(text(name, std::to_string(otherwise)));
  }

  bool yes(const std::string& name, bool otherwise) const { return text(name, otherwise ? "yes" : "no") == "yes"; }
  bool has(const std::string& name) const { return all_.contains("--" + name); }
  std::uint16_t port(const std::string& name) const { return static_cast<std::uint16_t>(number(name, 0)); }

  imap_server imap() const {
    return {port("imap"), yes("tls", false), text("user", "ada@localhost"), text("password", "stagecoach")};
  }

 private:
  std::map<std::string, std::string> all_;
};

struct failures {
  std::uint64_t count = 0;
  std::string first;

  void add(const std::exception& why) {
    if (count++ == 0) first = why.what();
  }
};

asio::awaitable<void> pause(asio::io_context& io, std::chrono::milliseconds time) {
  asio::steady_timer timer(io, time);
  co_await timer.async_wait(asio::use_awaitable);
}

std::chrono::milliseconds milliseconds(std::uint64_t count) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(count));
}

double seconds_between(time_point from, time_point to) { return std::chrono::duration<double>(to - from).count(); }

// --- smtp ---

class smtp_load {
 public:
  smtp_load(asio::io_context& io, const options& given)
      : io_(io), given_(given), maker_(given.number("size", 4096)), mails_(given.number("mails", 1000)) {}

  void run() {
    auto connections = given_.number("connections", 1);
    open_ = connections;
    if (given_.has("imap"))
      asio::co_spawn(io_, watch(), asio::detached);
    else
      begin();
    io_.run();
    report();
  }

 private:
  void begin() {
    began_ = now();
    until_ = began_ + std::chrono::seconds(given_.number("seconds", 3600));
    for (std::uint64_t i = 0; i < open_; ++i) asio::co_spawn(io_, connection(), asio::detached);
    if (given_.has("patience")) asio::co_spawn(io_, lose_patience(), asio::detached);
  }

  [[nodiscard]] bool goes_on() const { return next_ < mails_ && now() < until_; }

  asio::awaitable<void> connection() {
    const bool comes_again = given_.yes("again", false);
    do {
      bool is_good = true;
      smtp_sender sender(io_);
      senders_.insert(&sender);
      try {
        co_await session(sender);
      } catch (const smtp_refusal& why) {
        is_good = false;
        if (!why.is_for_now || !comes_again) failed_.add(why);
        refused_ += why.is_for_now ? 1 : 0;
      } catch (const std::exception& why) {
        is_good = false;
        if (sender.is_late(now()))
          ++late_;
        else
          failed_.add(why);
      }
      senders_.erase(&sender);
      if (!is_good && comes_again) co_await pause(io_, milliseconds(given_.number("pause", 100)));
    } while (goes_on() && (comes_again || given_.has("session-mails")));
    --open_;
  }

  asio::awaitable<void> session(smtp_sender& sender) {
    const auto recipient = given_.text("recipient", "ada@localhost");
    const auto patience = milliseconds(given_.number("patience", 3'600'000));
    const auto mails = given_.number("session-mails", UINT64_MAX);
    sender.be_patient_until(now() + patience);
    co_await sender.open(given_.port("smtp"));
    if (!given_.yes("pipelining", true)) sender.never_pipeline();
    for (std::uint64_t sent = 0; sent < mails && goes_on(); ++sent) {
      const auto number = given_.number("first", 0) + next_++;
      const auto message = maker_.make(number);
      sender.be_patient_until(now() + patience);
      const auto times = co_await sender.send(recipient, message);
      ++accepted_;
      if (given_.has("ledger")) acknowledged_.push_back(number);
      whole_.add(times.accepted - times.begin);
      last_accepted_ = times.accepted;
    }
    co_await sender.quit();
  }

  asio::awaitable<void> lose_patience() {
    while (open_ > 0) {
      co_await pause(io_, milliseconds(50));
      const auto at = now();
      for (auto* one : senders_)
        if (one->is_late(at)) one->give_up();
    }
  }

  // Looks into the mailbox until all that was accepted is there. The polls cost the server little (ten a second).
  asio::awaitable<void> watch() {
    try {
      asio::ssl::context tls(asio::ssl::context::tls_client);
      imap_client client(io_);
      const auto server = given_.imap();
      co_await client.open(server, tls);
      const auto before = co_await client.messages("INBOX");
      begin();
      const auto until = now() + std::chrono::seconds(300);
      while (now() < until) {
        co_await pause(io_, milliseconds(given_.number("look-every", 100)));
        stored_ = co_await client.messages("INBOX") - before;
        last_stored_ = now();
        if (open_ == 0 && stored_ >= accepted_) co_return;
      }
    } catch (const std::exception& why) {
      failed_.add(why);
      if (began_ == time_point{}) open_ = 0;
    }
  }

  void report() {
    json_line out;
    out.put("accepted", accepted_);
    out.put("failed", failed_.count);
    out.put("refused", refused_);
    out.put("late", late_);
    auto took = seconds_between(began_, last_accepted_);
    out.put("seconds", took);
    out.put("accepted_per_second", took > 0 ? static_cast<double>(accepted_) / took : 0.0);
    out.put("mail", whole_);
    if (given_.has("imap")) {
      auto stored_took = seconds_between(began_, last_stored_);
      out.put("stored", stored_);
      out.put("stored_per_second", stored_took > 0 ? static_cast<double>(stored_) / stored_took : 0.0);
    }
    if (failed_.count > 0) out.put("first_failure", failed_.first);
    if (given_.has("ledger")) {
      std::ofstream ledger(given_.text("ledger", ""), std::ios::app);
      for (const auto number : acknowledged_) ledger << number << "\n";
    }
    out.print();
  }

  asio::io_context& io_;
  const options& given_;
  message_maker maker_;
  std::uint64_t mails_;
  std::uint64_t refused_ = 0, late_ = 0;  // for now, by the server; by a client that waited for too long
  std::set<smtp_sender*> senders_;
  std::vector<std::uint64_t> acknowledged_;
  std::uint64_t next_ = 0, accepted_ = 0, stored_ = 0, open_ = 0;
  time_point began_, until_, last_accepted_, last_stored_;
  latencies whole_;
  failures failed_;
};

// --- append ---

class append_load {
 public:
  append_load(asio::io_context& io, const options& given)
      : io_(io), given_(given), maker_(given.number("size", 1500)), mails_(given.number("mails", 1000)) {}

  void run() {
    signing_in_ = given_.number("connections", 1);
    auto connections = signing_in_;
    for (std::uint64_t i = 0; i < connections; ++i) asio::co_spawn(io_, connection(), asio::detached);
    io_.run();
    json_line out;
    auto took = seconds_between(began_, last_);
    out.put("appended", static_cast<std::uint64_t>(each_.count()));
    out.put("failed", failed_.count);
    out.put("seconds", took);
    out.put("appended_per_second", took > 0 ? static_cast<double>(each_.count()) / took : 0.0);
    out.put("append", each_);
    if (failed_.count > 0) out.put("first_failure", failed_.first);
    out.print();
  }

 private:
  void begin() {
    began_ = now();
    until_ = began_ + std::chrono::seconds(given_.number("seconds", 3600));
  }

  asio::awaitable<void> connection() {
    bool counted = false;
    try {
      asio::ssl::context tls(asio::ssl::context::tls_client);
      imap_client client(io_);
      const auto server = given_.imap();
      co_await client.open(server, tls);
      counted = true;
      if (--signing_in_ == 0) begin();
      while (signing_in_ > 0) co_await pause(io_, milliseconds(2));
      while (next_ < mails_ && now() < until_) {
        const auto message = maker_.make(next_++);
        const auto asked = now();
        co_await client.append("INBOX", message);
        last_ = now();
        each_.add(last_ - asked);
      }
    } catch (const std::exception& why) {
      failed_.add(why);
      if (!counted && --signing_in_ == 0) begin();
    }
  }

  asio::io_context& io_;
  const options& given_;
  message_maker maker_;
  std::uint64_t mails_, next_ = 0, signing_in_ = 0;
  time_point began_, until_, last_;
  latencies each_;
  failures failed_;
};

// --- idle ---

class idle_fleet {
 public:
  idle_fleet(asio::io_context& io, const options& given)
      : io_(io), given_(given), clients_(given.number("clients", 1)) {}

  void run() {
    for (std::uint64_t i = 0; i < clients_; ++i) asio::co_spawn(io_, client(), asio::detached);
    asio::co_spawn(io_, send_all(), asio::detached);
    io_.run();
    json_line out;
    out.put("clients", clients_);
    out.put("mails", sent_);
    out.put("missing", missing_);
    out.put("failed", failed_.count);
    out.put("dot_to_exists", from_dot_);
    out.put("accepted_to_exists", from_accepted_);
    out.put("accepted_to_last_exists", last_of_each_);
    if (failed_.count > 0) out.put("first_failure", failed_.first);
    out.print();
  }

 private:
  asio::awaitable<void> client() {
    try {
      asio::ssl::context tls(asio::ssl::context::tls_client);
      imap_client client(io_);
      const auto server = given_.imap();
      co_await client.open(server, tls);
      auto seen = co_await client.select("INBOX");
      co_await client.begin_idle();
      ++idling_;
      while (!done_) {
        const auto count = co_await client.next_exists();
        const auto at = now();
        for (; seen < count; ++seen) arrivals_.push_back(at);
      }
    } catch (const std::exception& why) {
      if (!done_) failed_.add(why);
    }
  }

  asio::awaitable<void> send_all() {
    try {
      const auto patience = now() + std::chrono::seconds(120);
      while (idling_ + failed_.count < clients_ && now() < patience) co_await pause(io_, milliseconds(5));
      smtp_sender sender(io_);
      co_await sender.open(given_.port("smtp"));
      message_maker maker(given_.number("size", 4096));
      for (std::uint64_t i = 0; i < given_.number("mails", 20); ++i) {
        co_await pause(io_, milliseconds(given_.number("pause", 20)));
        arrivals_.clear();
        const auto message = maker.make(i);
        const auto times = co_await sender.send("ada@localhost", message);
        ++sent_;
        const auto until = now() + std::chrono::seconds(10);
        while (arrivals_.size() < idling_ && now() < until) co_await pause(io_, milliseconds(1));
        missing_ += idling_ - std::min<std::uint64_t>(idling_, arrivals_.size());
        note(times);
      }
    } catch (const std::exception& why) {
      failed_.add(why);
    }
    done_ = true;
    io_.stop();
  }

  // A change may overtake the 250 of the mail that made it: such a client has waited for nothing.
  void note(const sent_times& times) {
    auto last = time_point::duration::zero();
    for (auto at : arrivals_) {
      from_dot_.add(at - times.dot);
      auto waited = std::max(time_point::duration::zero(), at - times.accepted);
      from_accepted_.add(waited);
      last = std::max(last, waited);
    }
    last_of_each_.add(last);
  }

  asio::io_context& io_;
  const options& given_;
  std::uint64_t clients_, idling_ = 0, sent_ = 0, missing_ = 0;
  bool done_ = false;
  std::vector<time_point> arrivals_;
  latencies from_dot_, from_accepted_, last_of_each_;
  failures failed_;
};

// --- hold ---

class idle_sessions {
 public:
  idle_sessions(asio::io_context& io, const options& given) : io_(io), given_(given) {}

  void run() {
    auto clients = given_.number("clients", 1);
    for (std::uint64_t i = 0; i < clients; ++i) asio::co_spawn(io_, client(), asio::detached);
    asio::co_spawn(io_, announce(clients), asio::detached);
    std::thread input([this] {
      while (std::cin.get() != std::char_traits<char>::eof()) {
      }
      io_.stop();
    });
    io_.run();
    input.join();
  }

 private:
  asio::awaitable<void> announce(std::uint64_t clients) {
    while (idling_ + failed_.count < clients) co_await pause(io_, milliseconds(5));
    json_line out;
    out.put("idling", idling_);
    out.put("failed", failed_.count);
    if (failed_.count > 0) out.put("first_failure", failed_.first);
    out.print();
  }

  asio::awaitable<void> client() {
    try {
      asio::ssl::context tls(asio::ssl::context::tls_client);
      imap_client client(io_);
      const auto server = given_.imap();
      co_await client.open(server, tls);
      co_await client.select("INBOX");
      co_await client.begin_idle();
      ++idling_;
      for (;;) co_await client.next_exists();
    } catch (const std::exception& why) {
      failed_.add(why);
    }
  }

  asio::io_context& io_;
  const options& given_;
  std::uint64_t idling_ = 0;
  failures failed_;
};

int usage() {
  std::fputs("usage: mail_load_bench smtp|append|idle|hold --smtp PORT --imap PORT ... (tests/bench/README.md)\n",
             stderr);
  return 2;
}

int run(int count, char** words) {
  if (count < 2) return usage();
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const std::string mode = words[1];
  const options given(count, words);
  asio::io_context io;
  if (mode == "smtp")
    smtp_load(io, given).run();
  else if (mode == "append")
    append_load(io, given).run();
  else if (mode == "idle")
    idle_fleet(io, given).run();
  else if (mode == "hold")
    idle_sessions(io, given).run();
  else
    return usage();
  return 0;
}

}  // namespace
}  // namespace stagecoach::bench

int main(int count, char** words) { return stagecoach::bench::run(count, words); }
