#include "store/sessions.hpp"

#include <unordered_map>

#include "protocols/base/reader.hpp"
#include "protocols/base/record.hpp"
#include "protocols/base/sha256.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

// The hash has a salt of its own each time.
std::uint64_t password_mark(const login_row& login) {
  const auto digest = sha256(login.password_hash);
  return reader(digest).fixed64("mark");
}

result<stored_sessions, failure> read_sessions(const row_source& rows) {
  struct login {
    std::string name;
    std::uint64_t password;
  };
  std::unordered_map<account_id, login> logins;
  auto read = rows(logins_prefix(), [&](std::string_view key, std::string_view value) {
    const auto name = parse_login_key(key);
    const auto row = read_record<login_row>(value);
    if (name && row) logins[row->account] = {*name, password_mark(*row)};
    return true;
  });
  if (!read) return read.error();
  stored_sessions found;
  read = rows(sessions_prefix(), [&](std::string_view key, std::string_view value) {
    const auto session = parse_session_key(key);
    auto row = read_record<session_row>(value);
    if (!session || !row) {
      found.unreadable.emplace_back(key);
      return true;
    }
    const auto of = logins.find(row->account);
    if (of == logins.end() || of->second.password != row->password)
      found.over.push_back(*session);
    else
      found.good.push_back({*session, of->second.name, std::move(*row)});
    return true;
  });
  if (!read) return read.error();
  return found;
}

}  // namespace stagecoach::store
