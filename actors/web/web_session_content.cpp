// The octets of a message: raw, a part of it, or all attachments in a zip; and which of its pages is wanted
// (mail-server-behaviour rows 20, 21).
#include <algorithm>
#include <array>

#include "actors/web/shown.hpp"
#include "actors/web/web_session.hpp"
#include "actors/web/zip_stream.hpp"
#include "protocols/http/file_name.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/mime/leaves.hpp"
#include "protocols/mime/structure.hpp"
#include "protocols/text/slug.hpp"

namespace stagecoach::web {

namespace {

constexpr std::string_view part_policy = "sandbox; default-src 'none'; frame-ancestors 'self'";
constexpr std::size_t zips_max = 8;  // at once, for one session: each has a window of some 300 KB
constexpr std::size_t subject_bytes_max = 60;

constexpr std::array<std::string_view, 8> kinds{"raw",     "html",    "htmlexternal",    "text",
                                                "msgtext", "msghtml", "msghtmlexternal", "attachments.zip"};
constexpr std::array<std::string_view, 3> kinds_of_parts{"view", "viewtext", "download"};

template <class List>
bool holds(const List& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// What a browser may show by itself (security.md WX08): nothing that can run.
bool is_shown_inline(std::string_view type) {
  constexpr std::array<std::string_view, 5> all{"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"};
  return holds(all, type);
}

messages::http_answer no_such_page() { return refuse(404, "not_found", "there is no such page"); }

// Of octets that come as a stream, for a frame or a file.
messages::http_answer streamed(std::string type) {
  messages::http_answer made{200, safe_header(), {}, true};
  set_field(made, "Content-Type", std::move(type));
  set_field(made, "Content-Security-Policy", std::string(part_policy));
  set_field(made, "X-Frame-Options", "SAMEORIGIN");
  set_field(made, "Cache-Control", "no-store");
  return made;
}

}  // namespace

web_session::reply web_session::show_content(const messages::http_request& asked, mailbox_id mailbox, uid message,
                                             const std::vector<std::string>& what) {
  const bool is_part = what.size() == 2 && holds(kinds_of_parts, what[0]);
  const auto path = is_part ? mime::parse_part_path(what[1]) : std::nullopt;
  if (!path && (what.size() != 1 || !holds(kinds, what[0]))) return no_such_page();
  const auto sink = sender_speaking<messages::octet_sink_talk>();
  auto to = make_response_promise<messages::http_answer>();
  with_message(mailbox, message, to, [this, asked, kind = what[0], path, sink, to](const found_pointer& found) {
    const showing all{asked, found, sink, to};
    return path ? show_part(all, kind, *path) : show(all, kind);
  });
  return to;
}

void web_session::show(const showing& to_show, const std::string& kind) {
  if (kind == "raw") return show_raw(to_show, false);
  if (kind == "attachments.zip") return show_zip(to_show);
  const auto form = kind.starts_with("msg") ? page_form::headed : page_form::bare;
  if (kind.ends_with("text")) return show_text(to_show.found, form, to_show.to);
  show_html(to_show.found, kind.ends_with("external"), form, to_show.to);
}

// A HEAD has its answer without a stream.
void web_session::give_content(const showing& to_show, content what, messages::http_answer made) {
  answer_range(to_show.asked, what, made);
  if (made.is_streamed && to_show.asked.method != "HEAD")
    on().spawn<content_stream>(services_.readers, std::move(what), to_show.sink);
  auto to = to_show.to;
  to.deliver(std::move(made));
}

void web_session::show_raw(const showing& to_show, bool as_file) {
  const auto& found = *to_show.found;
  auto made = streamed(as_file ? "application/octet-stream" : "text/plain; charset=utf-8");
  if (as_file) {
    const auto words = slug(mime::decoded_text(found.structure.parts.envelope.subject), subject_bytes_max);
    set_field(made, "Content-Disposition",
              http::content_disposition(false, (words.empty() ? "message" : words) + ".eml"));
  }
  give_content(to_show, {who_.account, found.mailbox, found.view.id, 0, found.view.size, ""}, std::move(made));
}

void web_session::show_part(const showing& to_show, const std::string& kind, const std::vector<std::uint32_t>& path) {
  if (path.empty()) return show_raw(to_show, kind == "download");
  const auto& found = *to_show.found;
  const auto& index = found.structure.parts;
  const auto part = mime::find_part(index, path);
  const bool as_text = kind == "viewtext";
  if (!part || (as_text && index.parts[part->number].type != "text")) {
    auto to = to_show.to;
    to.deliver(no_such_part());
    return;
  }
  const auto& one = index.parts[part->number];
  const auto type = one.type + '/' + one.subtype;
  const bool is_inline = as_text || (kind == "view" && is_shown_inline(type));
  const auto charset = type == "text/plain" ? mime::decoded_parameter(one.parameters, "charset") : std::nullopt;
  auto made = streamed(as_text      ? "text/plain; charset=utf-8"
                       : !is_inline ? "application/octet-stream"
                       : charset    ? type + "; charset=" + http::quoted_or_token(*charset)
                                    : type);
  set_field(made, "Content-Disposition",
            http::content_disposition(is_inline, mime::file_name(one).value_or("attachment.bin")));
  content what{who_.account,      found.mailbox, found.view.id, found.structure.prefix_bytes + part->body.offset,
               part->body.length, one.encoding};
  if (as_text) what.as_text = one;
  give_content(to_show, std::move(what), std::move(made));
}

void web_session::show_zip(const showing& to_show) {
  const auto& found = *to_show.found;
  auto to = to_show.to;
  auto what = zip_content_of(found.view, found.structure);
  if (what.members.empty()) {
    to.deliver(no_such_part());
    return;
  }
  if (zips_.size() >= zips_max) {
    to.deliver(refuse({fault_code::busy, "other attachments are being sent; try again"}));
    return;
  }
  what.account = who_.account;
  what.mailbox = found.mailbox;
  what.message = found.view.id;
  auto made = streamed("application/zip");
  const auto subject = mime::decoded_text(found.structure.parts.envelope.subject);
  set_field(made, "Content-Disposition", http::content_disposition(false, zip_name_of(found.view, subject)));
  if (to_show.asked.method != "HEAD") {
    const auto stream = on().spawn<zip_stream>(services_.readers, std::move(what), to_show.sink);
    monitor(stream);
    zips_.push_back(stream.address());
  }
  to.deliver(std::move(made));
}

}  // namespace stagecoach::web
