#include "protocols/base/flags.hpp"

#include <algorithm>

#include "protocols/base/reader.hpp"

namespace stagecoach {

void message_flags::add_keyword(std::string keyword) {
  const auto at = std::lower_bound(keywords.begin(), keywords.end(), keyword);
  if (at == keywords.end() || *at != keyword) keywords.insert(at, std::move(keyword));
}

bool message_flags::has_keyword(std::string_view keyword) const {
  const auto at = std::lower_bound(keywords.begin(), keywords.end(), keyword);
  return at != keywords.end() && *at == keyword;
}

bool message_flags::is_valid() const {
  std::string_view before;  // empty: a keyword is not
  for (const auto& keyword : keywords) {
    if (keyword <= before || keyword != ascii_lower(keyword)) return false;
    before = keyword;
  }
  return true;
}

message_flags apply(const flag_delta& delta, const message_flags& before) {
  message_flags after = before;
  switch (delta.change) {
    case flag_change::replace:
      return delta.flags;
    case flag_change::add:
      after.bits = static_cast<std::uint16_t>(after.bits | delta.flags.bits);
      for (const auto& keyword : delta.flags.keywords) after.add_keyword(keyword);
      break;
    case flag_change::remove:
      after.bits = static_cast<std::uint16_t>(after.bits & ~delta.flags.bits);
      std::erase_if(after.keywords, [&](const std::string& k) { return delta.flags.has_keyword(k); });
      break;
  }
  return after;
}

}  // namespace stagecoach
