#include "actors/commands/report.hpp"

#include <cstdlib>
#include <iostream>

#include "protocols/base/json_write.hpp"
#include "protocols/base/utf8.hpp"

namespace stagecoach::commands {

namespace {

struct error_body {
  std::string code;
  std::string message;
  std::string hint;
  static constexpr auto fields =
      described(field(1, "code", &error_body::code), field(2, "message", &error_body::message),
                field(3, "hint", &error_body::hint));
};

struct error_answer {
  bool ok = false;
  error_body error;
  static constexpr auto fields = described(field(1, "ok", &error_answer::ok), field(2, "error", &error_answer::error));
};

}  // namespace

std::string shown(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  while (!text.empty()) {
    const auto step = next_utf8(text);
    const auto first = static_cast<unsigned char>(text.front());
    // C0 and DEL, and C1, which UTF-8 writes as C2 80 to C2 9F.
    const bool is_control =
        first < 0x20 || first == 0x7f || (first == 0xc2 && step.is_valid && static_cast<unsigned char>(text[1]) < 0xa0);
    if (step.is_valid && !is_control) {
      out += text.substr(0, step.bytes);
    } else {
      for (const unsigned char octet : text.substr(0, step.bytes))
        out.append("\\x").append(1, digits[octet >> 4]).append(1, digits[octet & 15]);
    }
    text.remove_prefix(step.bytes);
  }
  return out;
}

exit_code fail(exit_code code, std::string_view what, std::string_view hint) {
  std::cerr << "stagecoach: " << shown(what) << "\n";
  if (!hint.empty()) std::cerr << "  hint: " << hint << "\n";
  return code;
}

exit_code fail_json(exit_code code, std::string_view what, std::string_view hint) {
  const error_answer answer{false, {std::string(word_for(code)), std::string(what), std::string(hint)}};
  std::cout << write_json(answer) << "\n";
  return code;
}

std::string_view word_for(exit_code code) {
  switch (code) {
    case exit_code::good:
      return "done";
    case exit_code::failed:
      return "failed";
    case exit_code::wrong_usage:
      return "wrong_usage";
    case exit_code::configuration_invalid:
      return "configuration_invalid";
    case exit_code::problems_found:
      return "problems_found";
    case exit_code::not_permitted:
      return "not_permitted";
    case exit_code::not_reachable:
      return "not_reachable";
    case exit_code::already_there:
      return "already_there";
    case exit_code::timed_out:
      return "timed_out";
    case exit_code::partly_done:
      return "partly_done";
  }
  return "failed";
}

std::filesystem::path default_directory() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data == '/') return std::filesystem::path(data) / "stagecoach" / "localserve";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr && *home != '\0' ? home : "/tmp") / ".local/share/stagecoach/localserve";
}

}  // namespace stagecoach::commands
