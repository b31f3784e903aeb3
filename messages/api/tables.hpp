// Every method that there is.
#pragma once

#include <tuple>

#include "messages/api/mail.hpp"
#include "messages/api/session.hpp"

namespace stagecoach::api {

inline constexpr auto all_methods = std::tuple_cat(session_methods, mail_methods);

}  // namespace stagecoach::api
