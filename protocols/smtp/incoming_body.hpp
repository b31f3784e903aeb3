// A body that arrives, by DATA or by BDAT: its lines, its header, its limits, and whether it can still be accepted.
// Decides nothing by how the stream was cut. The session owns one from the first octet to the last.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/mime/strict_message.hpp"
#include "protocols/smtp/chunk_octets.hpp"
#include "protocols/smtp/data_lines.hpp"
#include "protocols/smtp/header_watch.hpp"
#include "protocols/smtp/reply.hpp"

namespace stagecoach::smtp {

class incoming_body {
 public:
  using strictness = std::optional<mime::strict_message>;  // none: tolerant
  incoming_body(std::uint64_t bytes_max, data_lines form, strictness how)
      : bytes_max_(bytes_max), form_(form), strict_(how) {}
  incoming_body(std::uint64_t bytes_max, chunk_octets form, strictness how)
      : bytes_max_(bytes_max), form_(form), strict_(how) {}

  // DATA: appends to `content` and returns how many octets were read: all, or up to the end of the body or what is
  // endless.
  std::size_t read(std::string_view bytes, std::string& content);
  // BDAT: octets of a chunk, all of them content.
  void read_chunk(std::string_view octets);
  void end_of_chunks();

  // Why it is refused; known early, answered at the end. none: acceptable so far.
  [[nodiscard]] std::optional<reply> refusal() const;
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] bool is_chunked() const { return std::holds_alternative<chunk_octets>(form_); }
  // It is so far beyond its limit that waiting for its end is no use: the connection is closed.
  [[nodiscard]] bool is_endless() const { return !has_ended() && octets_read() == read_max(bytes_max_); }
  [[nodiscard]] std::uint64_t octets_read() const;
  [[nodiscard]] std::uint64_t size() const { return size_; }  // octets of content, as RFC 1870 counts
  [[nodiscard]] const header_watch& header() const { return header_; }

  // How many octets of a message are read at most, to answer its client that it is too large.
  [[nodiscard]] static std::uint64_t read_max(std::uint64_t bytes_max) { return 2 * bytes_max + 1024 * 1024; }

 private:
  void take(std::string_view content);

  std::uint64_t bytes_max_;
  std::uint64_t size_ = 0;
  std::variant<data_lines, chunk_octets> form_;
  header_watch header_;
  strictness strict_;
};

}  // namespace stagecoach::smtp
