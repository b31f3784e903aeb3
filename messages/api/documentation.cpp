#include "messages/api/control.hpp"
#include "messages/api/describe.hpp"
#include "messages/api/mail_events.hpp"
#include "messages/api/protocol.hpp"
#include "messages/api/tables.hpp"

namespace stagecoach::api {

namespace {

constexpr std::string_view head = R"(# The API

Made by `./dev generate` from `messages/api/`. Every method of the pages is `POST /api/NAME` with `Content-Type: application/json`.
The answer is 200 and JSON, or another status and a `refusal`: from 400 on the caller can mend it, from 500 on we must.
Integers of 64 bits are strings of digits. A field without a mark may be left out.

Methods that need a user want the cookie of a session and its token in `X-CSRF`:

    curl -c jar -H 'Content-Type: application/json' -d '{"link": "..."}' http://localhost:1080/api/session.sign_in_by_link
    curl -N -b jar http://localhost:1080/events

`stagecoach localserve` prints a link. `GET /events` is the event stream; each event is one of those at the end. With
`/events?mailbox=Inbox&query=is:unread&threads=1&count=60` it begins with view 1 of that mailbox, or of the inbox when there is none.
)";

constexpr std::string_view control_head = R"(
## Methods of the control socket

`control.sock` in the data directory is for whoever the server runs as. `stagecoach account`, `actors` and `send` ask there;
docs/formats/control.md has the form of questions and answers. A refusal is the same as that of the pages.
)";

std::string type_of(const shape& of) {
  switch (of.kind) {
    case shape_kind::boolean:
      return "boolean";
    case shape_kind::number:
      return "integer";
    case shape_kind::wide_number:
      return "integer of 64 bits";
    case shape_kind::text:
      return "string";
    case shape_kind::choice: {
      std::string out;
      for (const auto& one : of.choices) out += (out.empty() ? "" : " or ") + one;
      return out;
    }
    case shape_kind::list:
      return "list of " + type_of(of.inner.front());
    case shape_kind::maybe:
      return type_of(of.inner.front()) + " or null";
    case shape_kind::object:
      return "`" + of.name + "`";
    case shape_kind::one_of: {
      std::string out;
      for (const auto& one : of.inner) out += (out.empty() ? "" : " or ") + type_of(one);
      return out;
    }
  }
  return {};
}

std::string table_of(const object& one) {
  if (one.members.empty()) return "\nIt has no fields.\n";
  std::string out = "\n| field | type | |\n|---|---|---|\n";
  for (const auto& field : one.members)
    out += "| `" + std::string(field.name) + "`" + (field.is_required ? " (required)" : "") + " | " +
           type_of(field.type) + " | " + std::string(field.help) + " |\n";
  return out;
}

template <class Question>
std::string example_of(std::string_view name, needs who) {
  if (who == needs::owner)
    return "\n    echo '" + std::string(name) + " " + write_json(Question()) + "' | socat -t60 - UNIX:control.sock\n";
  return "\n    curl -b jar -H 'Content-Type: application/json'" +
         std::string(who == needs::user ? " -H \"X-CSRF: $CSRF\"" : "") + " -d '" + write_json(Question()) +
         "' \\\n      http://localhost:1080/api/" + std::string(name) + "\n";
}

template <class Table>
std::string methods_of(const Table& table, objects& met) {
  std::string out;
  for_each_method(table, [&](const auto& one) {
    using method = std::remove_cvref_t<decltype(one)>;
    const auto asked = shape_of<typename method::question>(met);
    const auto given = shape_of<typename method::answer>(met);
    out += "\n### " + std::string(one.name) + "\n\n" + std::string(one.help) + " Takes " + type_of(asked) +
           ", answers " + type_of(given) + "; needs " + std::string(name_of(one.who)) + ".\n" +
           example_of<typename method::question>(one.name, one.who);
  });
  return out;
}

}  // namespace

std::string documentation() {
  objects met;
  std::string out(head);
  out += "\n## Methods\n" + methods_of(all_methods, met);
  out += std::string(control_head) + methods_of(control_methods, met);
  meet<refusal>(met);
  (void)shape_of<event>(met);
  out += "\n## Values\n";
  for (const auto& one : met.all)
    if (one.kind.empty()) out += "\n### " + one.name + "\n" + table_of(one);
  out += "\n## Events\n";
  for (const auto& one : met.all)
    if (!one.kind.empty()) out += "\n### " + one.kind + "\n" + table_of(one);
  return out;
}

}  // namespace stagecoach::api
