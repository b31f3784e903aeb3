#include "actors/services/login_book.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "protocols/base/reader.hpp"

namespace stagecoach::services {

std::string login_name(std::string_view name) { return ascii_lower(name); }

login_book::login_book(std::string secret) : secret_(std::move(secret)) { CHECK(secret_.size() >= 32); }

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

std::string login_book::fingerprint(std::string_view name, std::string_view password) const {
  const std::string text = login_name(name) + '\0' + std::string(password);
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace stagecoach::services
