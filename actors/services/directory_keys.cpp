// TLS public keys: who signs in by one, and how an account gets and loses them.
#include <algorithm>

#include "actors/runtime/stage.hpp"
#include "actors/services/directory.hpp"
#include "protocols/auth/external_exchange.hpp"
#include "protocols/base/utf8.hpp"
#include "store/keys.hpp"

namespace stagecoach::services {

namespace {

constexpr std::size_t key_name_bytes_max = 100;

bool is_key_name(std::string_view name) {
  if (name.empty() || name.size() > key_name_bytes_max || valid_utf8_prefix(name) != name.size()) return false;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return name.front() != ' ' && name.back() != ' ' && std::none_of(name.begin(), name.end(), is_control);
}

caf::error no_such_account(const std::string& name) {
  return runtime::to_error(failure{fault_code::not_found, "there is no account " + name + "; nothing was changed"});
}

}  // namespace

runtime::reply<messages::signed_in> directory::sign_in_by_key(const messages::sign_in_by_key& m) {
  // A key that is somebody's is judged like their password.
  const auto* known = book_.find_key(m.key);
  const auto name = known != nullptr ? book_.name_of(known->account) : sasl::attempt_name(m.key, m.authorize_as);
  return in_time<messages::signed_in>(name, m.remote_ip, [this, m](runtime::promise<messages::signed_in> answer) {
    auto who = book_.owner_of(m.key, m.authorize_as);
    if (who)
      answer.deliver(std::move(*who));
    else
      answer.deliver(runtime::to_error(failure{fault_code::not_found, "nobody's key"}));
  });
}

runtime::reply<messages::public_key_added> directory::add_key(const messages::add_public_key& m) {
  const auto* login = book_.find(m.account);
  if (login == nullptr) return no_such_account(m.account);
  if (!is_key_name(m.name))
    return runtime::to_error(
        failure{fault_code::syntax,
                "\"" + m.name + "\" is no name for a key: 1 to 100 octets, no controls, no space around it"});
  if (const auto* there = book_.find_key(m.key))
    return runtime::to_error(failure{fault_code::duplicate, "this key is registered already: " + there->name + " of " +
                                                                book_.name_of(there->account)});
  const auto is_in_the_way = [&](const auto& one) {
    return one.first == m.key || (one.second.account == login->account && one.second.name == m.name);
  };
  if (book_.find_key(login->account, m.name) ||
      std::any_of(keys_being_added_.begin(), keys_being_added_.end(), is_in_the_way))
    return runtime::to_error(
        failure{fault_code::duplicate, login_name(m.account) + " has a key " + m.name + " already"});
  const store::public_key_row row{login->account, m.name, on().clock().wall()};
  keys_being_added_[m.key] = row;
  auto answer = make_response_promise<messages::public_key_added>();
  commit_rows(
      {{store::public_key_key(m.key), write_record(row)}},
      [this, answer, row, key = m.key](const messages::committed&) mutable {
        keys_being_added_.erase(key);
        book_.put_key(key, row);
        note_keys();
        answer.deliver(messages::public_key_added{row.account});
      },
      [this, answer, key = m.key](caf::error& why) mutable {
        keys_being_added_.erase(key);
        answer.deliver(std::move(why));
      });
  return answer;
}

runtime::reply<messages::public_key_removed> directory::remove_key(const messages::remove_public_key& m) {
  const auto* login = book_.find(m.account);
  if (login == nullptr) return no_such_account(m.account);
  const auto key = book_.find_key(login->account, m.name);
  if (!key)
    return runtime::to_error(
        failure{fault_code::not_found, login_name(m.account) + " has no key " + m.name + "; nothing was changed"});
  auto answer = make_response_promise<messages::public_key_removed>();
  commit_rows(
      {{store::public_key_key(*key), std::nullopt}},
      [this, answer, key = *key](const messages::committed&) mutable {
        book_.remove_key(key);
        note_keys();
        answer.deliver(messages::public_key_removed{key});
      },
      [answer](caf::error& why) mutable { answer.deliver(std::move(why)); });
  return answer;
}

runtime::reply<messages::public_key_list> directory::list_keys(const messages::list_public_keys& m) const {
  if (m.account.empty()) return messages::public_key_list{book_.list_keys(std::nullopt)};
  const auto* login = book_.find(m.account);
  if (login == nullptr) return no_such_account(m.account);
  return messages::public_key_list{book_.list_keys(login->account)};
}

void directory::note_keys() { has_public_keys_.store(book_.has_keys(), std::memory_order_relaxed); }

}  // namespace stagecoach::services
