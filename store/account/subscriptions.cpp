// SUBSCRIBE and UNSUBSCRIBE (RFC 9051 6.3.7, 6.3.8). What is subscribed is a name: RFC 3501 6.3.6 forbids to end a
// subscription because its mailbox has ended.
#include "store/account/draft.hpp"
#include "store/account/names.hpp"

namespace stagecoach::store {

result<transition<messages::subscription_set>, failure> account_state::set_subscription(
    const messages::set_subscription& request) {
  const auto name = stored_mailbox_name(request.name);
  if (subscriptions_.contains(name) == request.is_subscribed) return unchanged(messages::subscription_set{});
  if (!is_mailbox_name(name)) return failure{fault_code::syntax, "no mailbox can be called \"" + name + "\""};
  if (request.is_subscribed && subscriptions_.size() >= subscriptions_max)
    return failure{fault_code::too_long, "too many subscriptions in account " + row_.name};

  draft change(*this, request.trace);
  if (request.is_subscribed)
    change.subscribe(name);
  else
    change.unsubscribe(name);
  return change.finish(messages::subscription_set{change.changed()});
}

}  // namespace stagecoach::store
