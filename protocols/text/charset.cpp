#include "protocols/text/charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include "protocols/base/reader.hpp"
#include "protocols/base/utf8.hpp"

namespace stagecoach {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

// What a name means: ICU's converter, or "" for UTF-8. Sorted by name, for the search. Where a charset has a superset
// that its users mean (the C1 controls of ISO 8859-1 are never meant), that one reads it, as in WHATWG's Encoding
// Standard.
struct charset_name {
  std::string_view name;
  const char* converter;
};
constexpr charset_name charsets[] = {
    {"ansi_x3.4-1968", ""},
    {"ascii", ""},
    {"big5", "Big5"},
    {"big5-hkscs", "Big5-HKSCS"},
    {"cp1250", "windows-1250"},
    {"cp1251", "windows-1251"},
    {"cp1252", "windows-1252"},
    {"cp1253", "windows-1253"},
    {"cp1254", "windows-1254"},
    {"cp1255", "windows-1255"},
    {"cp1256", "windows-1256"},
    {"cp1257", "windows-1257"},
    {"cp1258", "windows-1258"},
    {"cp437", "IBM437"},
    {"cp850", "IBM850"},
    {"cp852", "IBM852"},
    {"cp858", "IBM00858"},
    {"cp866", "IBM866"},
    {"cp932", "windows-31j"},
    {"cp936", "GBK"},
    {"cp949", "windows-949"},
    {"cp950", "Big5"},
    {"euc-jp", "EUC-JP"},
    {"euc-kr", "windows-949"},
    {"gb18030", "GB18030"},
    {"gb2312", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"gbk", "GB18030"},
    {"hz-gb-2312", "HZ"},
    {"ibm437", "IBM437"},
    {"ibm850", "IBM850"},
    {"ibm852", "IBM852"},
    {"ibm866", "IBM866"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"iso-2022-jp-1", "ISO-2022-JP-1"},
    {"iso-2022-jp-2", "ISO-2022-JP-2"},
    {"iso-2022-kr", "ISO-2022-KR"},
    {"iso-8859-1", "windows-1252"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "windows-874"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-6-e", "ISO-8859-6"},
    {"iso-8859-6-i", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-8-e", "ISO-8859-8"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "windows-1254"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"ks_c_5601-1987", "windows-949"},
    {"latin1", "windows-1252"},
    {"latin2", "ISO-8859-2"},
    {"latin9", "ISO-8859-15"},
    {"macintosh", "macintosh"},
    {"ms_kanji", "windows-31j"},
    {"shift-jis", "windows-31j"},
    {"shift_jis", "windows-31j"},
    {"sjis", "windows-31j"},
    {"tis-620", "windows-874"},
    {"us-ascii", ""},
    {"utf-16", "UTF-16"},
    {"utf-16be", "UTF-16BE"},
    {"utf-16le", "UTF-16LE"},
    {"utf-32", "UTF-32"},
    {"utf-32be", "UTF-32BE"},
    {"utf-32le", "UTF-32LE"},
    {"utf-8", ""},
    {"utf8", ""},
    {"windows-1250", "windows-1250"},
    {"windows-1251", "windows-1251"},
    {"windows-1252", "windows-1252"},
    {"windows-1253", "windows-1253"},
    {"windows-1254", "windows-1254"},
    {"windows-1255", "windows-1255"},
    {"windows-1256", "windows-1256"},
    {"windows-1257", "windows-1257"},
    {"windows-1258", "windows-1258"},
    {"windows-31j", "windows-31j"},
    {"windows-874", "windows-874"},
    {"windows-949", "windows-949"},
    {"x-mac-cyrillic", "x-mac-cyrillic"},
    {"x-sjis", "windows-31j"},
    {"x-unknown", ""},
};
static_assert(std::is_sorted(std::begin(charsets), std::end(charsets),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));

const charset_name* find_charset(std::string_view name) {
  const auto lower = ascii_lower(name);
  const auto found = std::lower_bound(std::begin(charsets), std::end(charsets), lower,
                                      [](const auto& one, const auto& wanted) { return one.name < wanted; });
  return found != std::end(charsets) && found->name == lower ? found : nullptr;
}

void put_code_point(std::string& out, UChar32 c) {
  std::array<char, 4> bytes;
  std::size_t count = 0;
  U8_APPEND_UNSAFE(bytes.data(), count, c);
  out.append(bytes.data(), count);
}

}  // namespace

bool is_known_charset(std::string_view name) { return find_charset(name) != nullptr; }

void charset_decoder::converter_closed::operator()(void* converter) const {
  ucnv_close(static_cast<UConverter*>(converter));
}

charset_decoder::charset_decoder(std::string_view name) {
  if (name.empty()) return;
  const auto* found = find_charset(name);
  if (found == nullptr) {
    kind_ = kind::unknown;
    return;
  }
  if (*found->converter == '\0') return;
  UErrorCode status = U_ZERO_ERROR;
  converter_.reset(ucnv_open(found->converter, &status));
  kind_ = U_SUCCESS(status) && converter_ ? kind::converted : kind::unknown;
}

charset_decoder::~charset_decoder() = default;

void charset_decoder::decode(std::string& out, std::string_view octets) {
  switch (kind_) {
    case kind::utf8:
      return decode_utf8(out, octets);
    case kind::converted:
      return decode_converted(out, octets, false);
    case kind::unknown:
      for (const char c : octets) {
        const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
        out += is_ascii ? std::string_view(&c, 1) : replacement;
      }
  }
}

void charset_decoder::decode_utf8(std::string& out, std::string_view octets) {
  // A character that began in the octets before is completed octet by octet; it has at most three more.
  while (!held_.empty() && !octets.empty()) {
    held_ += octets.front();
    const auto step = next_utf8(held_);
    if (step.is_valid) {
      out += held_;
      octets.remove_prefix(1);
      held_.clear();
    } else if (step.bytes == held_.size()) {  // still the start of one
      octets.remove_prefix(1);
    } else {  // the new octet does not belong to it
      out += replacement;
      held_.clear();
    }
  }
  while (!octets.empty()) {
    const auto valid = valid_utf8_prefix(octets);
    out += octets.substr(0, valid);
    octets.remove_prefix(valid);
    if (octets.empty()) return;
    const auto step = next_utf8(octets);
    const auto lead = static_cast<unsigned char>(octets.front());
    if (step.bytes == octets.size() && lead >= 0xc2 && lead <= 0xf4) {  // its rest may come
      held_ = octets;
      return;
    }
    out += replacement;
    octets.remove_prefix(step.bytes);
  }
}

void charset_decoder::decode_converted(std::string& out, std::string_view octets, bool is_last) {
  auto* converter = static_cast<UConverter*>(converter_.get());
  const char* from = octets.data();
  const char* const end = from + octets.size();
  std::array<UChar, 1024> units;
  for (;;) {
    UErrorCode status = U_ZERO_ERROR;
    UChar* to = units.data();
    ucnv_toUnicode(converter, &to, units.data() + units.size(), &from, end, nullptr, is_last ? 1 : 0, &status);
    for (const UChar* at = units.data(); at != to; ++at) {
      if (U16_IS_TRAIL(*at) && surrogate_ != 0) {
        put_code_point(out, U16_GET_SUPPLEMENTARY(surrogate_, *at));
        surrogate_ = 0;
        continue;
      }
      if (surrogate_ != 0) out += replacement;
      surrogate_ = 0;
      if (U16_IS_LEAD(*at)) {
        surrogate_ = *at;
      } else if (U16_IS_TRAIL(*at)) {
        out += replacement;
      } else {
        put_code_point(out, *at);
      }
    }
    if (status == U_BUFFER_OVERFLOW_ERROR) continue;
    if (U_FAILURE(status)) {
      out += replacement;
      ucnv_resetToUnicode(converter);
    }
    if (from == end) return;
  }
}

void charset_decoder::finish(std::string& out) {
  if (kind_ == kind::converted) decode_converted(out, {}, true);
  if (!held_.empty() || surrogate_ != 0) out += replacement;
  held_.clear();
  surrogate_ = 0;
}

std::string to_utf8(std::string_view octets, std::string_view charset) {
  std::string text;
  text.reserve(octets.size());
  charset_decoder decoder(charset);
  decoder.decode(text, octets);
  decoder.finish(text);
  return text;
}

}  // namespace stagecoach
