// What is wrong with a message that a tolerant server takes all the same: looked at while it streams by, for servers
// that are pedantic (`stagecoach localserve --pedantic`). What it says never depends on how the stream was cut.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace stagecoach::mime {

struct strict_rules {
  bool takes_utf8_header = false;     // RFC 6531, RFC 6855: the client has said so
  bool takes_eight_bit_body = false;  // RFC 6152, or where a message is only stored
  bool takes_binary = false;          // RFC 3030, RFC 3516: there need not be lines
  bool is_submission = false;         // RFC 5322 3.6: Date and From must be there; a draft has neither
};

class strict_message {
 public:
  explicit strict_message(strict_rules rules) : rules_(rules) {}

  void read(std::string_view content);
  void end();

  // The first thing that is wrong, with the RFC that says so; none: nothing so far. Static text.
  [[nodiscard]] std::optional<std::string_view> flaw() const { return flaw_; }

 private:
  static constexpr std::size_t once_count = 11;      // fields that come at most once
  static constexpr std::size_t name_bytes_max = 11;  // of their names
  void read_octet(char c);
  void read_header_octet(char c);
  void end_name();
  void found(std::string_view what) {
    if (!flaw_) flaw_ = what;
  }

  strict_rules rules_;
  std::optional<std::string_view> flaw_;
  std::size_t line_bytes_ = 0;  // with the line end
  bool is_after_cr_ = false;
  bool has_field_ = false;  // a line that goes on has something to go on from
  enum class place { line_start, empty_line, in_name, after_name, in_value, body } at_ = place::line_start;
  std::array<char, name_bytes_max> name_{};  // in lower case
  std::size_t name_size_ = 0;                // octets of the name, also those that have no room
  std::array<bool, once_count> seen_{};
};

}  // namespace stagecoach::mime
