#include "protocols/smtp/received.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "protocols/smtp/address_literal.hpp"
#include "protocols/smtp/path.hpp"

namespace stagecoach::smtp {

namespace {

// RFC 3848, RFC 6531 4.3. HELO over TLS has no name of its own.
std::string protocol_name(const trace_facts& facts) {
  if (!facts.is_extended) return "SMTP";
  std::string name = facts.is_utf8 ? "UTF8SMTP" : "ESMTP";
  if (!facts.tls.empty()) name += 'S';
  if (facts.is_signed_in) name += 'A';
  return name;
}

}  // namespace

std::string write_prefix(const trace_facts& facts) {
  std::string out = "Return-Path: " + write_path(facts.reverse_path) + "\r\n";
  out += "Delivered-To: " + write_mailbox(facts.recipient) + "\r\n";
  if (facts.is_signed_in) {  // RFC 8601 2.7.4
    out += "Authentication-Results: ";
    out += facts.host;
    out += "; auth=pass";
    if (facts.reverse_path) out += "\r\n\tsmtp.mailfrom=" + write_mailbox(*facts.reverse_path);
    out += "\r\n";
  }
  out += "Received: from ";
  out += facts.greeting_name;
  if (!facts.peer_ip.empty()) out += " (" + literal_of(facts.peer_ip) + ")";
  out += "\r\n\tby ";
  out += facts.host;
  out += " with ";
  out += protocol_name(facts);
  if (!facts.tls.empty()) {
    out += " (";
    out += facts.tls;
    out += ")";
  }
  out += "\r\n\tid ";
  out += facts.id;
  out += " for " + write_path(facts.recipient) + ";\r\n\t" + write_date(facts.when) + "\r\n";
  if (facts.adds_date) out += "Date: " + write_date(facts.when) + "\r\n";
  if (facts.adds_message_id) {
    out += "Message-ID: <";
    out += facts.id;
    out += '@';
    out += facts.host;
    out += ">\r\n";
  }
  return out;
}

std::string write_date(unix_ms when) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  using namespace std::chrono;
  const sys_seconds moment{floor<seconds>(milliseconds{when.value})};
  const auto midnight = floor<std::chrono::days>(moment);
  const year_month_day date{midnight};
  const hh_mm_ss time{moment - midnight};
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                                   days[weekday{midnight}.c_encoding()], static_cast<unsigned>(date.day()),
                                   months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                                   static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                   static_cast<int>(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace stagecoach::smtp
