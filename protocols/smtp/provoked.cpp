#include "protocols/smtp/provoked.hpp"

#include "protocols/base/reader.hpp"

namespace stagecoach::smtp {

namespace {

constexpr std::string_view words = "The address asked for this";

// What the usual servers say with a code (RFC 5321 4.2.3, RFC 3463 3); any other has no more to tell than its class.
constexpr struct {
  std::uint16_t code;
  std::string_view enhanced;
} usual[] = {
    {421, "4.3.2"}, {450, "4.2.1"}, {451, "4.3.0"}, {452, "4.2.2"}, {454, "4.7.0"}, {455, "4.5.4"}, {500, "5.5.1"},
    {501, "5.5.4"}, {502, "5.5.1"}, {503, "5.5.1"}, {504, "5.5.4"}, {521, "5.3.2"}, {530, "5.7.0"}, {535, "5.7.8"},
    {550, "5.1.1"}, {551, "5.1.6"}, {552, "5.2.2"}, {553, "5.1.3"}, {554, "5.7.1"}, {555, "5.5.4"}, {556, "5.1.10"},
};

reply reply_of(std::uint16_t code) {
  for (const auto& one : usual)
    if (one.code == code) return {code, one.enhanced, words};
  return {code, code < 500 ? "4.0.0" : "5.0.0", words};
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number that the last three octets are; 0 if they are none.
std::uint16_t number_at_end(std::string_view text) {
  if (text.size() < 3) return 0;
  std::uint16_t number = 0;
  for (const char c : text.substr(text.size() - 3)) {
    if (!is_digit(c)) return 0;
    number = static_cast<std::uint16_t>(number * 10 + (c - '0'));
  }
  return number;
}

// "slow5s": 5; none: it does not end so.
std::optional<std::chrono::seconds> delay_at_end(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  text.remove_suffix(1);
  std::size_t digits = 0;
  while (digits < 3 && digits < text.size() && is_digit(text[text.size() - 1 - digits])) ++digits;
  const auto number = text.substr(text.size() - digits);
  if (!text.substr(0, text.size() - digits).ends_with("slow")) return std::nullopt;
  int seconds = 0;
  for (const char c : number) seconds = seconds * 10 + (c - '0');
  if (seconds == 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

moment moment_of(std::string_view local) {
  if (local.starts_with("mailfrom")) return moment::mail;
  return local.starts_with("rcptto") ? moment::rcpt : moment::message;
}

}  // namespace

std::optional<provoked> provoked_by(const address& a, moment when) {
  const auto local = ascii_lower(a.local);
  if (moment_of(local) != when) return std::nullopt;
  if (local.ends_with("temperror")) return reply_of(451);
  if (local.ends_with("permerror")) return reply_of(550);
  if (local.ends_with("timeout")) return silence{};
  if (const auto time = delay_at_end(local)) return delay{*time};
  const auto code = number_at_end(local);
  if (code < 400 || code > 599) return std::nullopt;
  return reply_of(code);
}

bool provokes_greylisting(const address& recipient) { return ascii_lower(recipient.local).ends_with("greylist"); }

}  // namespace stagecoach::smtp
