// Whether a request comes from our own pages, as far as the browser says so (security.md WB01). Programs say nothing,
// and are let pass: they have no cookie that somebody else's page could use.
#pragma once

#include "messages/web.hpp"

namespace stagecoach::web {

[[nodiscard]] bool is_of_same_origin(const messages::http_request& asked);

}  // namespace stagecoach::web
