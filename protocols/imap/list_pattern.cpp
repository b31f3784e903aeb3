#include "protocols/imap/list_pattern.hpp"

#include <string>

#include "protocols/imap/mailbox_name.hpp"
#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {

constexpr std::size_t word_bits = 64;

void set_bit(std::vector<std::uint64_t>& bits, std::size_t at) { bits[at / word_bits] |= 1ULL << at % word_bits; }

// A run of wildcards is one: `*` if there is one in it, else `%`.
std::string without_doubles(std::string_view pattern) {
  std::string out;
  for (const char c : pattern) {
    const bool follows_wildcard = !out.empty() && (out.back() == '*' || out.back() == '%');
    if ((c == '*' || c == '%') && follows_wildcard) {
      if (c == '*') out.back() = '*';
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

list_pattern::list_pattern(std::string_view pattern) {
  const std::string places = without_doubles(pattern);
  end_ = places.size();
  words_ = end_ / word_bits + 1;
  anything_.assign(words_, 0);
  level_.assign(words_, 0);
  byte_.fill(-1);
  for (std::size_t at = 0; at < places.size(); ++at) {
    if (places[at] == '*') {
      set_bit(anything_, at);
    } else if (places[at] == '%') {
      set_bit(level_, at);
    } else {
      auto& index = byte_[static_cast<unsigned char>(places[at])];
      if (index < 0) {
        index = static_cast<std::int16_t>(literals_.size());
        literals_.emplace_back(words_, 0);
      }
      set_bit(literals_[static_cast<std::size_t>(index)], at);
    }
  }
}

// A wildcard may be empty: the place behind it is reached with it. Wildcards are never adjacent.
void list_pattern::follow_wildcards(bits& places) const {
  std::uint64_t carry = 0;
  for (std::size_t w = 0; w < words_; ++w) {
    const std::uint64_t wild = places[w] & (anything_[w] | level_[w]);
    places[w] |= wild << 1 | carry;
    carry = wild >> (word_bits - 1);
  }
}

bool list_pattern::matches(std::string_view name) const {
  const std::size_t without_case = equal_nocase(name.substr(0, name.find('/')), stored_inbox) ? stored_inbox.size() : 0;
  bits places(words_, 0);
  set_bit(places, 0);
  follow_wildcards(places);
  for (std::size_t at = 0; at < name.size(); ++at) {
    const auto literal = [&](char c) { return byte_[static_cast<unsigned char>(c)]; };
    const bool any_case = at < without_case;
    const auto one = literal(any_case ? to_lower(name.substr(at, 1))[0] : name[at]);
    const auto other = any_case ? literal(to_upper(name.substr(at, 1))[0]) : std::int16_t{-1};
    std::uint64_t carry = 0;
    std::uint64_t alive = 0;
    for (std::size_t w = 0; w < words_; ++w) {
      std::uint64_t fits = one >= 0 ? literals_[static_cast<std::size_t>(one)][w] : 0;
      if (other >= 0) fits |= literals_[static_cast<std::size_t>(other)][w];
      const std::uint64_t stepped = places[w] & fits;
      const std::uint64_t stayed = places[w] & (anything_[w] | (name[at] == '/' ? 0 : level_[w]));
      places[w] = stepped << 1 | carry | stayed;
      carry = stepped >> (word_bits - 1);
      alive |= places[w];
    }
    if (alive == 0) return false;
    follow_wildcards(places);
  }
  return (places[end_ / word_bits] >> end_ % word_bits & 1) != 0;
}

}  // namespace stagecoach::imap
