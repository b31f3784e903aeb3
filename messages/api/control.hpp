// What the command line asks of the running server over its control socket (docs/formats/control.md), in the same form
// as the methods of the pages: control_connection fulfils them, the commands call them, docs/api.md lists them. Only
// whoever the server runs as can open that socket, so none of them is a method of the pages.
#pragma once

#include <tuple>
#include <type_traits>

#include "messages/api/method.hpp"
#include "messages/directory.hpp"
#include "messages/inspection.hpp"
#include "messages/ports.hpp"

namespace stagecoach::api {

inline constexpr std::tuple control_methods{
    method<messages::add_account, messages::account_added>{"account.add", needs::owner, "Add an account."},
    method<messages::list_accounts, messages::account_list>{"account.list", needs::owner, "All accounts, by name."},
    method<messages::set_password, messages::password_set>{
        "account.password", needs::owner, "Set a password; the account's sessions in the webmail are over."},
    method<messages::inspect_actors, messages::actors_now>{"actors.list", needs::owner,
                                                           "The running actors, and what each kind has done so far."},
    method<messages::add_public_key, messages::public_key_added>{
        "key.add", needs::owner, "Let whoever has a TLS key sign in to an account with it (SASL EXTERNAL)."},
    method<messages::list_public_keys, messages::public_key_list>{"key.list", needs::owner,
                                                                  "The TLS keys that sign in, by account and name."},
    method<messages::remove_public_key, messages::public_key_removed>{"key.remove", needs::owner,
                                                                      "Let a TLS key sign in no more."},
    method<messages::list_ports, messages::port_list>{"server.ports", needs::owner, "Where the server listens."},
};

// The method that takes this question; a question that none takes does not compile.
template <class Question, class First, class... More>
constexpr const auto& find_method(const First& first, const More&... more) {
  if constexpr (std::is_same_v<typename First::question, Question>)
    return first;
  else
    return find_method<Question>(more...);
}
template <class Question>
inline constexpr const auto& control_method_of = std::apply(
    [](const auto&... all) -> const auto& { return find_method<Question>(all...); }, control_methods);
template <class Question>
using control_answer_of = typename std::remove_cvref_t<decltype(control_method_of<Question>)>::answer;

}  // namespace stagecoach::api
