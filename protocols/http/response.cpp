#include "protocols/http/response.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "protocols/base/check.hpp"

namespace stagecoach::http {

namespace {

constexpr struct {
  std::uint16_t status;
  std::string_view reason;
} reasons[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

}  // namespace

std::string_view reason_of(std::uint16_t status) {
  for (const auto& one : reasons)
    if (one.status == status) return one.reason;
  return "";
}

std::string write_head(const response_head& head) {
  CHECK(head.status >= 100 && head.status <= 599);
  std::string text = "HTTP/1.1 " + std::to_string(head.status) + ' ';
  text += reason_of(head.status);
  text += "\r\n";
  for (const auto& one : head.fields) {
    CHECK(is_token(one.name) && is_field_value(one.value));
    text += one.name;
    text += ": ";
    text += one.value;
    text += "\r\n";
  }
  return text;
}

std::string http_date(unix_ms when) {
  using namespace std::chrono;
  const sys_time<milliseconds> moment{milliseconds(when.value)};
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(floor<seconds>(moment - day));
  constexpr const char* weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                 weekdays[weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                                 months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                                 static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                 static_cast<int>(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace stagecoach::http
