#include "protocols/html/linked.hpp"

#include <algorithm>
#include <array>

#include "protocols/base/reader.hpp"
#include "protocols/html/escape.hpp"
#include "protocols/html/url.hpp"

namespace stagecoach::html {

namespace {

constexpr std::string_view word_ends = " \t\r\n<>\"";
constexpr std::size_t url_bytes_max = 2000;  // longer ones are nobody's to click

bool is_of_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Where the first address begins that does not stand in a longer word.
std::size_t begin_of_url(std::string_view word) {
  constexpr std::array<std::string_view, 3> schemes{"http://", "https://", "mailto:"};
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (at > 0 && is_of_word(word[at - 1])) continue;
    for (const auto scheme : schemes)
      if (equal_nocase(word.substr(at, scheme.size()), scheme)) return at;
  }
  return word.size();
}

// Signs that end the sentence rather than the address.
std::string_view without_end(std::string_view url) {
  url = url.substr(0, url.find_last_not_of(".,;:!?'])") + 1);
  return url;
}

std::string link_of(std::string_view url) {
  const auto safe = url.size() > url_bytes_max ? std::nullopt : safe_link(url);
  if (!safe) return escaped(url);
  return "<a href=\"" + escaped(*safe) + "\" rel=\"noopener noreferrer\" target=\"_blank\">" + escaped(url) + "</a>";
}

}  // namespace

std::string linked(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const auto word = utf8.substr(0, utf8.find_first_of(word_ends));
    const auto begin = begin_of_url(word);
    auto url = without_end(word.substr(begin));
    // A bracket that it has opened is its own: .../Stage_(theatre)
    if (url.find('(') != std::string_view::npos && word.substr(begin).substr(url.size()).starts_with(')'))
      url = word.substr(begin, url.size() + 1);
    out += escaped(word.substr(0, begin));
    if (!url.empty()) out += link_of(url);
    out += escaped(word.substr(begin + url.size()));
    utf8.remove_prefix(word.size());
    const auto between = utf8.substr(0, utf8.find_first_not_of(word_ends));
    out += escaped(between);
    utf8.remove_prefix(between.size());
  }
  return out;
}

}  // namespace stagecoach::html
