// The server's side of one SMTP session (RFC 5321, RFC 6409), from greeting to QUIT: fed with bytes and answers, yields
// outputs (needs.hpp). edge/smtp_connection drives it. While it waits for an answer it is paused, in order (RFC
// 2920 3.1); input is buffered up to a limit, and wants_input() says whether to read on.
//
// Where a reply must have been read before the client may speak (greeting, EHLO, DATA, STARTTLS), bytes that come
// before that reply was handed out by next() end the session: they were written without knowing it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/base/line_buffer.hpp"
#include "protocols/base/output_queue.hpp"
#include "protocols/smtp/command.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/incoming_body.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/smtp/needs.hpp"
#include "protocols/smtp/provoked.hpp"
#include "protocols/smtp/reply.hpp"

namespace stagecoach::smtp {

struct session_options {
  std::string host;  // our name, in the greeting
  std::uint64_t message_bytes_max = limits::message_bytes_default;
  bool tls_available = false;
  bool tls_active = false;  // from the first byte on
  service kind = service::reception;
  bool login_needs_tls = true;
  bool provokes_errors = false;  // for those whose address asks for them (provoked.hpp)
  bool is_pedantic = false;      // refuses what careless clients get away with (pedantry.hpp, mime/strict_message.hpp)
  session_limits allowed = {};
};

struct recipient_accepted {
  account_id account;
};
enum class recipient_refused { unknown, try_later, greylisted };
using recipient_answer = std::variant<recipient_accepted, recipient_refused>;

enum class sender_answer { yours, not_yours, try_later };

struct body_committed {
  std::string id;  // by which the mail is found in our logs; told to the client
};
enum class body_failed { try_later, mailbox_full };
using body_answer = std::variant<body_committed, body_failed>;

class session {
 public:
  explicit session(session_options options);  // the greeting is its first output

  void received(std::string_view bytes);
  void answered(recipient_answer answer);  // to ask_recipient
  void answered(body_answer answer);       // to end_of_body
  void answered(sender_answer answer);     // to ask_sender
  void answered(sasl::verdict answer);     // to check_password, find_keys and find_owner
  void answered(sasl::key_facts answer);   // to find_keys
  void answered(sasl::key_owner answer);   // to find_owner
  // In the TLS handshake the client has proved to have this key: before tls_started() or the first bytes.
  void client_showed(const public_key_hash& key) { client_key_ = key; }
  void tls_started();  // to start_tls
  // The server stops, or the session has lasted long enough: 421 as soon as no mail is on its way.
  void drain();
  void time_is_over();
  // Facts about the house, to be said before the bytes that they are for: whether it is so full that strangers have to
  // hurry, and whether more mails are taken from this client's network.
  void house_is_full(bool is_full) { is_house_full_ = is_full; }
  void takes_mails(bool does) { takes_mails_ = does; }
  // The client was silent for too long.
  void timed_out();

  // Drain after every call.
  [[nodiscard]] std::optional<output> next();
  [[nodiscard]] bool wants_input() const;
  // An answer is on its way to it.
  [[nodiscard]] bool is_asking() const {
    return std::holds_alternative<asking_recipient>(state_) || std::holds_alternative<asking_commit>(state_) ||
           std::holds_alternative<asking_sender>(state_) || std::holds_alternative<asking_author>(state_) ||
           std::holds_alternative<asking_sign_in>(state_);
  }
  [[nodiscard]] bool is_receiving_body() const {
    return std::holds_alternative<receiving>(state_) || std::holds_alternative<receiving_chunk>(state_);
  }
  [[nodiscard]] bool is_signed_in() const { return !user_.empty(); }
  // It has not shown yet that it is of any use: has not signed in; on port 25 has named no recipient that is here.
  [[nodiscard]] bool is_stranger() const {
    return options_.kind == service::submission ? user_.empty() : !has_recipient_;
  }
  [[nodiscard]] bool is_closed() const { return std::holds_alternative<closed>(state_); }

 private:
  struct ready {};
  struct exchanging {};      // AUTH: the next line is the client's message
  struct asking_sign_in {};  // what it said is being looked at
  struct asking_sender {
    mail asked;
  };
  struct asking_author {
    end_of_body message;
    std::vector<address> left;  // to be asked for; the last is asked
  };
  struct asking_recipient {
    address to;
  };
  struct receiving {};      // DATA, up to its end
  struct receiving_chunk {  // BDAT, so many octets
    std::uint64_t left = 0;
    bool is_last = false;
    std::optional<reply> refusal;  // they are read away
  };
  struct asking_commit {};
  struct starting_tls {};
  struct silent {};  // the client wanted to see that; it is told no more until timed_out()
  struct closed {};
  struct open_body {
    incoming_body body;
    bool is_wanted = true;  // not aborted yet
  };
  enum class turn { client, ours };  // ours: what we have put must be handed out before the client may speak

  // session.cpp: the stream
  void advance();
  void take_line(const line& l);
  void take_body();
  void take_chunk();
  void end_chunk(const receiving_chunk& done);
  void pass_on(std::string content);
  void end_body();
  void commit(end_of_body message);
  void ask_author(asking_author next);
  void answered_author(sender_answer answer);
  void refuse_author(const reply& why);
  void forget_mail();
  void leave(const reply& farewell);
  void pause(std::chrono::milliseconds time);  // before the next answer; 0: none
  [[nodiscard]] std::size_t errors_max() const;
  void refuse_data();
  void put(output&& o);
  void say(const reply& r);  // counts errors, and slows down or ends who makes too many
  void say_and_close(const reply& r);
  void refuse_injection();
  [[nodiscard]] std::optional<provoked> provoked_now(const std::optional<address>& by, moment when) const;
  [[nodiscard]] std::optional<provoked> provoked_by_recipients() const;
  [[nodiscard]] bool give(const provoked& what);  // whether that was the answer; a delay comes before it
  void expect_client_to_read();                   // ends the session when it has spoken already

  // authentication.cpp
  void on(const auth& c);
  void take_message(std::string_view text);
  template <class Answer>
  void answer_exchange(Answer answer);
  void follow(sasl::step next);
  void end_exchange(const sasl::failed& how);
  [[nodiscard]] static reply reply_to(sasl::reason why);

  // verbs.cpp: one function a verb
  void on(const hello& c);
  void on(const mail& c);
  void begin_mail_of(const mail& c);
  void on(const rcpt& c);
  void on(const data& c);
  void on(const bdat& c);
  void on(const rset& c);
  void on(const noop& c);
  void on(const quit& c);
  void on(const vrfy& c);
  void on(const help& c);
  void on(const starttls& c);
  void on(const not_implemented& c);
  void on(const malformed& c);
  void on(const foreign& c);
  void on(const unknown& c);
  [[nodiscard]] std::optional<reply> refusal_of_chunk() const;
  void count_idle_command();
  [[nodiscard]] offer now() const;
  [[nodiscard]] incoming_body::strictness strictness() const;

  session_options options_;
  std::variant<ready, exchanging, asking_sign_in, asking_sender, asking_author, asking_recipient, receiving,
               receiving_chunk, asking_commit, starting_tls, silent, closed>
      state_;
  turn turn_ = turn::ours;
  std::optional<hello> hello_;                 // none: not greeted yet
  std::optional<sasl::exchange> exchange_;     // none: no AUTH is going on
  std::optional<public_key_hash> client_key_;  // of its certificate
  std::string user_;                           // who has signed in; empty: nobody
  std::size_t failed_logins_ = 0;
  std::optional<envelope> envelope_;  // none: no MAIL yet
  bool is_seven_bit_ = false;         // the client has said so, or knows nothing else
  std::optional<open_body> body_;     // from DATA or the first BDAT to its end
  std::size_t refused_recipients_ = 0;
  bool has_unknown_recipient_ = false;  // refused as unknown; of this mail
  bool has_recipient_ = false;          // at any time
  bool is_first_command_ = true;
  bool is_house_full_ = false;
  bool takes_mails_ = true;
  const reply* farewell_ = nullptr;  // none: the session goes on
  std::size_t errors_ = 0;           // since the last mail
  std::size_t idle_commands_ = 0;    // since the last mail
  line_buffer lines_;
  output_queue<output> outputs_;
};

}  // namespace stagecoach::smtp
