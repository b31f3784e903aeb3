#include "actors/node/front_page.hpp"

#include <string_view>

namespace stagecoach::node {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else
      out += c;
  }
  return out;
}

std::string row(std::string_view what, std::string_view protocol, const std::string& where) {
  return "<tr><th scope=row>" + std::string(what) + "</th><td>" + std::string(protocol) + "</td><td>" + where +
         "</td></tr>\n";
}

}  // namespace

std::string front_page(const config::local_config& config, const messages::open_ports& ports) {
  const std::string host = config.ip.find(':') == std::string::npos ? config.ip : "[" + config.ip + "]";
  const auto at = [&host](std::uint16_t port) { return host + ":" + std::to_string(port); };
  std::string users = "<li>" + escaped(config.user) + "</li>\n";
  for (const auto& one : config.accounts) users += "<li>" + escaped(one.name) + "</li>\n";
  return "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width\">\n"
         "<meta name=color-scheme content=\"light dark\">\n<title>Stagecoach on this machine</title>\n"
         "<h1>Stagecoach, local test server</h1>\n<p>Nothing leaves this machine: all mail is delivered here.</p>\n"
         "<p><a href=\"" +
         config.mail_path + "\">Read mail</a></p>\n<h2>Who can sign in</h2>\n<ul>\n" + users +
         "</ul>\n<h2>Where</h2>\n<table>\n" + row("receive", "SMTP", at(ports.smtp)) +
         row("submit", "SMTP, STARTTLS", at(ports.submission)) + row("submit", "SMTP over TLS", at(ports.submissions)) +
         row("read", "IMAP, STARTTLS", at(ports.imap)) + row("read", "IMAP over TLS", at(ports.imaps)) + "</table>\n";
}

}  // namespace stagecoach::node
