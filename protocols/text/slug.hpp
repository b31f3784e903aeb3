// Words of any text for the name of a file: "re-your-mail" of "Re: Your mail!".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stagecoach {

// Letters and digits in lower case, with a hyphen for whatever stands between them. UTF-8, at most so many octets;
// empty: there are none.
[[nodiscard]] std::string slug(std::string_view utf8, std::size_t bytes_max);

}  // namespace stagecoach
