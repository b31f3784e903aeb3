// What a person reads, and what SEARCH looks through: header text with its encoded words read, names of files, and the
// body of a part without its transfer encoding, in UTF-8 (RFC 2047, RFC 2231, RFC 2045 6, RFC 9051 6.4.4). BINARY wants
// the octets only (RFC 3516 4.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/mime/part_index.hpp"
#include "protocols/text/base64.hpp"
#include "protocols/text/charset.hpp"
#include "protocols/text/quoted_printable.hpp"

namespace stagecoach::mime {

// The value of a field or a text of the index, unfolded, words decoded.
[[nodiscard]] std::string decoded_text(std::string_view value);
// A parameter in whichever form it is spelled, also with encoded words, which RFC 2231 does not allow and many write.
[[nodiscard]] std::optional<std::string> decoded_parameter(const std::vector<parameter>& all, std::string_view name);
// The name that the sender gave to a part: never a path to open, it may hold any character but controls.
[[nodiscard]] std::optional<std::string> file_name(const part& of);

// Takes the transfer encoding away, octets in any pieces.
class transfer_decoder {
 public:
  explicit transfer_decoder(std::string_view encoding);
  // Not if the encoding is an unknown one: then the octets pass as they are (BINARY answers UNKNOWN-CTE).
  [[nodiscard]] bool is_known() const { return is_known_; }
  // The octets pass as they are.
  [[nodiscard]] bool is_identity() const { return std::holds_alternative<identity>(decoder_); }
  void decode(std::string& out, std::string_view octets);
  void finish(std::string& out);

 private:
  struct identity {};
  std::variant<identity, base64_decoder, quoted_printable_decoder> decoder_;
  bool is_known_ = true;
};

// The body of a text part as UTF-8, octets in any pieces.
class text_decoder {
 public:
  explicit text_decoder(const part& of);
  void decode(std::string& out, std::string_view octets);
  void finish(std::string& out);

 private:
  transfer_decoder transfer_;
  charset_decoder charset_;
  std::string decoded_;
};

// Whether SEARCH TEXT and BODY look into it: a leaf that is text, or the headers of a report.
[[nodiscard]] bool is_searched(const part& one);

}  // namespace stagecoach::mime
