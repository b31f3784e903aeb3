#include "protocols/text/slug.hpp"

#include <unicode/uchar.h>

#include "protocols/base/utf8.hpp"
#include "protocols/text/collation.hpp"

namespace stagecoach {

std::string slug(std::string_view utf8, std::size_t bytes_max) {
  std::string out;
  bool is_word_begun = false;
  const auto folded = fold_case(utf8.substr(0, 4 * bytes_max));
  for (std::string_view left = folded; !left.empty();) {
    const auto step = next_utf8(left);
    const bool is_of_word =
        step.is_valid && u_isalnum(static_cast<UChar32>(code_point(left.substr(0, step.bytes)))) != 0;
    const bool has_hyphen = is_of_word && !is_word_begun && !out.empty();
    if (is_of_word && out.size() + (has_hyphen ? 1 : 0) + step.bytes > bytes_max) break;
    if (has_hyphen) out += '-';
    if (is_of_word) out += left.substr(0, step.bytes);
    is_word_begun = is_of_word;
    left.remove_prefix(step.bytes);
  }
  return out;
}

}  // namespace stagecoach
