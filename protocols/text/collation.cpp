#include "protocols/text/collation.hpp"

#include <unicode/ucasemap.h>

#include <algorithm>
#include <memory>

#include "protocols/base/check.hpp"
#include "protocols/base/utf8.hpp"

namespace stagecoach {

namespace {

struct map_closed {
  void operator()(UCaseMap* map) const { ucasemap_close(map); }
};

const UCaseMap* folding() {
  static const std::unique_ptr<UCaseMap, map_closed> map = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<UCaseMap, map_closed> made(ucasemap_open("", U_FOLD_CASE_DEFAULT, &status));
    CHECK(U_SUCCESS(status) != 0);
    return made;
  }();
  return map.get();
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string folded(text);
  if (is_ascii(text)) {
    for (char& c : folded)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return folded;
  }
  const auto size = static_cast<std::int32_t>(text.size());
  for (;;) {
    UErrorCode status = U_ZERO_ERROR;
    const auto room = static_cast<std::int32_t>(folded.size());
    const auto needed = ucasemap_utf8FoldCase(folding(), folded.data(), room, text.data(), size, &status);
    folded.resize(static_cast<std::size_t>(std::max(needed, 0)));
    if (status != U_BUFFER_OVERFLOW_ERROR) return folded;
  }
}

}  // namespace stagecoach
