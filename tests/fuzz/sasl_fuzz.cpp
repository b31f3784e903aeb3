// Every SASL mechanism under any messages: nobody signs in but by the right answer, a SCRAM exchange ends well only for
// the one proof that there is, and EXTERNAL asks for the key of the connection and no other. The first octet chooses
// the mechanism, "|" separates messages.
#include <cstdint>
#include <cstdlib>

#include "protocols/auth/sasl.hpp"
#include "protocols/base/utf8.hpp"
#include "tests/support/scram_client.hpp"
#include "tests/support/talk.hpp"

using namespace stagecoach;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

const sasl::channel_bindings bindings{"exporter", "end point"};

sasl::key_facts facts_for(scram_hash hash) {
  static const auto sha_1 = *derive_scram(scram_hash::sha_1, "stagecoach", {"salty", 4096});
  static const auto sha_256 = *derive_scram(scram_hash::sha_256, "stagecoach", {"salty", 4096});
  return {hash == scram_hash::sha_1 ? sha_1 : sha_256, "server", bindings};
}

// Ends when it ends; how.
bool play(std::string_view mechanism, const sasl::conditions& now, const turns& messages) {
  sasl::exchange one(mechanism, now);
  bool was_asked = false;
  auto at = messages.empty() ? one.start(std::nullopt) : one.start(messages.front());
  for (std::size_t next = 1;;) {
    if (const auto* keys = std::get_if<sasl::find_keys>(&at)) {
      demand(!keys->name.empty() && keys->name.find('\0') == std::string::npos);
      at = one.answered(facts_for(keys->hash));
    } else if (const auto* check = std::get_if<sasl::check_password>(&at)) {
      demand(!check->name.empty() && !check->password.empty());
      was_asked = true;
      at = one.answered(check->password == "stagecoach" ? sasl::verdict::right : sasl::verdict::wrong);
    } else if (const auto* owner = std::get_if<sasl::find_owner>(&at)) {
      const auto as = owner->authorize_as;
      demand(now.client_key && owner->key == *now.client_key);
      demand(as.find('\0') == std::string::npos && valid_utf8_prefix(as) == as.size());
      was_asked = true;
      at = as.empty() || as == "ada" ? one.answered(sasl::key_owner{"ada"}) : one.answered(sasl::verdict::wrong);
      if (const auto* bad = std::get_if<sasl::failed>(&at)) demand(bad->name == as);
    } else if (std::holds_alternative<sasl::challenge>(at)) {
      if (next >= messages.size()) return false;
      at = one.received(messages[next++]);
    } else {
      const bool is_good = std::holds_alternative<sasl::succeeded>(at);
      if (!mechanism.starts_with("SCRAM")) demand(was_asked || !is_good);
      return is_good;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool is_tls = (data[0] & 1) != 0;
  const sasl::conditions now{is_tls, false, is_tls ? std::optional(public_key_hash{{7}}) : std::nullopt};
  const auto names = sasl::offered(now);
  const auto mechanism = names[(data[0] >> 1) % names.size()];
  const auto messages = split_turns({reinterpret_cast<const char*>(data) + 1, size - 1});
  const bool is_good = play(mechanism, now, messages);
  if (!is_good || !mechanism.starts_with("SCRAM")) return 0;
  // It knows the password then: the same without the last digit of its proof does not sign in.
  auto spoiled = messages;
  auto& proof = spoiled.at(1);
  const auto at = proof.rfind(",p=") + 3;
  proof[at] = proof[at] == 'A' ? 'B' : 'A';
  demand(!play(mechanism, now, spoiled));
  return 0;
}
