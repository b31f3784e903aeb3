// Base64 of RFC 4648 section 4. Two readers: from_base64 for SASL, strict, so that one credential has one spelling; and
// base64_decoder for bodies and words of mail, which takes what comes (RFC 2045 6.8).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/base/result.hpp"

namespace stagecoach {

[[nodiscard]] std::string to_base64(std::string_view bytes);
// A character outside the alphabet, missing or surplus padding, or left-over bits that are not zero is a fault.
[[nodiscard]] result<std::string> from_base64(std::string_view text);

// Reads while the text streams by, in any pieces. Characters outside the alphabet are passed over; padding ends a
// group, and what follows begins another one.
class base64_decoder {
 public:
  void decode(std::string& out, std::string_view text);
  void finish(std::string& out);  // the end has come
  [[nodiscard]] bool has_defects() const { return has_defects_; }

 private:
  void end_group(std::string& out);

  std::uint32_t group_ = 0;
  unsigned digits_ = 0;  // of the group
  bool has_padding_ = false;
  bool has_defects_ = false;
};

}  // namespace stagecoach
