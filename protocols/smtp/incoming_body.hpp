// A body that arrives: its lines, its header, its limits, and whether it can still be accepted. Decides nothing by how
// the stream was cut. The session owns one while it is in DATA.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/smtp/data_lines.hpp"
#include "protocols/smtp/header_watch.hpp"
#include "protocols/smtp/reply.hpp"

namespace stagecoach::smtp {

class incoming_body {
 public:
  explicit incoming_body(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  // Appends to `content` and returns how many octets were read: all, or up to the end of the body or what is endless.
  std::size_t read(std::string_view bytes, std::string& content);

  // Why it is refused; known early, answered at the end. none: acceptable so far.
  [[nodiscard]] std::optional<reply> refusal() const;
  [[nodiscard]] bool has_ended() const { return lines_.has_ended(); }
  // It is so far beyond its limit that waiting for its end is no use: the connection is closed.
  [[nodiscard]] bool is_endless() const { return !has_ended() && lines_.octets_read() == read_max(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }  // octets of content, as RFC 1870 counts
  [[nodiscard]] std::uint64_t header_bytes() const { return header_.octets(); }

 private:
  [[nodiscard]] std::uint64_t read_max() const { return 2 * bytes_max_ + 1024 * 1024; }

  std::uint64_t bytes_max_;
  std::uint64_t size_ = 0;
  data_lines lines_;
  header_watch header_;
};

}  // namespace stagecoach::smtp
