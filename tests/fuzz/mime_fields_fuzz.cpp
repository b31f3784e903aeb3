// Any value as a date, as a type with parameters, as text with encoded words; the first octet chooses. Limits hold, and
// what people and programs get is UTF-8 without control characters.
#include <algorithm>
#include <cstdlib>

#include "protocols/base/utf8.hpp"
#include "protocols/mime/content_type.hpp"
#include "protocols/mime/date.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/mime/part_limits.hpp"
#include "protocols/text/encoded_word.hpp"

using namespace stagecoach;
using namespace stagecoach::mime;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void demand_shown(const std::string& text) {
  demand(valid_utf8_prefix(text) == text.size());
  for (const char c : text) demand(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

void check_date(std::string_view value) {
  const auto date = parse_date(value);
  if (!date) return;
  demand(date->day.ok() && int(date->day.year()) >= 1900 && int(date->day.year()) <= 9999);
  demand(std::abs(date->zone_minutes) < 24 * 60);
  // The instant is on that day, somewhere on earth.
  const std::int64_t start = std::chrono::sys_days{date->day}.time_since_epoch().count() * 86'400;
  const std::int64_t local = date->unix_seconds + std::int64_t{date->zone_minutes} * 60;
  demand(local >= start && local <= start + 86'400);
}

void check_type(std::string_view value) {
  const auto type = parse_content_type(value);
  demand(type.parameters.size() <= parameters_max);
  for (const auto& one : type.parameters) {
    demand(!one.name.empty() && find_parameter(type.parameters, one.name) != nullptr);
    const auto base = one.name.substr(0, one.name.find('*'));
    if (const auto text = decoded_parameter(type.parameters, base)) demand_shown(*text);
  }
  if (!type.subtype.empty()) {
    const auto again = parse_content_type(type.type + "/" + type.subtype);
    demand(again.type == type.type && again.subtype == type.subtype && !again.has_defects == !type.type.empty());
  }
  const auto disposition = parse_content_disposition(value);
  demand(disposition.parameters.size() <= parameters_max);
}

void check_words(std::string_view value) {
  demand_shown(decode_words(value));
  demand_shown(decoded_text(value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view value(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      check_date(value);
      break;
    case 1:
      check_type(value);
      break;
    default:
      check_words(value);
  }
  return 0;
}
