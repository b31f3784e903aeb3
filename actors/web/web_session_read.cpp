// What a page is shown of a message, and its octets: raw, or a part of it (mail-server-behaviour rows 20, 21).
#include <algorithm>
#include <array>

#include "actors/web/shown.hpp"
#include "actors/web/web_session.hpp"
#include "protocols/html/text.hpp"
#include "protocols/http/file_name.hpp"
#include "protocols/mime/leaves.hpp"
#include "protocols/mime/structure.hpp"

namespace stagecoach::web {

namespace {

constexpr std::uint64_t header_bytes_max = messages::read_length_max;
constexpr std::uint64_t text_bytes_max = 1024 * 1024;     // of one part; the rest is in the raw message
constexpr std::size_t all_texts_bytes_max = 1024 * 1024;  // of all parts, decoded, and one part more
constexpr std::string_view part_policy = "sandbox; default-src 'none'; frame-ancestors 'self'";

// What a browser may show by itself (security.md WX08): nothing that can run.
bool is_shown_inline(std::string_view type) {
  constexpr std::array all{"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"};
  return std::find(all.begin(), all.end(), type) != all.end();
}

messages::http_answer no_such_part() { return refuse(400, "not_found", "no such part"); }

}  // namespace

void web_session::with_message(mailbox_id mailbox, uid message, promise to, std::function<void(found_pointer)> then) {
  with_mailbox(mailbox, to, [this, mailbox, message, to, then](const services::mailbox_handle& actor, auto&) {
    uid_set only;
    only.add(message);
    ask(actor, answer_deadline, messages::read_rows{step(), only})
        .then(
            [this, mailbox, only, to, then](const messages::rows& m) mutable {
              if (m.messages.empty()) {
                to.deliver(refuse({fault_code::not_found, "this message is gone"}));
                return;
              }
              ask(services_.readers.of(who_.account.value), answer_deadline,
                  messages::read_structures{step(), who_.account, mailbox, only, false})
                  .then(
                      [mailbox, to, then, view = m.messages.front()](messages::structures& s) mutable {
                        if (s.messages.empty()) {
                          to.deliver(refuse({fault_code::not_found, "this message is gone"}));
                          return;
                        }
                        then(std::make_shared<found_message>(
                            found_message{mailbox, std::move(view), std::move(s.messages.front())}));
                      },
                      [to](caf::error& why) { refuse_with(to, why); });
            },
            [to](caf::error& why) { refuse_with(to, why); });
  });
}

void web_session::with_octets(const found_pointer& of, std::uint64_t offset, std::uint64_t length, promise to,
                              std::function<void(const std::string&)> then) {
  const messages::octet_piece piece{of->view.id, offset, static_cast<std::uint32_t>(length)};
  ask(services_.readers.of(of->view.id.value), answer_deadline,
      messages::read_octets{step(), who_.account, of->mailbox, piece, {}})
      .then([then](const messages::octets_read& m) { then(m.octets); },
            [to](caf::error& why) { refuse_with(to, why); });
}

// then(octets of the body as transferred, at most so many); `before`: those that were read already.
void web_session::with_part(const found_pointer& of, const mime::part& which, std::uint64_t octets_max, promise to,
                            std::function<void(std::string)> then, std::string before) {
  const auto wanted = std::min(which.body_bytes, octets_max);
  if (before.size() >= wanted) return then(std::move(before));
  const auto length = std::min<std::uint64_t>(wanted - before.size(), messages::read_length_max);
  with_octets(of, of->structure.prefix_bytes + which.body_offset() + before.size(), length, to,
              [=, this](const std::string& octets) {
                if (octets.empty()) return then(before);  // the message is shorter than its index says
                with_part(of, which, octets_max, to, then, before + octets);
              });
}

void web_session::fulfil(const api::read_message& asked, const promise& to) {
  with_message(asked.mailbox, asked.message, to, [this, to](const found_pointer& found) {
    const auto made = std::make_shared<api::shown_message>(shown_message_of(found->view, found->structure));
    made->mailbox = found->mailbox;
    const auto length = std::min<std::uint64_t>(found->view.header_bytes, header_bytes_max);
    with_octets(found, 0, length, to, [this, made, found, to](const std::string& octets) {
      made->header = shown_header(octets);
      read_text(made, found, 0, to);
    });
  });
}

// The plain texts, one after the other, from this leaf on.
void web_session::read_text(const std::shared_ptr<api::shown_message>& made, const found_pointer& found,
                            std::size_t leaf, promise to) {
  const auto leaves = mime::leaves_of(found->structure.parts);
  const auto& parts = found->structure.parts.parts;
  while (leaf < leaves.size() && !(leaves[leaf].is_text && parts[leaves[leaf].part].subtype == "plain")) ++leaf;
  if (leaf == leaves.size()) return made->text.empty() ? read_html_as_text(made, found, to) : give(to, *made);
  if (made->text.size() > all_texts_bytes_max) {
    made->is_text_cut = true;
    return give(to, *made);
  }
  const auto& part = parts[leaves[leaf].part];
  if (text_bytes_max < part.body_bytes) made->is_text_cut = true;
  with_part(found, part, text_bytes_max, to, [this, made, found, leaf, to, part](const std::string& octets) {
    std::string text = decoded_part(part, octets);
    std::erase(text, '\r');
    made->text += text;
    read_text(made, found, leaf + 1, to);
  });
}

void web_session::read_html_as_text(const std::shared_ptr<api::shown_message>& made, const found_pointer& found,
                                    promise to) {
  const auto* part = html_part(found->structure.parts);
  if (part == nullptr) return give(to, *made);
  if (text_bytes_max < part->body_bytes) made->is_text_cut = true;
  with_part(found, *part, text_bytes_max, to, [made, to, part = *part](const std::string& octets) {
    made->text = html::text_of(decoded_part(part, octets));
    give(to, *made);
  });
}

web_session::reply web_session::show_content(const messages::http_request& asked, mailbox_id mailbox, uid message,
                                             const std::vector<std::string>& what) {
  const auto sink = sender_speaking<messages::octet_sink_talk>();
  const bool is_html = what.size() == 1 && (what[0] == "html" || what[0] == "htmlexternal");
  const bool is_raw = what.size() == 1 && what[0] == "raw";
  const bool is_part = what.size() == 2 && (what[0] == "view" || what[0] == "download");
  if (!is_raw && !is_part && !is_html) return refuse(404, "not_found", "there is no such page");
  auto to = make_response_promise<messages::http_answer>();
  with_message(mailbox, message, to, [=, this](const found_pointer& found) {
    if (is_html) return show_html(found, what[0] == "htmlexternal", to);
    if (is_raw) return show_raw(asked, found, sink, to);
    show_part(asked, found, what[1], what[0] == "download", sink, to);
  });
  return to;
}

void web_session::give_content(const messages::http_request& asked, content what, messages::http_answer made,
                               const octet_sink_handle& sink, promise to) {
  answer_range(asked, what, made);
  if (made.is_streamed) on().spawn<content_stream>(services_.readers, what, sink);
  to.deliver(std::move(made));
}

void web_session::show_raw(const messages::http_request& asked, const found_pointer& found,
                           const octet_sink_handle& sink, promise to) {
  messages::http_answer made{200, safe_header(), {}, true};
  set_field(made, "Content-Type", "text/plain; charset=utf-8");
  set_field(made, "Content-Security-Policy", std::string(part_policy));
  set_field(made, "Cache-Control", "no-store");
  give_content(asked, content{who_.account, found->mailbox, found->view.id, 0, found->view.size, ""}, std::move(made),
               sink, to);
}

void web_session::show_part(const messages::http_request& asked, const found_pointer& found, const std::string& path,
                            bool as_file, const octet_sink_handle& sink, promise to) {
  const auto& index = found->structure.parts;
  const auto numbers = mime::parse_part_path(path);
  const auto part = numbers.empty() ? std::nullopt : mime::find_part(index, numbers);
  if (!part) {
    to.deliver(no_such_part());
    return;
  }
  const auto& one = index.parts[part->number];
  const auto type = one.type + '/' + one.subtype;
  const bool is_inline = !as_file && is_shown_inline(type);
  messages::http_answer made{200, safe_header(), {}, true};
  const auto charset = type == "text/plain" ? mime::decoded_parameter(one.parameters, "charset") : std::nullopt;
  set_field(made, "Content-Type",
            !is_inline ? "application/octet-stream"
            : charset  ? type + "; charset=" + http::quoted_or_token(*charset)
                       : type);
  set_field(made, "Content-Disposition",
            http::content_disposition(is_inline, mime::file_name(one).value_or("attachment.bin")));
  set_field(made, "Content-Security-Policy", std::string(part_policy));
  set_field(made, "X-Frame-Options", "SAMEORIGIN");
  set_field(made, "Cache-Control", "no-store");
  const content what{who_.account,      found->mailbox,
                     found->view.id,    found->structure.prefix_bytes + part->body.offset,
                     part->body.length, one.encoding};
  give_content(asked, what, std::move(made), sink, to);
}

}  // namespace stagecoach::web
