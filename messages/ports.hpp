// What the command line asks a running server to find its listeners: `stagecoach send` speaks SMTP to it.
#pragma once

#include <cstdint>
#include <string>

#include "protocols/base/described.hpp"
#include "protocols/base/record.hpp"

namespace stagecoach::messages {

struct open_ports {
  std::uint16_t smtp = 0;
  std::uint16_t imap = 0;
  std::uint16_t imaps = 0;
  std::uint16_t submission = 0;   // STARTTLS
  std::uint16_t submissions = 0;  // TLS from the start
  std::uint16_t http = 0;
  std::uint16_t https = 0;
  static constexpr auto fields = described(
      field(1, "smtp", &open_ports::smtp), field(2, "imap", &open_ports::imap), field(3, "imaps", &open_ports::imaps),
      field(4, "submission", &open_ports::submission), field(5, "submissions", &open_ports::submissions),
      field(6, "http", &open_ports::http), field(7, "https", &open_ports::https));
  friend bool operator==(const open_ports&, const open_ports&) = default;
};

struct list_ports {
  bool all = true;
  static constexpr auto fields = described(field(1, "all", &list_ports::all));
  friend bool operator==(const list_ports&, const list_ports&) = default;
};
struct port_list {
  std::string ip;  // where they listen
  open_ports ports;
  static constexpr auto fields =
      described(field(1, "ip", &port_list::ip, "where they listen"), field(2, "ports", &port_list::ports));
  friend bool operator==(const port_list&, const port_list&) = default;
};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::open_ports>;
extern template struct record_of<messages::list_ports>;
extern template struct record_of<messages::port_list>;
}  // namespace stagecoach
