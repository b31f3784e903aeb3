// What has happened to the selected mailbox and the client does not know yet. Changes are coalesced: at most one entry
// per message; told is the last state. It decides what may be told now (RFC 3501 5.5, 7.4.1) and in which order:
// messages that are gone, then how many there are, then flags.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "protocols/base/flags.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/uid_set.hpp"
#include "protocols/imap/needs.hpp"
#include "protocols/imap/uid_map.hpp"

namespace stagecoach::imap {

struct telling {
  bool may_expunge = true;  // no command that runs uses numbers
  bool with_recent = true;  // not to clients of IMAP4rev2
  std::size_t bytes = 0;    // about
};

class untagged {
 public:
  void changed(const change& one);
  void expunged(const uid_set& gone);
  // The client was told these flags by a response of its own command.
  void forget_flags(uid one) { flags_.erase(one); }
  // Its flags are these by now; they are told only when there was something to be told before.
  void renew_flags(uid one, const message_flags& now) {
    if (const auto found = flags_.find(one); found != flags_.end()) found->second = now;
  }

  [[nodiscard]] bool empty() const { return added_.empty() && gone_.empty() && flags_.empty(); }
  // Nothing that may be told now; messages that are gone must wait while numbers are in use.
  [[nodiscard]] bool is_quiet(bool may_expunge) const {
    return added_.empty() && flags_.empty() && (gone_.empty() || !may_expunge);
  }

  // Writes responses and moves the numbers of `map` with them, until `out` has grown by that much; the rest stays.
  void tell(std::string& out, uid_map& map, std::vector<std::string>& keywords, const telling& how);

 private:
  void tell_gone(std::string& out, uid_map& map, std::size_t bytes);

  uid_set added_;
  uid_set gone_;
  std::map<uid, message_flags> flags_;
};

// `* FLAGS (...)` when these have a keyword that the client has not been told of (RFC 3501 7.2.6).
void put_new_keywords(std::string& out, const message_flags& flags, std::vector<std::string>& keywords);

}  // namespace stagecoach::imap
