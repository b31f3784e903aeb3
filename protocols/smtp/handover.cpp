#include "protocols/smtp/handover.hpp"

#include "protocols/base/check.hpp"
#include "protocols/base/utf8.hpp"
#include "protocols/smtp/path.hpp"

namespace stagecoach::smtp {

namespace {

constexpr std::size_t reply_line_bytes_max = 2048;  // RFC 5321 4.5.3.1.5 allows 512; others say more
constexpr std::size_t reply_text_bytes_max = 64 * 1024;

std::string_view header_of(std::string_view message) { return message.substr(0, message.find("\r\n\r\n")); }

// RFC 5321 4.2: three digits, then a space, a hyphen or the end. 0: this is no reply.
std::uint16_t code_of(std::string_view line) {
  if (line.size() < 3 || (line.size() > 3 && line[3] != ' ' && line[3] != '-')) return 0;
  if (line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '9' || line[2] < '0' || line[2] > '9') return 0;
  return static_cast<std::uint16_t>((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
}

bool is_good(const server_reply& r) { return r.code >= 200 && r.code < 300; }

}  // namespace

handover::handover(parcel what) : what_(std::move(what)), lines_({reply_line_bytes_max, 2 * reply_line_bytes_max}) {
  CHECK(!what_.to.empty());
}

void handover::received(std::string_view bytes) {
  lines_.append(bytes);
  while (!is_over()) {
    const auto l = lines_.take();
    if (!l) return;
    if (l->fault != line_fault::none) return fail({0, "it does not speak SMTP"});
    take_line(l->text);
  }
}

void handover::closed() {
  if (at_ == step::quit) at_ = step::over;  // the mail is through, or refused; it need not say goodbye
  if (!is_over()) fail({0, "it has closed the connection"});
}

void handover::take_line(std::string_view line) {
  const auto code = code_of(line);
  const bool fits = code != 0 && (so_far_.code == 0 || so_far_.code == code);
  if (!fits || so_far_.text.size() + line.size() > reply_text_bytes_max) return fail({0, "it does not speak SMTP"});
  so_far_.code = code;
  if (line.size() > 4) so_far_.text += (so_far_.text.empty() ? "" : " ") + std::string(line.substr(4));
  if (line.size() < 4 || line[3] == ' ') on(std::exchange(so_far_, {}));
}

void handover::on(server_reply r) {
  switch (at_) {
    case step::greeting:
      if (r.code != 220) return fail(std::move(r));
      return say(step::hello, "EHLO localhost");
    case step::hello:
      if (!is_good(r)) return fail(std::move(r));
      return say(step::mail, mail_line());
    case step::mail:
      if (!is_good(r)) return fail(std::move(r));
      return next_recipient();
    case step::rcpt:
      if (r.code == 421) return fail(std::move(r));
      if (!is_good(r)) outcome_.refusals.push_back({what_.to[recipient_], r});
      ++recipient_;
      if (recipient_ < what_.to.size()) return next_recipient();
      if (outcome_.refusals.size() == what_.to.size()) return fail(std::move(r));
      return say(step::data, "DATA");
    case step::data:
      if (r.code != 354) return fail(std::move(r));
      at_ = step::message;
      out_ += dotted(what_.message);
      return;
    case step::message:
      if (!is_good(r)) return fail(std::move(r));
      outcome_.accepted = std::to_string(r.code) + " " + r.text;
      return say(step::quit, "QUIT");
    case step::quit:
      at_ = step::over;
      return;
    case step::over:
      return;
  }
}

void handover::next_recipient() { say(step::rcpt, "RCPT TO:" + write_path(what_.to[recipient_])); }

// Of what is not SMTP, and of who is leaving, nobody takes leave.
void handover::fail(server_reply why) {
  if (at_ == step::quit) {  // its goodbye is no matter
    at_ = step::over;
    return;
  }
  const bool is_talking = why.code != 0 && why.code != 421;
  outcome_.failed_at = name_of(at_);
  outcome_.why = std::move(why);
  if (is_talking) return say(step::quit, "QUIT");
  at_ = step::over;
}

void handover::say(step next, const std::string& line) {
  at_ = next;
  out_ += line + "\r\n";
}

// RFC 6152 2, RFC 6531 3.4: says what the message needs; a server of ours has both.
std::string handover::mail_line() const {
  std::string line = "MAIL FROM:" + write_path(what_.from);
  bool is_utf8 = !is_ascii(header_of(what_.message)) || (what_.from && !is_ascii(what_.from->local));
  for (const auto& one : what_.to) is_utf8 = is_utf8 || !is_ascii(one.local);
  if (is_utf8) line += " SMTPUTF8";
  if (is_utf8 || !is_ascii(what_.message)) line += " BODY=8BITMIME";
  return line;
}

std::string_view handover::name_of(step at) {
  switch (at) {
    case step::greeting:
      return "its greeting";
    case step::hello:
      return "EHLO";
    case step::mail:
      return "MAIL";
    case step::rcpt:
      return "RCPT";
    case step::data:
      return "DATA";
    case step::message:
      return "the message";
    case step::quit:
    case step::over:
      return "QUIT";
  }
  return {};
}

std::string dotted(std::string_view message) {
  std::string out;
  out.reserve(message.size() + 16);
  while (!message.empty()) {
    const auto end = message.find("\r\n");
    const auto line = message.substr(0, end == message.npos ? end : end + 2);
    if (line.front() == '.') out += '.';
    out += line;
    message.remove_prefix(line.size());
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out + ".\r\n";
}

}  // namespace stagecoach::smtp
