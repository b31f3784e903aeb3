// Who has an account here and who may sign in. Reads are answered from memory; a new account or password is committed
// before it counts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "actors/runtime/watched.hpp"
#include "actors/services/failed_logins.hpp"
#include "actors/services/greylist.hpp"
#include "actors/services/handles.hpp"
#include "actors/services/login_book.hpp"

namespace stagecoach::services {

inline constexpr std::size_t checks_waiting_max = 64;  // different ones at once; beyond it sign-in fails for now

class directory final : public runtime::watched<directory_handle> {
 public:
  // `catch_all`: the login name whose account takes mail for every address; empty: none. `has_public_keys` is kept true
  // to the book, for those who do not ask; it outlives the actor.
  directory(caf::actor_config& cfg, runtime::stage& on, login_book book, const std::string& catch_all,
            const config::limit_table& limits, std::vector<password_hasher_handle> hashers, blob_readers readers,
            store_writer_handle writer, std::atomic<bool>& has_public_keys);
  void on_exit() override;

 private:
  behavior_type make_behavior() override;
  [[nodiscard]] bool is_essential() const override { return true; }
  runtime::reply<messages::recipient_found> find_recipient(const messages::lookup_recipient& m);
  // Calls `look` at once, later, or not at all: then the promise has its answer.
  template <class Answer>
  runtime::reply<Answer> in_time(const std::string& name, const std::string& remote_ip,
                                 const std::function<void(runtime::promise<Answer>)>& look);
  [[nodiscard]] login_target target_named(const std::string& name) const;
  runtime::reply<messages::signed_in> sign_in(const messages::sign_in& m);
  void check(const messages::sign_in& m, runtime::promise<messages::signed_in> answer);
  runtime::reply<messages::keys_found> find_keys(const messages::lookup_keys& m);
  runtime::reply<messages::account_added> add(const messages::add_account& m);
  runtime::reply<messages::password_set> change_password(const messages::set_password& m);

  // directory_keys.cpp
  runtime::reply<messages::signed_in> sign_in_by_key(const messages::sign_in_by_key& m);
  runtime::reply<messages::public_key_added> add_key(const messages::add_public_key& m);
  runtime::reply<messages::public_key_removed> remove_key(const messages::remove_public_key& m);
  [[nodiscard]] runtime::reply<messages::public_key_list> list_keys(const messages::list_public_keys& m) const;
  void note_keys();

  // directory_sessions.cpp
  runtime::reply<messages::session_kept> keep(const messages::keep_session& m);
  runtime::reply<messages::sessions_ended> end(const messages::end_sessions& m);

  // Hashes, commits the login row with `rows`, then takes it into the book.
  template <class Answer>
  runtime::reply<Answer> commit_login(const std::string& name, std::string password, store::login_row row,
                                      std::vector<messages::row_write> rows);
  void commit_rows(std::vector<messages::row_write> rows, std::function<void(const messages::committed&)> done_with_it,
                   std::function<void(caf::error&)> give_up);
  void put(const std::string& name, const store::login_row& row);
  const password_hasher_handle& next_hasher();
  [[nodiscard]] std::string random_octets(std::size_t count);
  std::vector<runtime::promise<messages::signed_in>> take_waiting(const std::string& check);

  login_book book_;
  failed_logins failed_;
  greylist greylist_;
  std::string catch_all_;
  std::vector<password_hasher_handle> hashers_;
  blob_readers readers_;
  store_writer_handle writer_;
  std::atomic<bool>& has_public_keys_;
  std::set<std::string> being_added_;  // names whose commit is on its way
  std::map<public_key_hash, store::public_key_row> keys_being_added_;
  std::map<std::string, std::vector<runtime::promise<messages::signed_in>>> checking_;  // by fingerprint
  // Logins that wait before they are looked at: no more than there are connections. A number to turn the next away by
  // would be one that an attacker can fill.
  std::map<std::uint64_t, reminder> delayed_;
  std::vector<runtime::handle_of<messages::password_watcher_talk>> password_watchers_;
  std::uint64_t delayed_count_ = 0;
  std::size_t turn_ = 0;
};

}  // namespace stagecoach::services
