// Starts account actors on first use and lets idle ones end; so at most one actor is the single writer of an account.
// In a cluster this role becomes the shard's.
#pragma once

#include <unordered_map>
#include <vector>

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"

namespace stagecoach::mail {

struct account_options {
  std::chrono::milliseconds idle_after{60'000};
  bool check_when_idle = false;  // recompute every invariant before the account ends (--verify)
};

class accounts final : public runtime::watched<services::accounts_handle> {
 public:
  accounts(caf::actor_config& cfg, runtime::stage& on, services::blob_readers readers,
           services::store_writer_handle writer, account_options options);
  void on_exit() override;

 private:
  using promise = caf::typed_response_promise<services::account_handle>;
  struct entry {
    services::account_handle actor;  // none while its rows are read
    std::uint64_t wanted = 0;        // handles given out
    bool is_ending = false;          // it was allowed to end: the next one is made when it is gone
    std::vector<promise> waiting;
  };

  behavior_type make_behavior() override;
  [[nodiscard]] bool is_essential() const override { return true; }
  runtime::reply<services::account_handle> activate(const messages::activate& m);
  messages::retired retire(const messages::retire& m);
  void load(account_id id);
  void loaded(account_id id, const messages::scanned_rows& rows);
  void hand_out(account_id id);
  void failed(account_id id, const caf::error& why);
  void ended(const caf::actor_addr& who);

  services::blob_readers readers_;
  services::store_writer_handle writer_;
  account_options options_;
  std::unordered_map<account_id, entry> entries_;
};

}  // namespace stagecoach::mail
