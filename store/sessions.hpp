// The sessions of the pages that a node begins with: those that can go on, and those whose password is another one now.
// How old they are is the business of who has the clock (actors/web/session_book.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/auth/session_hash.hpp"
#include "store/check/account_check.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

// Another one for each password that is set, also for the same one again: a session is over when that of its account is
// not the one it began with. So the commit of a password ends all sessions of the one before, whatever comes after it.
[[nodiscard]] std::uint64_t password_mark(const login_row& login);

struct stored_session {
  session_hash session;
  std::string name;  // with which its account signs in
  session_row row;
};
struct stored_sessions {
  std::vector<stored_session> good;
  std::vector<session_hash> over;
  std::vector<std::string> unreadable;  // their keys; nobody finds them, and a repair removes them
};

[[nodiscard]] result<stored_sessions, failure> read_sessions(const row_source& rows);

}  // namespace stagecoach::store
