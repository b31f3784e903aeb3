// Sessions of the pages, as they are kept while nobody runs: what the directory is told of them. A session is known by
// the hash of its cookie alone; whoever reads what is kept can sign in with none of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/auth/session_hash.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/record.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::messages {

struct kept_session {
  account_id account;
  std::uint64_t password = 0;  // which of the account's passwords it was begun under (store/sessions.hpp)
  unix_ms began;               // by the clock that `used` is of: together they say how old it was then
  unix_ms used;                // last, or up to an hour before
  std::string remote_ip;       // where it was begun, for its person
  std::string user_agent;
  static constexpr auto fields =
      described(field(1, "account", &kept_session::account), field(2, "password", &kept_session::password),
                field(3, "began", &kept_session::began), field(4, "used", &kept_session::used),
                field(5, "remote_ip", &kept_session::remote_ip), field(6, "user_agent", &kept_session::user_agent));
  friend bool operator==(const kept_session&, const kept_session&) = default;
};

// It has begun, or was used again. The answer means durable. not_found: nobody can sign in to the account, or not with
// the password of then.
struct keep_session {
  trace_context trace;
  session_hash session;
  kept_session what;  // password 0: it begins, under the one of now
  static constexpr auto fields =
      described(field(1, "trace", &keep_session::trace), field(2, "session", &keep_session::session),
                field(3, "what", &keep_session::what));
  friend bool operator==(const keep_session&, const keep_session&) = default;
};
struct session_kept {
  std::uint64_t password = 0;  // that it was begun under
  static constexpr auto fields = described(field(1, "password", &session_kept::password));
  friend bool operator==(const session_kept&, const session_kept&) = default;
};

// They are over, whether they are kept or not. The answer means durable.
struct end_sessions {
  trace_context trace;
  std::vector<session_hash> sessions;
  static constexpr auto fields =
      described(field(1, "trace", &end_sessions::trace), field(2, "sessions", &end_sessions::sessions));
  friend bool operator==(const end_sessions&, const end_sessions&) = default;
};
struct sessions_ended {
  static constexpr auto fields = described();
  friend bool operator==(const sessions_ended&, const sessions_ended&) = default;
};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::kept_session>;
extern template struct record_of<messages::keep_session>;
extern template struct record_of<messages::session_kept>;
extern template struct record_of<messages::end_sessions>;
extern template struct record_of<messages::sessions_ended>;
}  // namespace stagecoach
