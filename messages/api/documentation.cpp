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
`/events?mailbox=Inbox&query=is:unread&threads=1&count=60` it begins with view 1 of that mailbox, or of the inbox when there is none;
`view=7` gives it another number.

Whose connection is lost asks again with the id of the last event that came in `Last-Event-ID`, as an EventSource does by itself:
the stream is kept with its views for a minute and a half, of a session the last three. It goes on with `resumed` and what has
been missed; when that is not known any more, with `resumed` and `bye`, after which it is to be asked for once more. A stream that
is not there begins anew, with `hello`.

Behind a proxy that holds back what is streamed, `/events?poll=` begins a stream whose events come as answers to one request
after the other: `/events?poll=STREAM&after=2` when two have come that were not empty, with the name that stands in `hello`. It
is answered when there is something to say, after 25 s at the latest; one that was lost is given again to who asks again.

## Messages

What a message is made of, by GET or HEAD at `/mail/msg/MAILBOX/UID/...`, numbers as in lists, with the cookie of the session:

| path | what it gives |
|---|---|
| `raw` | the octets of the message as `text/plain` |
| `text` | its text as a page that runs nothing; of HTML when there is no other |
| `html`, `htmlexternal` | its HTML made safe, as a page that runs nothing; the second loads pictures from elsewhere |
| `msgtext`, `msghtml`, `msghtmlexternal` | the same below who, to whom, when and what, to be read alone or printed |
| `view/PART` | a part; only PNG, JPEG, GIF, WebP and plain text are shown by a browser, others are files |
| `viewtext/PART` | a part of type `text/...` as `text/plain` in UTF-8, whatever its type and charset |
| `download/PART` | a part as a file under the name that its sender gave it, or `attachment.bin` |
| `attachments.zip` | the parts with `is_attachment` of `mail.read` as one zip, `email-ID-attachments-YYYYMMDD-HHMMSS-SUBJECT.zip` |

PART is the `path` of a part in `mail.read`: numbers from 1 on with dots between, as IMAP has them (RFC 9051 6.4.5.1). A `0.`
before them changes nothing, and `0` is the whole message, as in `raw`.

What is not decoded on its way has an `ETag` and takes ranges. A path that is none, and a message that is not there or is
gone, are 404; a part or a kind of text that the message has not is 400 with the message `no such part`.
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
