// Who a submitted message says it is from (RFC 5322 3.6.2, RFC 6409 6.1): what its readers see must belong to who sent
// it, like the envelope's address.
#pragma once

#include <optional>
#include <vector>

#include "protocols/base/address.hpp"
#include "protocols/smtp/header_watch.hpp"

namespace stagecoach::smtp {

// The addresses of the one From field, at least one. none: there is no such field or more than one, or it cannot be
// read without doubt; who shows it could then show something else than was checked.
[[nodiscard]] std::optional<std::vector<address>> authors_of(const header_watch& header);

}  // namespace stagecoach::smtp
