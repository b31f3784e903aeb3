// Sessions of the pages: their rows. Who has which, and until when, the site knows; that a new password ends those of
// the one before is written here, in each row.
#include "actors/runtime/stage.hpp"
#include "actors/services/directory.hpp"
#include "store/keys.hpp"
#include "store/sessions.hpp"

namespace stagecoach::services {

runtime::reply<messages::session_kept> directory::keep(const messages::keep_session& m) {
  const auto* login = book_.find(book_.name_of(m.what.account));
  if (login == nullptr) return runtime::to_error(failure{fault_code::not_found, "nobody can sign in to this account"});
  auto row = m.what;
  const auto password = store::password_mark(*login);
  if (row.password == 0) row.password = password;
  if (row.password != password)
    return runtime::to_error(failure{fault_code::not_found, "the account has another password now"});
  auto answer = make_response_promise<messages::session_kept>();
  commit_rows(
      {{store::session_key(m.session), write_record(row)}},
      [answer, password](const messages::committed&) mutable { answer.deliver(messages::session_kept{password}); },
      [answer](caf::error& why) mutable { answer.deliver(std::move(why)); });
  return answer;
}

runtime::reply<messages::sessions_ended> directory::end(const messages::end_sessions& m) {
  if (m.sessions.empty()) return messages::sessions_ended{};
  std::vector<messages::row_write> rows;
  rows.reserve(m.sessions.size());
  for (const auto& one : m.sessions) rows.push_back({store::session_key(one), std::nullopt});
  auto answer = make_response_promise<messages::sessions_ended>();
  commit_rows(
      std::move(rows), [answer](const messages::committed&) mutable { answer.deliver(messages::sessions_ended{}); },
      [answer](caf::error& why) mutable { answer.deliver(std::move(why)); });
  return answer;
}

}  // namespace stagecoach::services
