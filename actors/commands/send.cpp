// `stagecoach send`: hands one mail to the localserve that runs on a directory, by SMTP, as any other program would.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <iterator>
#include <memory>

#include "actors/commands/blocking_socket.hpp"
#include "actors/commands/control_client.hpp"
#include "actors/commands/report.hpp"
#include "actors/commands/table.hpp"
#include "actors/runtime/world_real.hpp"
#include "config/local_config.hpp"
#include "messages/ports.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/mime/plain_message.hpp"
#include "protocols/smtp/handover.hpp"
#include "protocols/smtp/path.hpp"
#include "protocols/smtp/received.hpp"

namespace stagecoach::commands {

namespace {

struct options {
  std::string directory = default_directory().string();
  std::vector<std::string> to;
  std::string from = config::local_config{}.user;
  std::string subject;
  std::string body;
  std::vector<std::string> headers;
  bool has_body = false;
  bool is_raw = false;
  bool json = false;
  std::uint32_t timeout_s = 30;
};

struct sent_mail {
  std::string reply;       // of the server to the message
  std::string message_id;  // empty: of a raw message, whose own it is
  std::vector<std::string> to;
  static constexpr auto fields =
      described(field(1, "reply", &sent_mail::reply, "what the server said"),
                field(2, "message_id", &sent_mail::message_id), field(3, "to", &sent_mail::to));
};

exit_code tell(const refusal& why, bool json) {
  return json ? fail_json(why.code, why.what, why.hint) : fail(why.code, why.what, why.hint);
}

refusal wrong(std::string what, std::string hint) { return {exit_code::wrong_usage, std::move(what), std::move(hint)}; }

result<address, refusal> read_address(std::string_view option, const std::string& text) {
  auto read = smtp::parse_mailbox(text);
  if (read) return *read;
  return wrong(std::string(option) + " \"" + text + "\" is not an address; nothing was sent",
               "name@domain, for example ada@localhost");
}

// A person at a terminal who gave no text sends none.
std::string read_input() {
  if (::isatty(STDIN_FILENO) == 1) return {};
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

result<smtp::parcel, refusal> read_envelope(const options& chosen) {
  smtp::parcel what;
  if (chosen.from != "<>") {
    auto from = read_address("--from", chosen.from);
    if (!from) return from.error();
    what.from = std::move(*from);
  }
  for (const auto& text : chosen.to) {
    auto to = read_address("--to", text);
    if (!to) return to.error();
    what.to.push_back(std::move(*to));
  }
  return what;
}

result<std::string, refusal> compose(const options& chosen, std::string message_id, const runtime::world& outside) {
  mime::plain_message message;
  message.from = chosen.from == "<>" ? "MAILER-DAEMON@localhost" : chosen.from;
  message.to = chosen.to;
  message.subject = chosen.subject;
  message.body = chosen.has_body ? chosen.body : read_input();
  message.date = smtp::write_date(outside.clock.wall());
  message.message_id = std::move(message_id);
  for (const auto& text : chosen.headers) {
    auto field = mime::parse_extra_field(text);
    if (!field)
      return wrong("--header \"" + text + "\" is not a header field; nothing was sent", "--header 'Name: value'");
    message.extra.push_back(std::move(*field));
  }
  auto written = mime::write_message(message);
  if (written) return *written;
  return wrong("the mail cannot be written: " + std::string(written.error().what) + "; nothing was sent",
               "a whole message of any kind goes through --raw");
}

std::string new_message_id(const runtime::world& outside) {
  std::array<std::uint8_t, 16> octets{};
  outside.random.fill(octets);
  const std::string_view bytes(reinterpret_cast<const char*>(octets.data()), octets.size());
  return "<" + to_hex(bytes) + "@localhost>";
}

bool connect_to(blocking_socket& socket, const std::string& ip, std::uint16_t port) {
  if (ip.find(':') != std::string::npos) {
    sockaddr_in6 where{};
    where.sin6_family = AF_INET6;
    where.sin6_port = htons(port);
    ::inet_pton(AF_INET6, ip.c_str(), &where.sin6_addr);
    return socket.connect_to(reinterpret_cast<const sockaddr*>(&where), sizeof(where));
  }
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  ::inet_pton(AF_INET, ip.c_str(), &where.sin_addr);
  return socket.connect_to(reinterpret_cast<const sockaddr*>(&where), sizeof(where));
}

// The whole SMTP session, up to its outcome.
result<smtp::handed_over, refusal> hand_over(const options& chosen, smtp::parcel what, const messages::port_list& at) {
  const std::string ip = at.ip == "0.0.0.0" ? "127.0.0.1" : at.ip == "::" ? "::1" : at.ip;
  const std::string where = ip + " port " + std::to_string(at.ports.smtp);
  blocking_socket socket(ip.find(':') == std::string::npos ? AF_INET : AF_INET6,
                         std::chrono::seconds(chosen.timeout_s));
  if (!connect_to(socket, ip, at.ports.smtp))
    return refusal{exit_code::not_reachable, "no SMTP server answers at " + where + ": " + std::strerror(errno),
                   "stagecoach actors shows what runs"};
  smtp::handover talk(std::move(what));
  while (!talk.is_over()) {
    const auto bytes = socket.receive();
    if (socket.is_late())
      return refusal{exit_code::timed_out,
                     "the server at " + where + " said nothing for " + std::to_string(chosen.timeout_s) + " s",
                     "--timeout waits longer; an address that ends in timeout is never answered"};
    bytes.empty() ? talk.closed() : talk.received(bytes);
    if (!socket.send_all(talk.take())) talk.closed();
  }
  return talk.outcome();
}

std::string said(const smtp::server_reply& why) {
  return why.code == 0 ? why.text : std::to_string(why.code) + " " + why.text;
}

exit_code report(const options& chosen, const smtp::handed_over& how, const std::string& message_id) {
  if (!how.failed_at.empty())
    return tell({exit_code::failed,
                 "the server refused the mail at " + std::string(how.failed_at) + ": " + said(how.why) +
                     "; nothing was delivered",
                 ""},
                chosen.json);
  if (!how.refusals.empty()) {
    std::string what = "the mail was delivered, but not to";
    for (const auto& one : how.refusals) what += " " + address_text(one.to) + " (" + said(one.why) + ")";
    return tell({exit_code::partly_done, what, ""}, chosen.json);
  }
  if (chosen.json) {
    std::cout << "{\"ok\":true,\"result\":" << write_json(sent_mail{how.accepted, message_id, chosen.to}) << "}\n";
  } else {
    std::cout << "sent: " << how.accepted << "\n";
  }
  return exit_code::good;
}

exit_code send(const options& chosen) {
  auto what = read_envelope(chosen);
  if (!what) return tell(what.error(), chosen.json);
  // Before standard input is waited for: without a server there is nobody to wait for it.
  const auto at = ask_server(chosen.directory, messages::list_ports{});
  if (!at) return tell(at.error(), chosen.json);
  runtime::real_world outside;
  const auto message_id = chosen.is_raw ? std::string() : new_message_id(outside.view());
  auto parcel = std::move(*what);
  if (chosen.is_raw) {
    parcel.message = mime::with_crlf(read_input());
  } else {
    auto written = compose(chosen, message_id, outside.view());
    if (!written) return tell(written.error(), chosen.json);
    parcel.message = std::move(*written);
  }
  const auto how = hand_over(chosen, std::move(parcel), *at);
  return how ? report(chosen, *how, message_id) : tell(how.error(), chosen.json);
}

}  // namespace

void declare_send(command_line& line) {
  const auto chosen = std::make_shared<options>();
  line.add("--to", chosen->to, "recipient; can be given again").required();
  line.add("--from", chosen->from, "sender; <> is the null sender of bounces");
  const auto subject = line.add("--subject", chosen->subject, "subject");
  const auto body = line.add("--body", chosen->body, "text; without it, standard input");
  const auto header = line.add("--header", chosen->headers, "one more 'Name: value'; can be given again");
  line.add_flag("--raw", chosen->is_raw, "standard input is the whole message, header and all")
      .excludes(subject)
      .excludes(body)
      .excludes(header);
  line.add("--timeout", chosen->timeout_s, "seconds to wait for each answer").within(1, 86400);
  line.add("--dir", chosen->directory, "the server's data directory");
  line.add_flag("--json", chosen->json, "print JSON");
  line.runs([chosen, body] {
    chosen->has_body = body.is_given();
    return send(*chosen);
  });
}

}  // namespace stagecoach::commands
