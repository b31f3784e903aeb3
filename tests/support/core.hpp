// A node without listeners for tests: a store in a directory of its own, removed at the end, with the real services and
// accounts on a stage with a test's clock; and blocking questions from the test's own thread.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "actors/node/core.hpp"
#include "store/check/check_store.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::testing {

class test_directory {
 public:
  test_directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stagecoach-core-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  test_directory(const test_directory&) = delete;
  test_directory& operator=(const test_directory&) = delete;
  ~test_directory() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string data() const { return path_ / "data"; }

 private:
  std::filesystem::path path_;
};

class test_core {
 public:
  explicit test_core(const test_directory& where) : clock_(test_clock::mode::running) {
    node::core_options options;
    options.directory = where.data();
    options.catch_all = "ada@localhost";
    options.accounts.check_when_idle = true;
    auto started = node::core::start(std::move(options), runtime::world{clock_, random_, log_, memory_});
    if (!started) throw std::runtime_error(started.error().what);
    core_ = std::move(*started);
  }

  [[nodiscard]] node::core& operator*() { return *core_; }
  [[nodiscard]] node::core* operator->() { return core_.get(); }
  [[nodiscard]] test_clock& clock() { return clock_; }
  [[nodiscard]] test_log& log() { return log_; }
  [[nodiscard]] test_memory& memory() { return memory_; }

  template <class Answer, class Handle, class Question>
  [[nodiscard]] result<Answer, failure> ask(const Handle& to, const Question& question) {
    result<Answer, failure> outcome = failure{fault_code::busy, "no answer"};
    caf::scoped_actor self(core_->stage().system(), true);
    self->request(to, std::chrono::seconds(60), question)
        .receive([&](Answer& answer) { outcome = std::move(answer); },
                 [&](caf::error& why) { outcome = runtime::to_failure(why); });
    return outcome;
  }

  // The account of a new login name.
  [[nodiscard]] account_id add(const std::string& name) {
    const auto added =
        ask<messages::account_added>(core_->services().directory, messages::add_account{name, "a password"});
    if (!added) throw std::runtime_error(added.error().what);
    return added->account;
  }
  [[nodiscard]] services::account_handle account(account_id id) {
    auto found = ask<services::account_handle>(core_->services().accounts, messages::activate{{}, id});
    if (!found) throw std::runtime_error(found.error().what);
    return *found;
  }
  [[nodiscard]] messages::deliver mail(std::string_view text, std::string_view mailbox) {
    auto& staging = core_->store().arriving();
    const auto id = staging.begin();
    CHECK(staging.try_append(id, text));
    messages::deliver m;
    m.trace = runtime::new_trace(random_);
    m.body = *staging.finish(id);
    m.prefix = "Return-Path: <>\r\n";
    m.mailbox = mailbox;
    m.received = clock_.wall();
    m.create_mailbox = true;
    return m;
  }

  // Stops, and recomputes every invariant of what is stored; empty when all is well.
  [[nodiscard]] std::vector<std::string> stop_and_check() {
    core_->stop();
    return store::check_store(core_->store()).problems;
  }

 private:
  test_clock clock_;
  test_random random_{42};
  test_log log_;
  test_memory memory_;
  std::unique_ptr<node::core> core_;
};

}  // namespace stagecoach::testing
