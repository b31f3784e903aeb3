// `stagecoach account key add|list|remove`: the TLS public keys by which accounts sign in (SASL EXTERNAL).
#include <memory>

#include "actors/commands/server_question.hpp"
#include "actors/commands/table.hpp"
#include "actors/runtime/client_key.hpp"
#include "messages/public_keys.hpp"

namespace stagecoach::commands {

namespace {

struct options : server_options {
  std::string account;
  std::string name;
  std::string file;
};

exit_code add_key(const options& chosen) {
  const auto key = runtime::read_certificate_key(chosen.file);
  if (!key) {
    const bool is_other_form = key.error().code == fault_code::syntax;
    return tell(
        {exit_code::failed, key.error().what + "; nothing was changed",
         is_other_form ? "openssl x509 -inform DER -in " + chosen.file + " shows one in binary form as PEM" : ""},
        chosen.json);
  }
  const messages::add_public_key question{chosen.account, chosen.name, *key};
  return ask_and_tell(chosen, question, [&](const auto&) {
    std::cout << "added " << shown(chosen.name) << " of " << shown(chosen.account) << ": " << key_text(*key) << "\n";
  });
}

exit_code remove_key(const options& chosen) {
  const messages::remove_public_key question{chosen.account, chosen.name};
  return ask_and_tell(chosen, question, [&](const auto& done) {
    std::cout << "removed " << shown(chosen.name) << " of " << shown(chosen.account) << ": " << key_text(done.key)
              << "\n";
  });
}

exit_code list_keys(const options& chosen) {
  const messages::list_public_keys question{chosen.account};
  return ask_and_tell(chosen, question, [](const auto& list) {
    for (const auto& one : list.keys)
      std::cout << shown(one.account) << " " << key_text(one.key) << " " << shown(one.name) << "\n";
  });
}

}  // namespace

void declare_account_key(command_line& account) {
  const auto chosen = std::make_shared<options>();
  auto key = account.add_command("key", "add, list and remove TLS keys that sign in to an account (EXTERNAL)");
  auto add =
      add_server_command(key, "add", "let a client certificate's key sign in, renewed certificates too", *chosen);
  add.add("account", chosen->account, "login name").required();
  add.add("name", chosen->name, "of the key, as you like").required();
  add.add("file", chosen->file, "the certificate, PEM").required();
  add.runs([chosen] { return add_key(*chosen); });
  auto list = add_server_command(key, "list", "list the keys of all accounts, or of one", *chosen);
  list.add("account", chosen->account, "login name");
  list.runs([chosen] { return list_keys(*chosen); });
  auto remove = add_server_command(key, "remove", "let a key sign in no more", *chosen);
  remove.add("account", chosen->account, "login name").required();
  remove.add("name", chosen->name, "of the key").required();
  remove.runs([chosen] { return remove_key(*chosen); });
}

}  // namespace stagecoach::commands
