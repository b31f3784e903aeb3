#include "actors/runtime/errors.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>
#include <caf/to_string.hpp>
#include <string>

namespace stagecoach::runtime {

namespace {

constexpr caf::atom_value mail_category = caf::atom("mail");
constexpr caf::atom_value system_category = caf::atom("system");
constexpr caf::atom_value exit_category = caf::atom("exit");

std::string text_of(const caf::message& context) {
  return context.match_elements<std::string>() ? context.get_as<std::string>(0) : std::string();
}

std::string system_text(caf::sec code) {
  switch (code) {
    case caf::sec::request_timeout:
      return "no answer in time";
    case caf::sec::request_receiver_down:
      return "the asked actor has ended";
    case caf::sec::runtime_error:
      return "the asked actor failed";
    case caf::sec::invalid_argument:
      return "there is nobody to ask";
    default:
      return "the actor system reports " + to_string(code);
  }
}

std::string exit_text(caf::exit_reason code) { return "the asked actor has ended (" + to_string(code) + ")"; }

}  // namespace

caf::error to_error(const failure& why) {
  return {static_cast<std::uint8_t>(why.code), mail_category, caf::make_message(why.what)};
}

caf::error to_error(const fault& why) { return to_error(failure{why.code, std::string(why.what)}); }

failure to_failure(const caf::error& why) {
  if (!why) return {};
  if (why.category() == mail_category) return {static_cast<fault_code>(why.code()), text_of(why.context())};
  if (why.category() == system_category) return {fault_code::busy, system_text(static_cast<caf::sec>(why.code()))};
  if (why.category() == exit_category) return {fault_code::busy, exit_text(static_cast<caf::exit_reason>(why.code()))};
  return {fault_code::busy, "error " + std::to_string(why.code()) + " of " + to_string(why.category())};
}

bool is_late(const caf::error& why) { return why == caf::sec::request_timeout; }

bool is_down(const caf::error& why) { return why == caf::sec::request_receiver_down; }

void register_errors(caf::actor_system_config& config) {
  config.add_error_category(mail_category, [](std::uint8_t code, caf::atom_value, const caf::message& context) {
    return std::string(fault_name(static_cast<fault_code>(code))) + ": " + text_of(context);
  });
}

}  // namespace stagecoach::runtime
