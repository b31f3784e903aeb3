// What the commands of one session share: who it is, which mailbox is selected, and what is to go out. Owned by
// imap::session; a command sees it while it runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/output_queue.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/mailbox_name.hpp"
#include "protocols/imap/needs.hpp"
#include "protocols/imap/uid_map.hpp"
#include "protocols/imap/untagged.hpp"

namespace stagecoach::imap {

struct session_options {
  bool offers_tls = false;      // STARTTLS
  bool is_tls = false;          // the connection began with TLS
  bool login_needs_tls = true;  // RFC 3501 11.1; a server for one laptop does without on loopback
  std::uint64_t append_bytes_max = 0;
  bool is_pedantic = false;  // refuses messages that careless clients append (mime/strict_message.hpp)
  session_limits allowed = {};
};

// Outputs in order; bytes that follow bytes are one output, so that what the client gets does not depend on how its
// commands were cut.
class outbox {
 public:
  void text(std::string_view bytes);
  void line(std::string_view bytes);  // and CRLF
  void put(output&& one) { outputs_.put(std::move(one)); }

  [[nodiscard]] std::optional<output> next() { return outputs_.next(); }
  // Enough waits for the client: ask need_drained before more is written.
  [[nodiscard]] bool is_full() const;
  void drained() { unsent_ = 0; }
  void trust() { unsent_max_ = unsent_bytes_max; }  // its client has signed in

 private:
  output_queue<output> outputs_;
  std::size_t unsent_ = 0;  // since the last `drained`
  std::size_t unsent_max_ = unsent_bytes_max_signed_out;
};

struct selected_mailbox {
  std::string name;
  bool is_read_only = false;
  uid_map map;
  untagged pending;
  std::vector<std::string> keywords;  // that the client was told of
  uid_set saved;                      // what `$` is; some of it may be gone
};

struct session_state {
  explicit session_state(session_options how) : options(how), is_tls(how.is_tls) {}

  session_options options;
  bool is_tls = false;
  std::optional<public_key_hash> client_key;  // of its certificate
  std::string tag;                            // of the command that runs
  bool is_signed_in = false;
  bool is_rev2 = false;           // ENABLE IMAP4rev2
  bool accepts_utf8 = false;      // ENABLE UTF8=ACCEPT
  bool has_input_behind = false;  // the client has sent more than the command that runs
  unsigned failed_logins = 0;
  bool is_house_full = false;  // strangers have to hurry
  std::optional<selected_mailbox> selected;
  outbox out;

  // How mailbox names are spelled (RFC 9051 5.1; RFC 6855 3).
  [[nodiscard]] name_spelling spelling() const {
    return is_rev2 || accepts_utf8 ? name_spelling::utf8 : name_spelling::utf7;
  }

  // Its changes are wanted no more (RFC 3501 6.3.1: SELECT leaves the mailbox before, whatever comes of it).
  void leave_selected();
};

}  // namespace stagecoach::imap
