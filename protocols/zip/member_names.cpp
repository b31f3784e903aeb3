#include "protocols/zip/member_names.hpp"

#include <algorithm>
#include <array>

#include "protocols/base/utf8.hpp"
#include "protocols/text/collation.hpp"
#include "protocols/text/normal_form.hpp"

namespace stagecoach::zip {

namespace {

constexpr std::size_t number_bytes = 13;  // " (4294967295)"
constexpr std::size_t extension_bytes_max = 16;

struct extension {
  std::string_view media_type;
  std::string_view spelled;
};
constexpr extension extensions[] = {
    // by type
    {"application/gzip", ".gz"},
    {"application/json", ".json"},
    {"application/msword", ".doc"},
    {"application/pdf", ".pdf"},
    {"application/pgp-keys", ".asc"},
    {"application/pgp-signature", ".asc"},
    {"application/pkcs7-mime", ".p7m"},
    {"application/pkcs7-signature", ".p7s"},
    {"application/rtf", ".rtf"},
    {"application/xml", ".xml"},
    {"application/zip", ".zip"},
    {"audio/mpeg", ".mp3"},
    {"audio/ogg", ".ogg"},
    {"image/gif", ".gif"},
    {"image/jpeg", ".jpg"},
    {"image/png", ".png"},
    {"image/svg+xml", ".svg"},
    {"image/tiff", ".tif"},
    {"image/webp", ".webp"},
    {"message/delivery-status", ".txt"},
    {"message/global", ".eml"},
    {"message/rfc822", ".eml"},
    {"text/calendar", ".ics"},
    {"text/csv", ".csv"},
    {"text/html", ".html"},
    {"text/plain", ".txt"},
    {"text/vcard", ".vcf"},
    {"video/mp4", ".mp4"},
};

struct range {
  char32_t first;
  char32_t last;
};
constexpr range unwanted[] = {
    // controls
    {0x00, 0x1f},
    {0x7f, 0x9f},
    // what cannot be seen, is none, or turns round what follows: photo_gpj.exe
    {0x61c, 0x61c},
    {0x200b, 0x200b},
    {0x200e, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x206f},
    {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},
    {0xfff9, 0xffff},
    // what old programs write as a slash or a backslash
    {0x2044, 0x2044},
    {0x2215, 0x2216},
    {0xff0f, 0xff0f},
    {0xff3c, 0xff3c},
};

bool is_wanted(char32_t character) {
  if (character < 0x80 && std::string_view("<>:\"|?*/\\").find(static_cast<char>(character)) != std::string_view::npos)
    return false;
  return std::none_of(std::begin(unwanted), std::end(unwanted),
                      [&](const range& one) { return one.first <= character && character <= one.last; });
}

// One character for each that cannot stand in a name.
std::string with_wanted_only(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto step = next_utf8(name);
    const auto character = name.substr(0, step.bytes);
    out += step.is_valid && is_wanted(code_point(character)) ? character : std::string_view("_");
    name.remove_prefix(step.bytes);
  }
  return out;
}

// Windows leaves them out at the end of a name, and so makes another of it.
void trim(std::string& name) {
  name.erase(name.find_last_not_of(" .") + 1);
  name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
}

// Of Windows, whatever their extension is.
bool is_device(std::string_view name) {
  auto stem = fold_case(name.substr(0, name.find('.')));
  stem.erase(stem.find_last_not_of(' ') + 1);
  constexpr std::array<std::string_view, 6> whole{"con", "prn", "aux", "nul", "conin$", "conout$"};
  if (std::find(whole.begin(), whole.end(), stem) != whole.end()) return true;
  if (!stem.starts_with("com") && !stem.starts_with("lpt")) return false;
  const auto number = std::string_view(stem).substr(3);
  constexpr std::array<std::string_view, 3> raised{"\xc2\xb9", "\xc2\xb2", "\xc2\xb3"};
  return (number.size() == 1 && number[0] >= '0' && number[0] <= '9') ||
         std::find(raised.begin(), raised.end(), number) != raised.end();
}

struct split_name {
  std::string_view stem;
  std::string_view extension;  // with its dot, or empty
};
split_name split(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot > extension_bytes_max) return {name, {}};
  return {name.substr(0, dot), name.substr(dot)};
}

std::string_view cut(std::string_view utf8, std::size_t bytes) {
  utf8 = utf8.substr(0, bytes);
  return utf8.substr(0, valid_utf8_prefix(utf8));
}

// Empty: there is nothing usable in it.
std::string safe_name(std::string_view wanted) {
  wanted = wanted.substr(wanted.find_last_of("/\\") + 1);
  auto name = to_nfc(with_wanted_only(wanted));
  trim(name);
  constexpr std::size_t most = name_bytes_max - number_bytes - 1;
  if (name.size() > most) {
    const auto parts = split(name);
    name = std::string(cut(parts.stem, most - parts.extension.size())) + std::string(parts.extension);
    trim(name);
  }
  if (name.find_first_not_of('_') == std::string::npos) return {};
  if (name.front() == '.' || name.front() == '-' || name.front() == '~') name.front() = '_';
  return is_device(name) ? '_' + name : name;
}

}  // namespace

std::string_view extension_of(std::string_view media_type) {
  const auto found = std::find_if(std::begin(extensions), std::end(extensions),
                                  [&](const auto& one) { return one.media_type == media_type; });
  return found == std::end(extensions) ? ".bin" : found->spelled;
}

std::string member_names::add(const wanted_name& wanted) {
  ++count_;
  auto name = safe_name(wanted.name);
  if (name.empty()) name = "attachment-" + std::to_string(count_) + std::string(extension_of(wanted.media_type));
  const auto parts = split(name);
  auto& last = numbers_[fold_case(name)];
  auto given = name;
  // No number is tried twice, so there are not many more turns than names, whatever they are.
  while (!taken_.insert(fold_case(given)).second) {
    last = std::max(last, 1U) + 1;
    given = std::string(parts.stem) + " (" + std::to_string(last) + ")" + std::string(parts.extension);
  }
  return given;
}

}  // namespace stagecoach::zip
