#include "actors/services/login_book.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <tuple>

#include "protocols/base/reader.hpp"

namespace stagecoach::services {

std::string login_name(std::string_view name) { return ascii_lower(name); }

login_book::login_book(login_secrets secrets) : secrets_(std::move(secrets)) {
  CHECK(secrets_.cache.size() >= 32 && secrets_.names.size() >= 32);
}

void login_book::put(const std::string& name, store::login_row row) {
  const std::string key = login_name(name);
  right_.erase(key);  // a new password makes the old one wrong at once
  names_[row.account] = key;
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

void login_book::put_key(const public_key_hash& key, store::public_key_row row) { keys_[key] = std::move(row); }

const store::public_key_row* login_book::find_key(const public_key_hash& key) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? nullptr : &found->second;
}

std::optional<public_key_hash> login_book::find_key(account_id account, std::string_view name) const {
  for (const auto& [key, row] : keys_)
    if (row.account == account && row.name == name) return key;
  return std::nullopt;
}

std::vector<messages::public_key_entry> login_book::list_keys(std::optional<account_id> of) const {
  std::vector<messages::public_key_entry> all;
  for (const auto& [key, row] : keys_)
    if (!of || row.account == *of) all.push_back({name_of(row.account), row.name, key, row.added});
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.account, a.name, a.key) < std::tie(b.account, b.name, b.key);
  });
  return all;
}

std::optional<messages::signed_in> login_book::owner_of(const public_key_hash& key,
                                                        std::string_view authorize_as) const {
  const auto* row = find_key(key);
  if (row == nullptr) return std::nullopt;
  const auto at = authorize_as.rfind('@');
  const bool is_theirs =
      authorize_as.empty() ||
      (at != std::string_view::npos && is_address_of(row->account, {std::string(authorize_as.substr(0, at)),
                                                                    {ascii_lower(authorize_as.substr(at + 1))}}));
  auto name = name_of(row->account);
  if (!is_theirs || name.empty()) return std::nullopt;
  return messages::signed_in{row->account, std::move(name)};
}

std::string login_book::name_of(account_id account) const {
  const auto found = names_.find(account);
  return found == names_.end() ? std::string() : found->second;
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
