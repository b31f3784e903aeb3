// What a browser sees at the root of localserve: who can sign in, and where the protocols are.
#pragma once

#include <string>

#include "config/local_config.hpp"
#include "messages/ports.hpp"

namespace stagecoach::node {

[[nodiscard]] std::string front_page(const config::local_config& config, const messages::open_ports& ports);

}  // namespace stagecoach::node
