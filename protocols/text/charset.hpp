// Text of mail in the charset that it names, to UTF-8, while it streams by. The charsets are a closed list (MI05): what
// is not on it is not guessed, its 8-bit octets become U+FFFD. No UTF-7: it hides what filters look for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace stagecoach {

// Names are compared without case.
[[nodiscard]] bool is_known_charset(std::string_view name);

// What comes out is well-formed UTF-8; what cannot be read becomes U+FFFD.
class charset_decoder {
 public:
  // Empty, US-ASCII and UTF-8 are read as UTF-8, since 8-bit text that says nothing of itself mostly is.
  explicit charset_decoder(std::string_view name);
  ~charset_decoder();

  void decode(std::string& out, std::string_view octets);
  void finish(std::string& out);  // the end has come: what is incomplete becomes U+FFFD

 private:
  void decode_utf8(std::string& out, std::string_view octets);
  void decode_converted(std::string& out, std::string_view octets, bool is_last);

  enum class kind : unsigned char { utf8, unknown, converted };
  struct converter_closed {
    void operator()(void* converter) const;
  };
  kind kind_ = kind::utf8;
  std::unique_ptr<void, converter_closed> converter_;
  std::string held_;        // UTF-8: the start of a character
  char16_t surrogate_ = 0;  // the first of a pair
};

// All at once.
[[nodiscard]] std::string to_utf8(std::string_view octets, std::string_view charset);

}  // namespace stagecoach
