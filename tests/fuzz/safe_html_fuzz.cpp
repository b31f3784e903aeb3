// HTML made safe: only what is listed (tests/protocols/html/page_checker.hpp), the same when it is made safe again, and
// of no more elements than are told. Its text is text. The first octet chooses what may be shown.
#include <cstdint>
#include <cstdlib>

#include "protocols/base/utf8.hpp"
#include "protocols/html/balance.hpp"
#include "protocols/html/linked.hpp"
#include "protocols/html/safe_page.hpp"
#include "protocols/html/style.hpp"
#include "protocols/html/text.hpp"
#include "protocols/html/url.hpp"
#include "tests/protocols/html/page_checker.hpp"

using namespace stagecoach;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const html::safe_options options{
      (data[0] & 1) != 0,
      [](std::string_view id) { return "data:image/png;base64,AAAA" + std::string(id.size() % 5, 'A'); },
      (data[0] & 2) != 0 ? 100U : 0U};
  const auto small = html::balance(text);
  demand(html::balance(small.html).html == small.html);
  const auto page = html::safe_page_of(text, options);
  demand(html::complaints_about(page.html).empty());
  demand(is_utf8(page.html));
  demand(html::safe_page_of(page.html, options).html == page.html);
  demand(is_utf8(html::text_of(text)));
  const auto linked = html::linked(text);
  demand(is_utf8(linked) && html::complaints_about(linked).empty());
  const auto style = html::safe_style(text);
  demand(html::safe_style(style) == style);
  if (const auto link = html::safe_link(text)) demand(html::safe_link(*link) == link);
  if (const auto id = html::content_id_of(text)) demand(html::content_id_of(html::cid_url(*id)) == id);
  return 0;
}
