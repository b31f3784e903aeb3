// What `stagecoach localserve` runs with: everything has a default, so that a person needs to say nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/limits.hpp"
#include "protocols/base/described.hpp"

namespace stagecoach::config {

struct local_account {
  std::string name;  // an address
  std::string password;
  static constexpr auto fields = described(field(1, "name", &local_account::name, "login name, an address"),
                                           field(2, "password", &local_account::password));
  friend bool operator==(const local_account&, const local_account&) = default;
};

struct local_config {
  std::string directory;
  std::string ip = "127.0.0.1";
  std::uint16_t port_offset = 1000;  // added to the usual ports; 0: free ports, chosen by the system
  std::string user = "ada@localhost";
  std::string password = "stagecoach";
  std::string host_name = "localhost";
  bool verify = false;                  // check each account when it goes idle and everything at the end
  std::vector<local_account> accounts;  // beside `user`; each gets the mail of its own address
  bool pedantic = false;                // refuse what careless clients get away with elsewhere
  bool quiet = false;                   // say only what is wrong
  limit_table limits = developer_limits();
  std::string mail_path = "/mail/";  // of the webmail
  static constexpr auto fields =
      described(field(1, "directory", &local_config::directory, "data directory, made if it is missing"),
                field(2, "ip", &local_config::ip, "address to listen on"),
                field(3, "port_offset", &local_config::port_offset, "added to the usual ports; 0: free ports"),
                field(4, "user", &local_config::user, "login name of the account that gets all mail"),
                field(5, "password", &local_config::password, "its password when it is made"),
                field(6, "host_name", &local_config::host_name, "what the server calls itself"),
                field(8, "verify", &local_config::verify, "check accounts when idle and everything at the end"),
                field(9, "pedantic", &local_config::pedantic, "refuse what careless clients get away with elsewhere"),
                field(10, "accounts", &local_config::accounts, "more accounts, each with the mail of its own address"),
                field(11, "quiet", &local_config::quiet, "say only what is wrong"),
                field(13, "limits", &local_config::limits, "of connections, logins, sessions and mails"),
                field(14, "mail_path", &local_config::mail_path, "of the webmail, for example /post/office/"));
  friend bool operator==(const local_config&, const local_config&) = default;
};

// The usual port of a service with the offset, or 0 for any free one. RFC 5321, RFC 9051, RFC 8314.
[[nodiscard]] constexpr std::uint16_t local_port(const local_config& config, std::uint16_t usual) {
  return config.port_offset == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(usual + config.port_offset);
}

// Nobody else can listen to what is said there.
[[nodiscard]] bool is_loopback(const local_config& config);
// What `--account name:password` says; a name without a domain is one at our host name. None: it is not of that form.
[[nodiscard]] std::optional<local_account> parse_account(std::string_view text, std::string_view host_name);
// Empty when the configuration can work; else what is wrong with it, for a person.
[[nodiscard]] std::string problem_of(const local_config& config);

}  // namespace stagecoach::config
