#include "actors/web/answers.hpp"

#include "messages/api/method.hpp"
#include "protocols/base/json_write.hpp"
#include "protocols/http/fixed_site.hpp"

#include <utility>

namespace stagecoach::web {

namespace {

std::uint16_t status_of(fault_code code) {
  switch (code) {
    case fault_code::not_found:
      return 404;
    case fault_code::syntax:
    case fault_code::too_long:
    case fault_code::out_of_range:
      return 400;
    case fault_code::duplicate:
    case fault_code::not_empty:
    case fault_code::full:
      return 409;
    case fault_code::busy:
    case fault_code::overloaded:
      return 503;
    default:
      return 500;
  }
}

}  // namespace

std::vector<messages::http_field> safe_header() {
  std::vector<messages::http_field> all;
  for (auto& one : http::safe_fields()) all.push_back({std::move(one.name), std::move(one.value)});
  return all;
}

void set_field(messages::http_answer& answer, std::string_view name, std::string value) {
  for (auto& one : answer.header)
    if (one.name == name) {
      one.value = std::move(value);
      return;
    }
  answer.header.push_back({std::string(name), std::move(value)});
}

messages::http_answer json_answer(std::string body) {
  messages::http_answer made{200, safe_header(), std::move(body), false};
  set_field(made, "Content-Type", std::string(json_type));
  set_field(made, "Cache-Control", "no-store");
  return made;
}

messages::http_answer events_answer() {
  messages::http_answer made{200, safe_header(), {}, true};
  set_field(made, "Content-Type", "text/event-stream");
  set_field(made, "Cache-Control", "no-store");
  set_field(made, "X-Accel-Buffering", "no");
  return made;
}

messages::http_answer refuse(std::uint16_t status, std::string_view code, std::string message, std::string where) {
  auto made = json_answer(write_json(api::refusal{std::string(code), std::move(message), std::move(where)}));
  made.status = status;
  return made;
}

messages::http_answer no_such_part() { return refuse(400, "not_found", "no such part"); }

messages::http_answer refuse(const failure& why) { return refuse(status_of(why.code), fault_name(why.code), why.what); }

messages::http_answer refuse(const json_fault& why) {
  return refuse(400, fault_name(why.code), fault_text(why), why.path);
}

std::string_view field_of(const messages::http_request& asked, std::string_view name) {
  std::string_view found;
  bool is_there = false;
  for (const auto& one : asked.header) {
    if (one.name != name) continue;
    if (std::exchange(is_there, true)) return {};
    found = one.value;
  }
  return found;
}

}  // namespace stagecoach::web
