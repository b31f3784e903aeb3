// One line, of one form, wherever somebody fails to sign in: tools that ban addresses read it.
#pragma once

#include <string_view>

#include "actors/runtime/log.hpp"

namespace stagecoach::services {

[[nodiscard]] inline runtime::log_line failed_sign_in(std::string_view username, std::string_view remote_ip) {
  return runtime::log_line(runtime::log_level::info, "failed authentication attempt")
      .with("username", username)
      .with("remote", remote_ip);
}

}  // namespace stagecoach::services
