#include "protocols/html/url.hpp"

#include <algorithm>

namespace stagecoach::html {

namespace {

constexpr std::size_t url_bytes_max = 8192;  // but for pictures; browsers take more, nobody writes it

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct parts {
  std::string scheme;  // in lower case
  std::string rest;    // behind the ":"
};

std::optional<parts> split(std::string_view url) {
  while (!url.empty() && static_cast<unsigned char>(url.front()) <= 0x20) url.remove_prefix(1);
  while (!url.empty() && static_cast<unsigned char>(url.back()) <= 0x20) url.remove_suffix(1);
  parts out;
  bool is_scheme = true;
  for (const char c : url) {
    if (c == '\t' || c == '\n' || c == '\r') continue;
    if (!is_scheme) {
      out.rest += c;
    } else if (c == ':') {
      is_scheme = false;
    } else if (is_letter(c)) {
      out.scheme += static_cast<char>(c | 0x20);
    } else {
      return std::nullopt;  // none of the schemes that are listed anywhere has another character
    }
  }
  if (is_scheme || out.scheme.empty()) return std::nullopt;
  return out;
}

// What ends an attribute, a header field or the URL in a text has no place in one.
std::string escaped(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  constexpr std::string_view refused = " \"<>\\^`{|}";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f || refused.find(c) != std::string_view::npos)
      out += {'%', digits[octet >> 4], digits[octet & 15]};
    else
      out += c;
  }
  return out;
}

// "//host" and what follows. A user before the host shows another place than the one it goes to.
bool has_plain_authority(std::string_view rest) {
  if (!rest.starts_with("//")) return false;
  const auto authority = rest.substr(2, std::min(rest.find_first_of("/?#", 2), rest.size()) - 2);
  if (authority.empty() || authority.front() == ':') return false;
  return authority.find_first_of("@\\ \"<>^`{|}%") == std::string_view::npos &&
         std::none_of(authority.begin(), authority.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::optional<std::string> written(const parts& url) {
  auto text = url.scheme + ":" + escaped(url.rest);
  if (text.size() > url_bytes_max) return std::nullopt;
  return text;
}

int value_of_hex(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::optional<std::string> external_image(std::string_view url) {
  const auto read = split(url);
  if (!read || (read->scheme != "http" && read->scheme != "https") || !has_plain_authority(read->rest))
    return std::nullopt;
  return written(*read);
}

std::optional<std::string> safe_link(std::string_view url) {
  const auto read = split(url);
  if (!read) return std::nullopt;
  if (read->scheme == "mailto" || read->scheme == "tel") return written(*read);
  return external_image(url);
}

std::optional<std::string> image_data(std::string_view url) {
  const auto read = split(url);
  if (!read || read->scheme != "data") return std::nullopt;
  const auto comma = read->rest.find(',');
  if (comma == std::string::npos || comma > 40) return std::nullopt;
  std::string type = read->rest.substr(0, comma);
  for (char& c : type)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  if (type == "image/jpg;base64") type = "image/jpeg;base64";
  if (type != "image/png;base64" && type != "image/jpeg;base64" && type != "image/gif;base64" &&
      type != "image/webp;base64")
    return std::nullopt;
  std::string data;
  for (const char c : std::string_view(read->rest).substr(comma + 1)) {
    if (c == ' ' || c == '\f') continue;
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '/' && c != '=') return std::nullopt;
    data += c;
  }
  return "data:" + type + "," + data;
}

std::optional<std::string> content_id_of(std::string_view url) {
  const auto read = split(url);
  if (!read || read->scheme != "cid" || read->rest.empty() || read->rest.size() > url_bytes_max) return std::nullopt;
  std::string id;
  for (std::size_t at = 0; at < read->rest.size(); ++at) {
    const bool has_digits = read->rest[at] == '%' && at + 2 < read->rest.size();
    const int high = has_digits ? value_of_hex(read->rest[at + 1]) : -1;
    const int low = has_digits ? value_of_hex(read->rest[at + 2]) : -1;
    if (high < 0 || low < 0) {
      id += read->rest[at];
    } else {
      id += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  return id;
}

std::string cid_url(std::string_view content_id) {
  std::string out = "cid:";
  for (const char c : content_id) {
    if (c == '%')
      out += "%25";
    else
      out += escaped(std::string_view(&c, 1));
  }
  return out;
}

}  // namespace stagecoach::html
