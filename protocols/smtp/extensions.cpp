#include "protocols/smtp/extensions.hpp"

#include <iterator>

#include "protocols/base/reader.hpp"

namespace stagecoach::smtp {

namespace {

bool always(const offer&) { return true; }
bool before_tls(const offer& now) { return now.tls_available && !now.tls_active; }

bool with_mechanisms(const offer& now) {
  return now.kind == service::submission && !sasl::offered(sign_in_conditions(now)).empty();
}

std::string nothing(const offer&) { return {}; }
std::string size_max(const offer& now) { return " " + std::to_string(now.message_bytes_max); }
std::string recipients_max(const offer& now) { return " RCPTMAX=" + std::to_string(now.recipients_max); }

std::string mechanisms(const offer& now) {
  std::string all;
  for (const auto name : sasl::offered(sign_in_conditions(now))) all += " " + std::string(name);
  return all;
}

struct row {
  extension id;
  std::string_view keyword;
  bool (*offered)(const offer&);
  std::string (*arguments)(const offer&);
  std::string_view parameter;  // of MAIL
  mail_parameter parameter_id;
};

constexpr row table[] = {
    {extension::pipelining, "PIPELINING", always, nothing, "", mail_parameter::unknown},
    {extension::size, "SIZE", always, size_max, "SIZE", mail_parameter::size},
    {extension::starttls, "STARTTLS", before_tls, nothing, "", mail_parameter::unknown},
    {extension::auth, "AUTH", with_mechanisms, mechanisms, "AUTH", mail_parameter::auth},
    {extension::enhanced_status_codes, "ENHANCEDSTATUSCODES", always, nothing, "", mail_parameter::unknown},
    {extension::eight_bit_mime, "8BITMIME", always, nothing, "BODY", mail_parameter::body},
    {extension::chunking, "CHUNKING", always, nothing, "", mail_parameter::unknown},
    {extension::binary_mime, "BINARYMIME", always, nothing, "", mail_parameter::unknown},
    {extension::limits, "LIMITS", always, recipients_max, "", mail_parameter::unknown},
    {extension::smtputf8, "SMTPUTF8", always, nothing, "SMTPUTF8", mail_parameter::smtputf8},
};

}  // namespace

sasl::conditions sign_in_conditions(const offer& now) { return {now.tls_active, now.login_needs_tls, now.client_key}; }

bool is_offered(extension one, const offer& now) {
  for (const auto& r : table)
    if (r.id == one) return r.offered(now);
  return false;
}

std::vector<std::string> extension_lines(const offer& now) {
  std::vector<std::string> lines;
  lines.reserve(std::size(table));
  for (const auto& r : table)
    if (r.offered(now)) lines.push_back(std::string(r.keyword) + r.arguments(now));
  return lines;
}

mail_parameter mail_parameter_of(std::string_view keyword, const offer& now) {
  for (const auto& r : table)
    if (!r.parameter.empty() && equal_nocase(r.parameter, keyword) && r.offered(now)) return r.parameter_id;
  return mail_parameter::unknown;
}

}  // namespace stagecoach::smtp
