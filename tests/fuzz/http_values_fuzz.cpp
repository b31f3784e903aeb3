// What a request's target, cookies, ranges and accepted encodings are read as, and what a sender's file name is written
// as: nothing that means another path, ends a field, or begins one.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "protocols/base/utf8.hpp"
#include "protocols/http/cookie.hpp"
#include "protocols/http/file_name.hpp"
#include "protocols/http/gzip.hpp"
#include "protocols/http/head.hpp"
#include "protocols/http/range.hpp"
#include "protocols/http/target.hpp"
#include "protocols/mime/leaves.hpp"
#include "protocols/text/slug.hpp"

using namespace stagecoach;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void is_harmless(const std::string& text) {
  demand(is_utf8(text));
  for (const char c : text) demand(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto target = http::parse_target(text)) {
    demand(!target->segments.empty());
    for (std::size_t at = 0; at < target->segments.size(); ++at) {
      const auto& one = target->segments[at];
      is_harmless(one);
      demand(one != "." && one != ".." && one.find_first_of("/\\") == std::string::npos);
      demand(!one.empty() || at + 1 == target->segments.size());
    }
    for (const auto& [name, value] : target->parameters) {
      is_harmless(name);
      is_harmless(value);
      demand(target->find(name).has_value());
    }
  }
  if (const auto value = http::find_cookie(text, "s")) demand(value->find(';') == std::string_view::npos);
  (void)http::accepts_gzip(text);
  (void)http::is_compressible(text);
  const auto wanted = http::range_of({"GET", text, ""}, 1000, "");
  if (const auto* part = std::get_if<http::octet_range>(&wanted))
    demand(part->length > 0 && part->first < 1000 && part->first + part->length <= 1000);
  demand(http::is_field_value(http::content_disposition(size % 2 == 0, text)));
  demand(http::is_field_value(http::quoted_or_token(text)));
  if (const auto path = mime::parse_part_path(text)) {
    std::string spelled = text.starts_with("0") ? "0" : "";
    for (const auto number : *path) spelled += (spelled.empty() ? "" : ".") + std::to_string(number);
    demand(spelled == text);
  }
  demand(is_utf8(slug(text, 20)) && slug(text, 20).size() <= 20);
  is_harmless(slug(text, 1000));
  return 0;
}
