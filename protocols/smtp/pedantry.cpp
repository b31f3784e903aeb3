#include "protocols/smtp/pedantry.hpp"

#include "protocols/base/reader.hpp"
#include "protocols/smtp/path.hpp"

namespace stagecoach::smtp {

namespace {

constexpr std::size_t line_bytes_max = 512;  // RFC 5321 4.5.3.1.4, with the CRLF
// What extensions add to MAIL: SIZE 26 (RFC 1870 3), BODY 17 (RFC 6152 2), AUTH 500 (RFC 4954 3), SMTPUTF8 10 (RFC
// 6531 3.1).
constexpr std::size_t mail_line_bytes_max = line_bytes_max + 26 + 17 + 500 + 10;

bool is_verb(std::string_view line, std::string_view verb) { return equal_nocase(line.substr(0, verb.size()), verb); }

// What follows the colon of MAIL FROM: or RCPT TO:; of other commands nothing.
std::string_view path_of(std::string_view line) {
  for (const std::string_view start : {"MAIL FROM:", "RCPT TO:"})
    if (is_verb(line, start)) return line.substr(start.size());
  return {};
}

std::string_view greeting_name_of(std::string_view line) {
  return is_verb(line, "EHLO ") || is_verb(line, "HELO ") ? line.substr(5) : std::string_view();
}

bool ends_in_space(std::string_view line) { return line.ends_with(' ') || line.ends_with('\t'); }
bool has_space_after_colon(std::string_view line) { return path_of(line).starts_with(' '); }

bool has_source_route(std::string_view line) {
  const auto path = path_of(line);
  return path.substr(path.find_first_not_of(' ') == path.npos ? 0 : path.find_first_not_of(' ')).starts_with("<@");
}

bool has_two_spaces(std::string_view line) {
  reader in(path_of(line));
  in.take_while([](char c) { return c == ' '; });
  (void)read_reverse_path(in);
  return in.rest().find("  ") != std::string_view::npos;
}

bool has_underscore(std::string_view line) { return greeting_name_of(line).find('_') != std::string_view::npos; }
bool has_final_dot(std::string_view line) { return greeting_name_of(line).ends_with('.'); }

bool is_long(std::string_view line) {
  if (is_verb(line, "AUTH ")) return false;  // RFC 4954 4 has its own limit
  return line.size() + 2 > (is_verb(line, "MAIL ") ? mail_line_bytes_max : line_bytes_max);
}

constexpr struct {
  bool (*is_careless)(std::string_view line);
  reply answer;
} rules[] = {
    {ends_in_space, {501, "5.5.2", "Space at the end of the line (RFC 5321 4.1.1)"}},
    {has_space_after_colon, {501, "5.5.2", "Space between the colon and the path (RFC 5321 3.3)"}},
    {has_source_route, {501, "5.5.2", "Source route in the path (RFC 5321 appendix C)"}},
    {has_two_spaces, {501, "5.5.4", "More than one space before a parameter (RFC 5321 4.1.1)"}},
    {has_underscore, {501, "5.5.2", "Underscore in the host name (RFC 5321 2.3.5)"}},
    {has_final_dot, {501, "5.5.2", "Dot at the end of the host name (RFC 5321 2.3.5)"}},
    {is_long, {500, "5.5.6", "Line longer than its command allows (RFC 5321 4.5.3.1.4)"}},
};

}  // namespace

std::optional<reply> carelessness_of(std::string_view line) {
  for (const auto& rule : rules)
    if (rule.is_careless(line)) return rule.answer;
  return std::nullopt;
}

}  // namespace stagecoach::smtp
