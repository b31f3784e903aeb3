#include "store/account/keywords.hpp"

#include <algorithm>
#include <array>

namespace stagecoach::store {

namespace {
constexpr std::array<std::string_view, 5> never_keywords = {"$forwarded", "$junk", "$mdnsent", "$notjunk", "$phishing"};
constexpr unsigned known_bits = static_cast<unsigned>(flag::mdn_sent) * 2 - 1;  // mdn_sent is the highest
}  // namespace

bool is_storable_keyword(std::string_view keyword) {
  const auto is_allowed = [](char c) {
    return c > ' ' && c < '\x7f' && !(c >= 'A' && c <= 'Z') &&
           std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
  };
  return !keyword.empty() && std::all_of(keyword.begin(), keyword.end(), is_allowed) &&
         std::find(never_keywords.begin(), never_keywords.end(), keyword) == never_keywords.end();
}

bool are_storable_keywords(const std::vector<std::string>& keywords) {
  const bool is_ascending =
      std::adjacent_find(keywords.begin(), keywords.end(), std::greater_equal<>()) == keywords.end();
  return is_ascending && std::all_of(keywords.begin(), keywords.end(), is_storable_keyword);
}

bool are_storable_flags(const message_flags& flags) {
  return (flags.bits & ~known_bits) == 0 && are_storable_keywords(flags.keywords);
}

std::size_t count_missing(const std::vector<std::string>& list, const std::vector<std::string>& more) {
  const auto is_missing = [&](const std::string& one) { return !std::binary_search(list.begin(), list.end(), one); };
  return static_cast<std::size_t>(std::count_if(more.begin(), more.end(), is_missing));
}

void merge_keywords(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const auto& keyword : more) {
    const auto at = std::lower_bound(list.begin(), list.end(), keyword);
    if (at == list.end() || *at != keyword) list.insert(at, keyword);
  }
}

}  // namespace stagecoach::store
