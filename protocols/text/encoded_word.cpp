#include "protocols/text/encoded_word.hpp"

#include <algorithm>
#include <optional>

#include "protocols/base/reader.hpp"
#include "protocols/text/base64.hpp"
#include "protocols/text/charset.hpp"

namespace stagecoach {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";
constexpr std::size_t charset_name_bytes_max = 60;

struct encoded_word {
  std::string_view charset;
  bool is_base64 = false;
  std::string_view text;
  std::size_t bytes = 0;  // of the whole word
};

bool is_charset_char(char c) { return c > ' ' && c < 0x7f && c != '?' && c != '='; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// RFC 2047 4.2: '_' is a space in any charset; what is no escape stays.
void put_q_decoded(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '=' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '_' ? ' ' : text[i];
    }
  }
}

class word_reader {
 public:
  explicit word_reader(std::string_view text) : text_(text) {}

  std::string read() {
    std::size_t plain_from = 0;
    for (std::size_t at = text_.find("=?"); at != std::string_view::npos;) {
      const auto word = word_at(at);
      if (!word) {
        at = text_.find("=?", at + 1);
        continue;
      }
      put_plain(text_.substr(plain_from, at - plain_from));
      put_word(*word);
      plain_from = at + word->bytes;
      at = text_.find("=?", plain_from);
    }
    put_plain(text_.substr(plain_from));
    end_run();
    return std::move(out_);
  }

 private:
  // =?charset?encoding?text?=
  std::optional<encoded_word> word_at(std::size_t at) {
    std::size_t i = at + 2;
    while (i < text_.size() && i - at < charset_name_bytes_max && is_charset_char(text_[i])) ++i;
    encoded_word word;
    word.charset = text_.substr(at + 2, i - at - 2);
    word.charset = word.charset.substr(0, word.charset.find('*'));
    if (word.charset.empty() || i + 2 >= text_.size() || text_[i] != '?' || text_[i + 2] != '?') return std::nullopt;
    const char encoding = ascii_lower(text_[i + 1]);
    if (encoding != 'q' && encoding != 'b') return std::nullopt;
    word.is_base64 = encoding == 'b';
    // One search for each end of a word, not one for each start: a million starts without end are read once.
    const std::size_t from = i + 3;
    if (next_end_ < from) next_end_ = std::min(text_.find("?=", from), text_.size());
    if (next_end_ == text_.size()) return std::nullopt;
    word.text = text_.substr(from, next_end_ - from);
    word.bytes = next_end_ + 2 - at;
    return word;
  }

  // Between two words only white space is dropped (RFC 2047 6.2).
  void put_plain(std::string_view text) {
    if (text.empty() || (is_in_run_ && text.find_first_not_of(" \t") == std::string_view::npos)) {
      held_space_ = text;
      return;
    }
    end_run();
    put_without_controls(out_, to_utf8(text, {}));
  }

  void put_word(const encoded_word& word) {
    if (is_in_run_ && !equal_nocase(run_charset_, word.charset)) end_octets();
    is_in_run_ = true;
    held_space_ = {};
    run_charset_ = word.charset;
    if (word.is_base64) {
      base64_decoder decoder;
      decoder.decode(octets_, word.text);
      decoder.finish(octets_);
    } else {
      put_q_decoded(octets_, word.text);
    }
  }

  void end_octets() {
    put_without_controls(out_, to_utf8(octets_, run_charset_));
    octets_.clear();
  }

  void end_run() {
    if (!is_in_run_) return;
    end_octets();
    is_in_run_ = false;
    put_without_controls(out_, held_space_);  // at the end of the text it was between nothing
  }

  std::string_view text_;
  std::string out_;
  std::size_t next_end_ = 0;  // of a "?=", or the size of the text
  // The run of adjacent words of one charset, whose octets are converted together.
  bool is_in_run_ = false;
  std::string_view run_charset_;
  std::string octets_;
  std::string_view held_space_;
};

}  // namespace

void put_without_controls(std::string& out, std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c == '\t') {
      out += ' ';
    } else if (c < 0x20 || c == 0x7f) {
      out += replacement;
    } else if (c == 0xc2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xa0) {
      out += replacement;
      ++i;
    } else {
      out += utf8[i];
    }
  }
}

std::string decode_words(std::string_view text) { return word_reader(text).read(); }

}  // namespace stagecoach
