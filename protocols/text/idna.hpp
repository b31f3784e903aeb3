// Internationalized domain names (IDNA2008 by UTS #46, nontransitional), as addresses spell them and DNS wants them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach {

// The A-labels of a domain in UTF-8, lower-case; plain ASCII labels stay. none: some label is not allowed.
[[nodiscard]] std::optional<std::string> domain_to_ascii(std::string_view utf8);

}  // namespace stagecoach
