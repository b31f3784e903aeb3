// One mailbox that somebody looks at: the committed index of its messages, and its viewers. Requests go down to the
// account and come back through here, so that every viewer has its changes before its answer.
#pragma once

#include <unordered_map>

#include "actors/mail/mailbox_index.hpp"
#include "actors/mail/viewers.hpp"
#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"

namespace stagecoach::mail {

class mailbox final : public runtime::watched<services::mailbox_handle> {
 public:
  mailbox(caf::actor_config& cfg, runtime::stage& on, std::string name, mailbox_index index,
          services::account_handle account);
  void on_exit() override;

 private:
  using viewer = caf::actor_addr;

  behavior_type make_behavior() override;
  messages::watching watch();
  void apply(const messages::apply_changes& m);
  void look_away(const viewer& who);
  void seen(const viewer& who, modseq up_to);
  // Everything that `who` has not been told, now, whatever its credit: an answer follows.
  void flush(const viewer& who);
  void tell(const std::vector<viewer>& whom, const shared_changes& what);
  // The account hears what nobody reads any more.
  void release_removed();
  void look_later();
  void close_if_idle();

  // Asks the account and relays its answer; `who` is told other people's changes before it, its own only by it.
  template <class Answer, class Question>
  runtime::reply<Answer> relay(const Question& question);

  mailbox_index index_;
  viewers<viewer> viewers_;
  services::account_handle account_;
  std::uint64_t wanted_ = 0;
  bool was_idle_ = false;  // nobody looked at the last look either
  reminder idle_look_;
};

}  // namespace stagecoach::mail
