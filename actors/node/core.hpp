// What every node has inside: the store, the stage, and the services and accounts on it; without any listener. Starting
// and stopping block; the thread that calls them is no actor's.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/console/inspector.hpp"
#include "actors/mail/accounts.hpp"
#include "actors/runtime/stage.hpp"
#include "actors/services/handles.hpp"
#include "actors/services/login_book.hpp"
#include "config/limits.hpp"
#include "store/sessions.hpp"
#include "store/store.hpp"

namespace stagecoach::node {

struct core_options {
  std::string directory;
  std::string host_name = "localhost";
  std::string catch_all;  // login name that takes mail for every address; empty: none
  config::limit_table limits;
  std::size_t index_files = 1000;     // that LevelDB keeps open
  std::size_t large_bodies = 10'000;  // that arrive at once
  mail::account_options accounts;
  runtime::stage_options stage;
};

class core {
 public:
  // duplicate or busy: the directory is in use; others as store::open.
  [[nodiscard]] static result<std::unique_ptr<core>, failure> start(core_options options,
                                                                    const runtime::world& outside);
  ~core();
  core(const core&) = delete;
  core& operator=(const core&) = delete;

  [[nodiscard]] runtime::stage& stage() { return *stage_; }
  [[nodiscard]] store::store& store() { return *store_; }
  [[nodiscard]] const services::node_services& services() const { return services_; }
  [[nodiscard]] const console::inspector_handle& inspector() const { return inspector_; }

  // Makes the account unless it is there. Whether this is its password.
  [[nodiscard]] result<bool, failure> ensure_account(const std::string& name, const std::string& password);
  // Makes the account, or gives the one that is there this password; one that it has already stays as it is.
  [[nodiscard]] result<done, failure> give_account(const std::string& name, const std::string& password);

  // not_found.
  [[nodiscard]] result<account_id, failure> find_account(const std::string& name);

  // Of the pages, as they are in the store now.
  [[nodiscard]] result<store::stored_sessions, failure> read_sessions();

  // Ends every actor and every thread. Whoever has something to finish was drained before. Idempotent.
  void stop();

 private:
  core(core_options options, std::unique_ptr<store::files> disk, std::unique_ptr<store::store> opened);
  [[nodiscard]] result<services::login_book, failure> read_logins(const runtime::world& outside);
  [[nodiscard]] result<done, failure> start_services(const runtime::world& outside);
  template <class Answer, class Question, class Then>
  [[nodiscard]] result<done, failure> ask_directory(Question what, Then then);
  template <class Answer, class Question>
  [[nodiscard]] result<done, failure> ask_directory(Question what) {
    return ask_directory<Answer>(std::move(what), [](const Answer&) {});
  }

  core_options options_;
  std::unique_ptr<store::files> disk_;
  std::unique_ptr<store::store> store_;
  std::atomic<bool> has_public_keys_{false};
  std::unique_ptr<runtime::stage> stage_;  // after the store: actors end before it closes
  services::node_services services_;
  console::inspector_handle inspector_;
};

}  // namespace stagecoach::node
