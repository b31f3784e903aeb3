// APPEND (RFC 3501 6.3.11) with APPENDUID (RFC 4315 3) and UTF8 (RFC 6855 4). The message is a literal of any size: its
// octets go through as they come and are never held here. Octets of header fields are kept as they are whether the
// client has enabled UTF-8 or not: RFC 6855 4 wants 8-bit header fields refused of those who have not, and a person who
// moves here from another server would lose all mails that broke the rules of their day.
#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/date_time.hpp"
#include "protocols/imap/flags.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/mime/strict_message.hpp"

namespace stagecoach::imap {

namespace {

class append final : public command {
 public:
  append(need_appended what, const literal_head& message, bool is_binary, std::string_view end)
      : what_(std::move(what)),
        bytes_(message.bytes),
        is_sync_(message.is_sync),
        end_(end),
        strict_({!end.empty(), true, is_binary, false}) {}

  step start(session_state& session) override {
    if (bytes_ > session.options.append_bytes_max)
      return refuse({status::no, "TOOBIG", "Messages of this size are not kept; nothing was stored"});
    if (auto no = spell_stored(session, what_.mailbox)) return refuse(*no);
    // RFC 6855 4: who has not enabled UTF-8 may not send it so.
    if (!end_.empty() && !session.accepts_utf8)
      return refuse({status::bad, "", "UTF8 belongs to ENABLE UTF8=ACCEPT; nothing was stored"});
    if (bytes_ == 0) return refuse({status::no, "CANNOT", "An empty message cannot be stored"});
    session.out.put(need_append{bytes_});
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return on_refused(no->code);
    if (std::holds_alternative<append_ready>(what)) {
      if (is_sync_) session.out.line("+ Ready for the message");
      return wants_octets{bytes_};
    }
    if (const auto* done = std::get_if<appended>(&what)) {
      code_ = "APPENDUID " + std::to_string(done->validity.value) + ' ' + std::to_string(done->id.value);
      // RFC 3501 6.3.11: a message in the selected mailbox is told before the tagged response.
      if (session.selected && session.selected->name == what_.mailbox) {
        session.out.put(need_changes{});
        return waiting{};
      }
    }
    return finished{status::ok, code_, "Stored"};
  }

  void octets(session_state& session, std::string_view bytes) override {
    if (refusal_) return;
    if (session.options.is_pedantic) strict_.read(bytes);
    session.out.put(append_octets{std::string(bytes)});
  }

  step octets_done(session_state&) override { return wants_line{}; }

  step line(session_state& session, std::string_view text) override {
    if (refusal_) return *refusal_;
    if (text != end_) {
      session.out.put(abandon_append{});
      return finished{status::bad, "", "This is not how APPEND ends; nothing was stored"};
    }
    if (session.options.is_pedantic) strict_.end();
    if (strict_.flaw()) {
      session.out.put(abandon_append{});
      return finished{status::no, "CANNOT", std::string(*strict_.flaw()) + "; nothing was stored"};
    }
    is_complete_ = true;
    session.out.put(what_);
    return waiting{};
  }

 private:
  // A client that waits for `+` sends nothing more; of one that does not, the octets are read away.
  step refuse(finished why) {
    if (is_sync_) return why;
    refusal_ = std::move(why);
    return wants_octets{bytes_};
  }

  step on_refused(fault_code code) {
    finished why = refusal(code);
    if (code == fault_code::not_found) why = {status::no, "TRYCREATE", "There is no such mailbox; nothing was stored"};
    if (!code_.empty()) return finished{status::ok, code_, "Stored"};  // it is; only the news did not come
    if (is_complete_) return why;
    return refuse(std::move(why));
  }

  need_appended what_;
  std::uint64_t bytes_;
  bool is_sync_;
  std::string_view end_;  // what stands behind the message: empty, or the parenthesis of UTF8
  mime::strict_message strict_;
  bool is_complete_ = false;
  std::optional<finished> refusal_;
  std::string code_;
};

}  // namespace

std::optional<parsed_command> parse_append_head(reader& in, const literal_head& message) {
  need_appended what;
  expect_space(in);
  if (in.offset() == message.at) return std::nullopt;
  what.mailbox = take_astring(in);
  expect_space(in);
  if (in.peek() == '(') {
    what.flags = take_flag_list(in);
    expect_space(in);
  }
  if (in.peek() == '"') {
    what.received = take_date_time(in);
    expect_space(in);
  }
  std::string_view end;
  bool is_binary = false;
  if (in.skip_nocase("UTF8 (~"))
    end = ")";
  else
    is_binary = in.skip('~');  // RFC 3516 4.4: literal8; what is stored may hold any octet in either form
  if (in.ok() && in.offset() != message.at) in.fail(fault_code::syntax, "not what APPEND takes before its message");
  if (!in.ok()) return parsed_command(in.error());
  return parsed_command(std::make_unique<append>(std::move(what), message, is_binary, end));
}

parsed_command parse_append(reader& in) {
  in.fail(fault_code::syntax, "an APPEND whose message is missing");
  return in.error();
}

}  // namespace stagecoach::imap
