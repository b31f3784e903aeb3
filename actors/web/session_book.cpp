#include "actors/web/session_book.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "protocols/auth/scram.hpp"

namespace stagecoach::web {

namespace {

using std::chrono::milliseconds;

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Not negative, as after a clock was set back, and no more than any session lives: a row may say anything.
milliseconds between(unix_ms from, unix_ms to) {
  constexpr auto most = static_cast<std::uint64_t>(milliseconds(2 * session_book::age_max).count());
  if (to.value <= from.value) return milliseconds(0);
  const auto passed = static_cast<std::uint64_t>(to.value) - static_cast<std::uint64_t>(from.value);
  return milliseconds(std::min(passed, most));
}

// The wall's clock as it would have shown `when`, had it not been set since.
unix_ms wall_at(steady_time when, const moment& now) {
  return unix_ms{now.wall.value - std::chrono::duration_cast<milliseconds>(now.steady - when).count()};
}

messages::kept_session row_of(const web_session_entry& one, const moment& now) {
  return {one.who.account,        one.password,       wall_at(one.began, now),
          wall_at(one.used, now), one.from.remote_ip, one.from.user_agent};
}

}  // namespace

std::string session_book::token_of(std::string_view cookie) {
  return to_hex(scram_hmac(scram_hash::sha_256, cookie, "stagecoach X-CSRF"));
}

bool session_book::is_token_of(std::string_view cookie, std::string_view shown) {
  return is_same(token_of(cookie), shown);
}

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

std::vector<session_hash> session_book::load(std::vector<store::stored_session> all, const moment& now) {
  std::vector<session_hash> too_old;
  for (auto& [session, name, row] : all) {
    const auto idle = between(row.used, now.wall);
    const auto used = now.steady - idle;
    web_session_entry one{{row.account, std::move(name)},
                          {std::move(row.remote_ip), std::move(row.user_agent)},
                          row.password,
                          used - between(row.began, row.used),
                          used,
                          used};
    if (is_old(one, now.steady))
      too_old.push_back(session);
    else
      sessions_.insert_or_assign(session, std::move(one));
  }
  return too_old;
}

std::vector<session_hash> session_book::make_room(account_id account) {
  std::vector<std::pair<steady_time, session_hash>> of_account;
  for (const auto& [session, one] : sessions_)
    if (one.who.account == account) of_account.emplace_back(one.used, session);
  std::vector<session_hash> ended;
  if (of_account.size() < sessions_max) return ended;
  std::sort(of_account.begin(), of_account.end());
  of_account.resize(of_account.size() - (sessions_max - 1));
  for (const auto& [used, session] : of_account) {
    sessions_.erase(session);
    ended.push_back(session);
  }
  return ended;
}

session_book::begun session_book::begin(const session_hash& session, messages::signed_in who, session_origin from,
                                        const moment& now) {
  auto ended = make_room(who.account);
  web_session_entry one{std::move(who), std::move(from), 0, now.steady, now.steady, now.steady};
  auto keep = row_of(one, now);
  sessions_.insert_or_assign(session, std::move(one));
  return {std::move(keep), std::move(ended)};
}

bool session_book::kept(const session_hash& session, std::uint64_t password) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return false;
  found->second.password = password;
  return true;
}

bool session_book::is_old(const web_session_entry& one, steady_time now) {
  return now - one.used > idle_max || now - one.began > age_max;
}

const web_session_entry* session_book::find(std::string_view cookie, steady_time now) {
  const auto found = sessions_.find(hash_of_cookie(cookie));
  if (found == sessions_.end() || is_old(found->second, now)) return nullptr;
  found->second.used = now;
  return &found->second;
}

std::optional<messages::kept_session> session_book::due(const session_hash& session, const moment& now) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || found->second.used - found->second.kept < keep_every) return std::nullopt;
  found->second.kept = found->second.used;
  return row_of(found->second, now);
}

std::vector<std::pair<session_hash, messages::kept_session>> session_book::all(const moment& now) {
  std::vector<std::pair<session_hash, messages::kept_session>> rows;
  for (auto& [session, one] : sessions_) {
    if (one.password == 0) continue;
    one.kept = one.used;
    rows.emplace_back(session, row_of(one, now));
  }
  return rows;
}

std::vector<session_hash> session_book::end_all(account_id account) {
  std::vector<session_hash> ended;
  std::erase_if(sessions_, [&](const auto& one) {
    if (one.second.who.account != account) return false;
    ended.push_back(one.first);
    return true;
  });
  return ended;
}

std::vector<session_hash> session_book::end_old(steady_time now) {
  std::vector<session_hash> ended;
  std::erase_if(sessions_, [&](const auto& one) {
    if (!is_old(one.second, now)) return false;
    ended.push_back(one.first);
    return true;
  });
  return ended;
}

}  // namespace stagecoach::web
