#include "config/limits.hpp"

#include <charconv>
#include <optional>

namespace stagecoach::config {

namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string known_names() {
  std::string all;
  for_each_field<limit_table>([&](const auto& one) { all += (all.empty() ? "" : ", ") + std::string(one.name); });
  return all;
}

}  // namespace

limit_table developer_limits() {
  limit_table some;
  some.connections_per_address = some.connections_per_address_minute = 0;
  some.failed_logins_per_address_minute = some.failed_logins_per_address_day = 0;
  some.login_delay_s = 0;
  some.unknown_recipients_delay_s = 0;
  some.mails_per_address_minute = some.mail_mib_per_address_minute = 0;
  some.sign_in_s = some.first_recipient_s = some.command_s;
  some.recipients_submitted = some.recipients;
  some.message_mib = 256;
  return some;
}

result<done, failure> set_limit(limit_table& limits, std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos)
    return failure{fault_code::syntax, "\"" + std::string(text) + "\" is not name=value"};
  const auto name = text.substr(0, equals);
  const auto value = number_of(text.substr(equals + 1));
  std::optional<failure> problem =
      failure{fault_code::syntax, "there is no limit \"" + std::string(name) + "\"; there are " + known_names()};
  for_each_field<limit_table>([&](const auto& one) {
    if (one.name != name) return;
    problem.reset();
    if (value && *value >= one.least && *value <= one.most) {
      limits.*one.member = *value;
    } else {
      problem = failure{fault_code::syntax, std::string(text) + ": it is a number from " + std::to_string(one.least) +
                                                " to " + std::to_string(one.most)};
    }
  });
  if (problem) return *problem;
  return done{};
}

}  // namespace stagecoach::config
