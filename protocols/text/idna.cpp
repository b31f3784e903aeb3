#include "protocols/text/idna.hpp"

#include <idn2.h>

#include <memory>

namespace stagecoach {

std::optional<std::string> domain_to_ascii(std::string_view utf8) {
  if (utf8.find('\0') != std::string_view::npos) return std::nullopt;
  char* made = nullptr;
  const std::string text(utf8);
  const int code = idn2_to_ascii_8z(text.c_str(), &made, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, void (*)(void*)> held(made, &idn2_free);
  if (code != IDN2_OK) return std::nullopt;
  return std::string(made);
}

}  // namespace stagecoach
