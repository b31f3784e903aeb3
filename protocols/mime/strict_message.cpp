#include "protocols/mime/strict_message.hpp"

#include "protocols/base/reader.hpp"

namespace stagecoach::mime {

namespace {

constexpr std::size_t line_bytes_max = 1000;  // RFC 5321 4.5.3.1.6, RFC 5322 2.1.1: 998 and the line end

constexpr std::string_view long_line = "Line of more than 998 octets (RFC 5322 2.1.1)";
constexpr std::string_view bare_line_end = "CR or LF that is not part of a CRLF (RFC 5322 2.3)";
constexpr std::string_view nul = "NUL octet (RFC 5322 2.3)";
constexpr std::string_view eight_bit_header = "8-bit octet in the header without SMTPUTF8 or UTF8 (RFC 6532 3)";
constexpr std::string_view eight_bit_body = "8-bit octet in the body without BODY=8BITMIME (RFC 6152 2)";
constexpr std::string_view no_field = "Header line that is no field (RFC 5322 2.2)";
constexpr std::string_view space_before_colon = "Space between a field's name and its colon (RFC 5322 4.5)";

// RFC 5322 3.6: the fields that stand at most once, and those that a message needs.
struct once {
  std::string_view name;
  std::string_view repeated;
  std::string_view missing;  // empty: it may be
};
constexpr once fields[] = {
    {"date", "More than one Date field (RFC 5322 3.6)", "No Date field (RFC 5322 3.6)"},
    {"from", "More than one From field (RFC 5322 3.6)", "No From field (RFC 5322 3.6)"},
    {"sender", "More than one Sender field (RFC 5322 3.6)", ""},
    {"reply-to", "More than one Reply-To field (RFC 5322 3.6)", ""},
    {"to", "More than one To field (RFC 5322 3.6)", ""},
    {"cc", "More than one Cc field (RFC 5322 3.6)", ""},
    {"bcc", "More than one Bcc field (RFC 5322 3.6)", ""},
    {"message-id", "More than one Message-ID field (RFC 5322 3.6)", ""},
    {"in-reply-to", "More than one In-Reply-To field (RFC 5322 3.6)", ""},
    {"references", "More than one References field (RFC 5322 3.6)", ""},
    {"subject", "More than one Subject field (RFC 5322 3.6)", ""},
};

constexpr bool is_space(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_name_octet(char c) { return c >= '!' && c <= '~' && c != ':'; }  // RFC 5322 3.6.8

}  // namespace

void strict_message::read(std::string_view content) {
  for (const char c : content) {
    if (flaw_) return;
    read_octet(c);
  }
}

void strict_message::read_octet(char c) {
  const bool is_header = at_ != place::body;
  ++line_bytes_;
  if (!rules_.takes_binary) {
    if (c == '\0') found(nul);
    if ((c == '\n') != is_after_cr_) found(bare_line_end);
    if (line_bytes_ > line_bytes_max) found(long_line);
  }
  if (static_cast<unsigned char>(c) >= 0x80) {
    if (is_header && !rules_.takes_utf8_header) found(eight_bit_header);
    if (!is_header && !rules_.takes_eight_bit_body && !rules_.takes_binary) found(eight_bit_body);
  }
  if (is_header) read_header_octet(c);
  is_after_cr_ = c == '\r';
  if (c == '\n') line_bytes_ = 0;
}

void strict_message::read_header_octet(char c) {
  switch (at_) {
    case place::line_start:
      name_size_ = 0;
      if (c == '\r') {
        at_ = place::empty_line;
        return;
      }
      if (is_space(c)) {
        if (!has_field_) found(no_field);
        at_ = place::in_value;
        return;
      }
      at_ = place::in_name;
      [[fallthrough]];
    case place::in_name:
      if (c == ':') return end_name();
      if (is_space(c) && name_size_ > 0) {
        at_ = place::after_name;
        return;
      }
      if (!is_name_octet(c)) return found(no_field);
      if (name_size_ < name_bytes_max) name_[name_size_] = ascii_lower(c);
      ++name_size_;
      return;
    case place::after_name:
      if (!is_space(c)) found(c == ':' ? space_before_colon : no_field);
      return;
    case place::in_value:
      if (c == '\n' && is_after_cr_) at_ = place::line_start;
      return;
    case place::empty_line:
      at_ = c == '\n' ? place::body : place::in_value;
      return;
    case place::body:
      return;
  }
}

void strict_message::end_name() {
  at_ = place::in_value;
  has_field_ = true;
  if (name_size_ == 0) return found(no_field);
  if (name_size_ > name_bytes_max) return;
  const std::string_view name(name_.data(), name_size_);
  for (std::size_t i = 0; i < once_count; ++i) {
    if (fields[i].name != name) continue;
    if (seen_[i]) found(fields[i].repeated);
    seen_[i] = true;
  }
}

void strict_message::end() {
  static_assert(std::size(fields) == once_count);
  if (at_ == place::in_name || at_ == place::after_name) found(no_field);
  if (!rules_.takes_binary) {  // a last line without its end
    if (is_after_cr_) found(bare_line_end);
    if (line_bytes_ + 2 > line_bytes_max) found(long_line);
  }
  if (!rules_.is_submission) return;
  for (std::size_t i = 0; i < once_count; ++i)
    if (!seen_[i] && !fields[i].missing.empty()) found(fields[i].missing);
}

}  // namespace stagecoach::mime
