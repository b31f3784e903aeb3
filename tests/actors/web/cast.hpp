// An account whose mailboxes are given, for tests of what looks into them; it does nothing else.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"

namespace stagecoach::testing {

[[nodiscard]] inline caf::error missing() {
  return runtime::to_error(failure{fault_code::not_found, "not in this cast"});
}

// Their ids are 1, 2, 3 in the order of their names.
class account_of_boxes final : public runtime::watched<services::account_handle> {
 public:
  using boxes = std::map<std::string, services::mailbox_handle>;
  account_of_boxes(caf::actor_config& cfg, runtime::stage& on, boxes all)
      : watched(cfg, on, "account", "ada"), boxes_(std::move(all)) {}
  void on_exit() override { boxes_.clear(); }

 private:
  template <class Answer>
  using reply = runtime::reply<Answer>;

  [[nodiscard]] messages::mailboxes list() const {
    messages::mailboxes made;
    for (const auto& [name, box] : boxes_) {
      auto& one = made.all.emplace_back();
      one.id = mailbox_id{static_cast<std::uint32_t>(made.all.size())};
      one.name = name;
    }
    return made;
  }
  behavior_type make_behavior() override {
    return {
        [](const messages::deliver&) -> reply<messages::delivered> { return missing(); },
        [this](const messages::list_mailboxes&) -> reply<messages::mailboxes> { return list(); },
        [this](const messages::watch_account&) -> reply<messages::mailboxes> { return list(); },
        [this](const messages::open_mailbox& m) -> reply<services::mailbox_handle> {
          const auto found = boxes_.find(m.name);
          if (found == boxes_.end()) return missing();
          return found->second;
        },
        [](const messages::create_mailbox&) -> reply<messages::mailbox_created> { return missing(); },
        [](const messages::delete_mailbox&) -> reply<messages::mailbox_deleted> { return missing(); },
        [](const messages::rename_mailbox&) -> reply<messages::mailbox_renamed> { return missing(); },
        [](const messages::set_subscription&) -> reply<messages::subscription_set> { return missing(); },
        [](const messages::close_mailbox&) -> reply<messages::mailbox_closed> { return missing(); },
        [](const messages::release_removed&) {},
        [](const messages::set_flags&) -> reply<messages::flags_set> { return missing(); },
        [](const messages::expunge&) -> reply<messages::messages_expunged> { return missing(); },
        [](const messages::copy&) -> reply<messages::copied> { return missing(); },
        [](const messages::wanted&) {},
    };
  }

  boxes boxes_;
};

}  // namespace stagecoach::testing
