#include "actors/services/login_book.hpp"

#include <openssl/crypto.h>

#include "protocols/base/reader.hpp"

namespace stagecoach::services {

std::string login_name(std::string_view name) { return ascii_lower(name); }

login_book::login_book(login_secrets secrets) : secrets_(std::move(secrets)) {
  CHECK(secrets_.cache.size() >= 32 && secrets_.names.size() >= 32);
}

void login_book::put(const std::string& name, store::login_row row) {
  const std::string key = login_name(name);
  right_.erase(key);  // a new password makes the old one wrong at once
  logins_[key] = std::move(row);
}

const store::login_row* login_book::find(std::string_view name) const {
  const auto found = logins_.find(login_name(name));
  return found == logins_.end() ? nullptr : &found->second;
}

std::optional<account_id> login_book::recipient(const address& to) const {
  if (const auto* row = find(address_text(to))) return row->account;
  const auto tag = to.local.find('+');
  if (tag != std::string::npos)
    if (const auto* row = find(address_text({to.local.substr(0, tag), to.domain}))) return row->account;
  return catch_all_;
}

std::vector<messages::account_entry> login_book::list() const {
  std::vector<messages::account_entry> all;
  for (const auto& [name, row] : logins_) all.push_back({row.account, name, row.created});
  return all;
}

bool login_book::was_right(std::string_view name, std::string_view password) const {
  const auto found = right_.find(login_name(name));
  if (found == right_.end()) return false;
  const std::string print = fingerprint(name, password);
  return CRYPTO_memcmp(print.data(), found->second.data(), print.size()) == 0;
}

void login_book::remember_right(std::string_view name, std::string_view password) {
  right_[login_name(name)] = fingerprint(name, password);
}

messages::keys_found login_book::keys(std::string_view name) const {
  messages::keys_found found;
  found.name = login_name(name);
  found.sha_256 = made_up(scram_hash::sha_256, found.name);
  found.sha_1 = made_up(scram_hash::sha_1, found.name);
  const auto* row = find(name);
  if (row == nullptr) return found;
  found.account = row->account;
  if (row->scram_sha_256.is_set()) found.sha_256 = row->scram_sha_256;
  if (row->scram_sha_1.is_set()) found.sha_1 = row->scram_sha_1;
  return found;
}

// As those of a real password look, in size and in count. One salt for both hashes, as a real row has it.
scram_keys login_book::made_up(scram_hash hash, std::string_view name) const {
  const auto some = [&](std::string_view what) {
    return scram_hmac(scram_hash::sha_256, secrets_.names, std::string(what) + '\0' + std::string(name))
        .substr(0, digest_bytes(hash));
  };
  scram_keys keys;
  keys.salt = some("salt").substr(0, scram_salt_bytes);
  keys.iterations = scram_iterations;
  keys.stored_key = some("stored key");
  keys.server_key = some("server key");
  return keys;
}

std::string login_book::fingerprint(std::string_view name, std::string_view password) const {
  return scram_hmac(scram_hash::sha_256, secrets_.cache, login_name(name) + '\0' + std::string(password));
}

}  // namespace stagecoach::services
