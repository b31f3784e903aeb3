#include "protocols/imap/session.hpp"

#include <algorithm>

#include "protocols/imap/capability.hpp"
#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {

// tag SP name, where a UID form has two words; `in` stands behind it.
struct command_head {
  std::string_view tag;
  std::string name;  // upper case
};

// RFC 3501 9: a tag is of ASTRING-CHAR without '+'. An empty tag means that there is none.
std::string_view take_tag(reader& in) {
  const auto tag = in.take_while([](char c) { return is_astring_char(c) && c != '+'; });
  return in.peek() == ' ' ? tag : std::string_view{};
}

command_head take_head(reader& in) {
  command_head head;
  head.tag = take_tag(in);
  if (head.tag.empty()) return head;
  expect_space(in);
  const auto is_letter = [](char c) { return is_atom_char(c); };
  head.name = to_upper(in.take_while(is_letter));
  if (head.name == "UID" && in.skip(' ')) head.name += ' ' + to_upper(in.take_while(is_letter));
  return head;
}

std::string_view name_of(status how) {
  switch (how) {
    case status::ok:
      return "OK";
    case status::no:
      return "NO";
    case status::bad:
      return "BAD";
  }
  return "BAD";
}

}  // namespace

void session::start() { state_.out.line("* OK [CAPABILITY " + capabilities(state_) + "] Stagecoach is ready"); }

void session::received(std::string_view bytes) {
  if (is_closed_) return;
  if (pause_ == pause::tls) {
    // TL07: what comes between STARTTLS and the handshake was sent by somebody who could not know its answer.
    say_bye("Plain text after STARTTLS");
    return;
  }
  input_ += bytes;
  advance();
}

void session::answered(answer what) {
  if (is_closed_) return;
  if (std::holds_alternative<drained>(what)) state_.out.drained();
  switch (std::exchange(pause_, pause::none)) {
    case pause::sync:
      if (const auto* no = std::get_if<refused>(&what)) {
        on_step(refusal(no->code));
      } else {
        on_step(running_->what->start(state_));
      }
      break;
    case pause::command:
      on_step(running_->what->answered(state_, std::move(what)));
      break;
    case pause::telling:
      break;
    case pause::none:
    case pause::tls:
      CHECK(!"an answer to no question");
      break;
  }
  advance();
}

void session::changed(const std::vector<change>& entries) {
  if (is_closed_ || !state_.selected) return;
  for (const auto& one : entries) state_.selected->pending.changed(one);
  advance();
}

void session::tls_started() {
  CHECK(pause_ == pause::tls);
  pause_ = pause::none;
  state_.is_tls = true;
}

void session::drain() {
  if (is_closed_) return;
  is_draining_ = true;
  if (!running_ || running_->what->is_idle()) say_bye("The server stops; please come back");
}

void session::timed_out() {
  if (!is_closed_) say_bye("Nothing was heard for too long");
}

std::optional<output> session::next() { return state_.out.next(); }

bool session::wants_input() const {
  const auto most = state_.is_signed_in ? input_bytes_max : input_bytes_max_signed_out;
  return !is_closed_ && pause_ != pause::tls && input_.size() - input_at_ < most;
}

std::size_t session::line_limit() const { return state_.is_signed_in ? line_bytes_max : line_bytes_max_signed_out; }

void session::consume(std::size_t count) {
  input_at_ += count;
  if (input_at_ < input_.size()) return;
  input_at_ = 0;
  input_.clear();
  if (input_.capacity() > line_bytes_max) input_ = std::string();  // an idle session holds no buffer
}

void session::advance() {
  while (!is_closed_ && pause_ == pause::none && advance_once()) continue;
}

bool session::advance_once() {
  if (finishing_) return finish();
  if (running_) return read_for_command();
  if (state_.out.is_full()) {
    // Commands that a client has sent ahead produce no more than it reads.
    state_.out.put(need_drained{});
    pause_ = pause::telling;
    return false;
  }
  return read_command();
}

bool session::read_command() {
  if (input().empty()) return false;
  std::string_view bytes = input();
  const auto before = bytes.size();
  const auto event = collector_.take(bytes, line_limit());
  consume(before - bytes.size());
  if (const auto* broken = std::get_if<command_collector::broken>(&event)) {
    on_framing_fault(broken->why);
  } else if (const auto* literal = std::get_if<command_collector::literal_announced>(&event)) {
    on_literal(literal->head);
  } else if (std::holds_alternative<command_collector::complete>(event)) {
    const command_collector whole = std::exchange(collector_, {});
    on_command(whole.text());
  }
  return true;
}

// IDLE and AUTHENTICATE wait for a line, APPEND for octets and then for the end of its line.
bool session::read_for_command() {
  if (running_->what->is_idle() && !tell(true)) return pause_ == pause::none;
  if (auto* wanted = std::get_if<wants_octets>(&running_->now)) return read_octets(*wanted);
  if (input().empty()) return false;
  std::string_view bytes = input();
  const auto before = bytes.size();
  const auto event = collector_.take(bytes, line_limit());
  consume(before - bytes.size());
  if (const auto* broken = std::get_if<command_collector::broken>(&event)) {
    on_framing_fault(broken->why);
  } else if (const auto* literal = std::get_if<command_collector::literal_announced>(&event);
             literal != nullptr && !literal->head.is_sync) {
    say_bye("A literal where none can be");  // its octets, on their way, would be taken for commands (IM05)
  } else if (!std::holds_alternative<command_collector::more>(event)) {
    const command_collector line = std::exchange(collector_, {});
    on_step(running_->what->line(state_, line.text()));
  }
  return true;
}

bool session::read_octets(wants_octets& wanted) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(wanted.count, input().size()));
  if (count > 0) {
    running_->what->octets(state_, input().substr(0, count));
    consume(count);
    wanted.count -= count;
  }
  if (wanted.count > 0) return false;
  on_step(running_->what->octets_done(state_));
  return true;
}

// RFC 3501 5.2: what is pending comes before the tagged response, as far as it may be told now.
bool session::finish() {
  if (!tell(running_->row->use == numbers::unaffected)) return pause_ == pause::none;
  const finished how = *std::exchange(finishing_, std::nullopt);
  respond(running_->tag, how);
  running_.reset();
  if (how.then == afterwards::start_tls) {
    state_.out.put(start_tls{});
    pause_ = pause::tls;
  } else if (how.then == afterwards::hang_up) {
    is_closed_ = true;
    state_.out.put(hang_up{});
  } else if (is_draining_) {
    say_bye("The server stops; please come back");
  }
  return true;
}

bool session::tell(bool may_expunge) {
  if (!state_.selected || state_.selected->pending.is_quiet(may_expunge)) return true;
  if (state_.out.is_full()) {
    state_.out.put(need_drained{});
    pause_ = pause::telling;
    return false;
  }
  auto& mailbox = *state_.selected;
  std::string told;
  mailbox.pending.tell(told, mailbox.map, mailbox.keywords, {may_expunge, !state_.is_rev2, unsent_bytes_max});
  state_.out.text(told);
  return mailbox.pending.is_quiet(may_expunge);
}

void session::on_command(std::string_view text) {
  reader in(text);
  const auto head = take_head(in);
  if (head.tag.empty()) return reject("*", {fault_code::syntax, 0, "a command begins with its tag"});
  const auto* row = find_command(head.name);
  if (row == nullptr) return reject(head.tag, {fault_code::syntax, in.offset(), "there is no such command"});
  if (!is_allowed(*row, state_))
    return reject(head.tag, {fault_code::syntax, in.offset(), "this command is not allowed now"});
  auto parsed = row->parse(in);
  if (!parsed) return reject(head.tag, parsed.error());
  run(head.tag, *row, std::move(*parsed));
}

// A literal is asked for only when it can be used (IM01 to IM03).
void session::on_literal(const literal_head& head) {
  reader in(collector_.text());
  const auto command = take_head(in);
  const auto* row = command.tag.empty() ? nullptr : find_command(command.name);
  const bool is_usable = row != nullptr && is_allowed(*row, state_);
  if (is_usable && row->name == "APPEND") {
    if (auto append = parse_append_head(in, head)) {
      if (*append) {
        const command_collector whole = std::exchange(collector_, {});
        reader again(whole.text());
        return run(take_head(again).tag, *row, std::move(**append));
      }
      if (head.is_sync) {
        const command_collector whole = std::exchange(collector_, {});
        reader again(whole.text());
        return reject(take_head(again).tag, append->error());
      }
    }
  }
  if (!is_usable && head.is_sync) {
    const command_collector whole = std::exchange(collector_, {});
    return on_command(whole.text());  // says what is wrong with it
  }
  if (refuse_literal(head, command.tag)) return;
  if (head.is_sync) state_.out.line("+ Ready for the literal");
  collector_.take_literal(head.bytes);
}

bool session::refuse_literal(const literal_head& head, std::string_view tag) {
  const bool is_known = state_.is_signed_in;
  const auto most = is_known ? literal_bytes_max : state_.options.allowed.literal_bytes_max_signed_out;
  const auto most_of_all = is_known ? all_literals_bytes_max : all_literals_bytes_max_signed_out;
  const bool is_too_big = head.bytes > most || collector_.literal_bytes() + head.bytes > most_of_all ||
                          collector_.literals() >= literals_max;
  if (!is_too_big) return false;
  if (!head.is_sync) {
    // RFC 7888 4: the octets are on their way; reading them away is what an attacker would like.
    say_bye("[TOOBIG] This literal is too big");
    return true;
  }
  respond(tag, {status::no, "TOOBIG", "This literal is too big"});
  collector_.reset();
  return true;
}

// Client and server no longer agree on where a command ends: nothing that follows may be run (IM04).
void session::on_framing_fault(const fault& why) {
  if (!running_) {
    reader in(collector_.text());
    if (const auto tag = take_tag(in); !tag.empty()) respond(tag, {status::bad, "", std::string(why.what)});
  }
  say_bye(why.what);
}

void session::run(std::string_view tag, const command_row& row, command_ptr what) {
  had_valid_command_ = true;
  bad_commands_ = 0;
  state_.tag = tag;
  running_ = running_command{std::string(tag), &row, std::move(what), waiting{}};
  state_.has_input_behind = !input().empty();
  if (row.up_to_date == sync::first && state_.selected) {
    state_.out.put(need_changes{});
    pause_ = pause::sync;
    return;
  }
  on_step(running_->what->start(state_));
}

void session::on_step(step next) {
  if (auto* done = std::get_if<finished>(&next)) {
    finishing_ = std::move(*done);
  } else if (std::holds_alternative<ended>(next)) {
    is_closed_ = true;
    state_.out.put(hang_up{});
  } else {
    if (std::holds_alternative<waiting>(next)) pause_ = pause::command;
    running_->now = std::move(next);
  }
}

void session::reject(std::string_view tag, const fault& why) {
  const auto& allowed = state_.options.allowed;
  if (++bad_commands_ > allowed.bad_commands_before_delay && allowed.bad_command_delay.count() > 0)
    state_.out.put(wait{allowed.bad_command_delay});
  respond(tag, {status::bad, "", std::string(why.what)});
  if (!had_valid_command_) return say_bye("This is an IMAP server");
  if (bad_commands_ >= bad_commands_limit()) say_bye("Too many errors");
}

unsigned session::bad_commands_limit() const {
  const auto& allowed = state_.options.allowed;
  const bool has_to_hurry = state_.is_house_full && !state_.is_signed_in;
  return has_to_hurry ? allowed.bad_commands_max_in_stress : allowed.bad_commands_max;
}

void session::respond(std::string_view tag, const finished& how) {
  auto& out = state_.out;
  for (const auto part : {tag, std::string_view(" "), name_of(how.how)}) out.text(part);
  if (!how.code.empty())
    for (const auto part : {std::string_view(" ["), std::string_view(how.code), std::string_view("]")}) out.text(part);
  out.text(" ");
  out.line(how.text);
}

void session::say_bye(std::string_view text) {
  state_.out.line("* BYE " + std::string(text));
  state_.out.put(hang_up{});
  is_closed_ = true;
}

}  // namespace stagecoach::imap
