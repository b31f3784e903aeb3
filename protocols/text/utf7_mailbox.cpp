#include "protocols/text/utf7_mailbox.hpp"

#include <cstdint>
#include <vector>

namespace stagecoach {

namespace {

constexpr char32_t replacement = 0xfffd;

bool is_printable_ascii(char32_t c) { return c >= 0x20 && c <= 0x7e; }

// The code point at `at`, which moves behind it; U+FFFD and one byte further where there is none.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at++);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xf0 && lead <= 0xf4 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 0;
  if (more == 0 || lead > 0xf4 || text.size() - at < more) return replacement;
  char32_t c = more == 3 ? lead & 0x07U : more == 2 ? lead & 0x0fU : lead & 0x1fU;
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return replacement;
    c = c << 6 | (byte(at + i) & 0x3fU);
  }
  const bool is_overlong = (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
  if (is_overlong || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return replacement;
  at += more;
  return c;
}

void put_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

// One shift: `&`, base64 of UTF-16 without padding and with ',' for '/', `-`.
class shift {
 public:
  explicit shift(std::string& out) : out_(out) { out_ += '&'; }
  void put(char32_t c) {
    if (c < 0x10000) return put_unit(static_cast<std::uint32_t>(c));
    put_unit(0xd800 + static_cast<std::uint32_t>((c - 0x10000) >> 10));
    put_unit(0xdc00 + static_cast<std::uint32_t>((c - 0x10000) & 0x3ff));
  }
  void end() {
    if (held_bits_ > 0) out_ += alphabet[held_ << (6 - held_bits_) & 63];
    out_ += '-';
  }

 private:
  void put_unit(std::uint32_t unit) {
    held_ = held_ << 16 | unit;
    held_bits_ += 16;
    for (; held_bits_ >= 6; held_bits_ -= 6) out_ += alphabet[held_ >> (held_bits_ - 6) & 63];
    held_ &= (1U << held_bits_) - 1;
  }
  std::string& out_;
  std::uint32_t held_ = 0;
  unsigned held_bits_ = 0;
};

// The UTF-8 of what stands between `&` and `-`.
result<std::string> decode_shift(std::string_view digits, std::size_t offset) {
  std::string name;
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  char32_t high = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const auto digit = alphabet.find(digits[i]);
    if (digit == std::string_view::npos) return fault{fault_code::syntax, offset + i, "not modified base64"};
    held = held << 6 | static_cast<std::uint32_t>(digit);
    held_bits += 6;
    if (held_bits < 16) continue;
    held_bits -= 16;
    const char32_t unit = held >> held_bits & 0xffff;
    held &= (1U << held_bits) - 1;
    const bool is_low = unit >= 0xdc00 && unit <= 0xdfff;
    if (is_low != (high != 0)) return fault{fault_code::syntax, offset + i, "a lone surrogate"};
    if (is_low) {
      put_utf8(name, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      high = 0;
    } else if (unit >= 0xd800 && unit <= 0xdbff) {
      high = unit;
    } else {
      put_utf8(name, unit);
    }
  }
  if (high != 0) return fault{fault_code::syntax, offset + digits.size(), "a lone surrogate"};
  return name;
}

}  // namespace

std::string to_utf7_mailbox(std::string_view name) {
  std::string text;
  for (std::size_t at = 0; at < name.size();) {
    std::size_t after = at;
    const char32_t c = next_code_point(name, after);
    if (is_printable_ascii(c)) {
      text += static_cast<char>(c);
      if (c == U'&') text += '-';  // RFC 3501 5.1.3: "&-" is an ampersand
      at = after;
      continue;
    }
    shift shifted(text);
    while (at < name.size()) {
      after = at;
      const char32_t next = next_code_point(name, after);
      if (is_printable_ascii(next)) break;
      shifted.put(next);
      at = after;
    }
    shifted.end();
  }
  return text;
}

result<std::string> from_utf7_mailbox(std::string_view text) {
  std::string name;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (!is_printable_ascii(c)) return fault{fault_code::syntax, at, "a mailbox name is printable ASCII"};
    if (c != '&') {
      name += text[at];
      continue;
    }
    const auto end = text.find('-', at);
    if (end == std::string_view::npos) return fault{fault_code::truncated, at, "a shift without its end"};
    if (end == at + 1) {
      name += '&';
    } else {
      auto shifted = decode_shift(text.substr(at + 1, end - at - 1), at + 1);
      if (!shifted) return shifted.error();
      for (const char one : *shifted)
        if (one >= 0 && one < 0x20) return fault{fault_code::syntax, at, "a control character in a mailbox name"};
      name += *shifted;
    }
    at = end;
  }
  // One name, one spelling: needless shifts, split shifts and left-over bits are other spellings of the same name.
  if (to_utf7_mailbox(name) != text) return fault{fault_code::syntax, 0, "not the shortest spelling of this name"};
  return name;
}

}  // namespace stagecoach
