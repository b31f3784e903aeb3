#include "protocols/smtp/chunk_octets.hpp"

namespace stagecoach::smtp {

void chunk_octets::read(std::string_view octets) {
  read_ += octets.size();
  for (std::size_t i = 0; i < octets.size() && !has_bare_ && !is_binary_; ++i) {
    const char c = octets[i];
    has_bare_ = c == '\0' || (c == '\n') != after_cr_;
    after_cr_ = c == '\r';
  }
}

}  // namespace stagecoach::smtp
