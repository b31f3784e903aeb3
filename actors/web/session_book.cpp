#include "actors/web/session_book.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "protocols/base/ids.hpp"
#include "protocols/base/sha256.hpp"

namespace stagecoach::web {

namespace {

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::string session_book::hash_of(std::string_view cookie) { return to_hex(sha256(cookie)); }

void session_book::prepare(web_secret fresh, steady_time now) {
  if (logins_.size() == logins_max) logins_.pop_front();
  logins_.push_back({std::move(fresh), now});
}

bool session_book::take_login(const web_secret& shown, steady_time now) {
  const auto found = std::find_if(logins_.begin(), logins_.end(),
                                  [&](const login& one) { return is_same(one.secret.token, shown.token); });
  if (found == logins_.end()) return false;
  const bool is_good = is_same(found->secret.cookie, shown.cookie) && now - found->began <= login_time;
  logins_.erase(found);
  return is_good;
}

std::optional<messages::signed_in> session_book::take_link(std::string_view link) {
  const auto found = links_.find(link);
  if (found == links_.end()) return std::nullopt;
  auto who = std::move(found->second);
  links_.erase(found);
  return who;
}

std::vector<std::string> session_book::begin(const web_secret& fresh, messages::signed_in who, steady_time now) {
  std::vector<std::string> ended;
  std::size_t of_account = 0;
  auto oldest = sessions_.end();
  for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
    if (at->second.who.account != who.account) continue;
    ++of_account;
    if (oldest == sessions_.end() || at->second.used < oldest->second.used) oldest = at;
  }
  if (of_account >= sessions_max) {
    ended.push_back(oldest->first);
    sessions_.erase(oldest);
  }
  sessions_.insert_or_assign(hash_of(fresh.cookie), web_session_entry{std::move(who), fresh.token, now, now});
  return ended;
}

bool session_book::is_old(const web_session_entry& one, steady_time now) {
  return now - one.used > idle_max || now - one.began > age_max;
}

const web_session_entry* session_book::find(std::string_view cookie, steady_time now) {
  const auto found = sessions_.find(hash_of(cookie));
  if (found == sessions_.end() || is_old(found->second, now)) return nullptr;
  found->second.used = now;
  return &found->second;
}

void session_book::end(std::string_view cookie) { sessions_.erase(hash_of(cookie)); }

std::vector<std::string> session_book::end_all(account_id account) {
  std::vector<std::string> ended;
  std::erase_if(sessions_, [&](const auto& one) {
    if (one.second.who.account != account) return false;
    ended.push_back(one.first);
    return true;
  });
  return ended;
}

std::vector<std::string> session_book::end_old(steady_time now) {
  std::vector<std::string> ended;
  std::erase_if(sessions_, [&](const auto& one) {
    if (!is_old(one.second, now)) return false;
    ended.push_back(one.first);
    return true;
  });
  return ended;
}

}  // namespace stagecoach::web
