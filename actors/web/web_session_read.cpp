// What a page is shown of a message: its header and its text.
#include <algorithm>

#include "actors/web/shown.hpp"
#include "actors/web/web_session.hpp"
#include "protocols/html/text.hpp"
#include "protocols/mime/leaves.hpp"

namespace stagecoach::web {

namespace {

constexpr std::uint64_t header_bytes_max = messages::read_length_max;
constexpr std::uint64_t text_bytes_max = 1024 * 1024;     // of one part; the rest is in the raw message
constexpr std::size_t all_texts_bytes_max = 1024 * 1024;  // of all parts, decoded, and one part more

}  // namespace

void web_session::with_message(mailbox_id mailbox, uid message, promise to,
                               const std::function<void(found_pointer)>& then) {
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

void web_session::with_octets(const found_pointer& of, std::uint64_t offset, std::uint64_t length, const promise& to,
                              const std::function<void(const std::string&)>& then) {
  const messages::octet_piece piece{of->view.id, offset, static_cast<std::uint32_t>(length)};
  ask(services_.readers.of(of->view.id.value), answer_deadline,
      messages::read_octets{step(), who_.account, of->mailbox, piece, {}})
      .then([then](const messages::octets_read& m) { then(m.octets); },
            [to](caf::error& why) { refuse_with(to, why); });
}

// then(octets of the body as transferred, at most so many); `before`: those that were read already.
void web_session::with_part(const found_pointer& of, const mime::part& which, std::uint64_t octets_max,
                            const promise& to, const std::function<void(std::string)>& then, std::string before) {
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
      read_text(std::make_shared<reading_text>(reading_text{found, made, to, [made, to] { give(to, *made); }}), 0);
    });
  });
}

// The plain texts, one after the other, from this leaf on.
void web_session::read_text(const text_pointer& text, std::size_t leaf) {
  const auto& index = text->found->structure.parts;
  const auto leaves = mime::leaves_of(index);
  while (leaf < leaves.size() && !(leaves[leaf].is_text && index.parts[leaves[leaf].part].subtype == "plain")) ++leaf;
  if (leaf == leaves.size()) return text->made->text.empty() ? read_html_as_text(text) : text->then();
  if (text->made->text.size() > all_texts_bytes_max) {
    text->made->is_text_cut = true;
    return text->then();
  }
  const auto& part = index.parts[leaves[leaf].part];
  if (text_bytes_max < part.body_bytes) text->made->is_text_cut = true;
  with_part(text->found, part, text_bytes_max, text->to, [this, text, leaf, part](const std::string& octets) {
    std::string decoded = decoded_part(part, octets);
    std::erase(decoded, '\r');
    text->made->text += decoded;
    read_text(text, leaf + 1);
  });
}

void web_session::read_html_as_text(const text_pointer& text) {
  const auto* part = html_part(text->found->structure.parts);
  if (part == nullptr) return text->then();
  if (text_bytes_max < part->body_bytes) text->made->is_text_cut = true;
  with_part(text->found, *part, text_bytes_max, text->to, [text, part = *part](const std::string& octets) {
    text->made->text = html::text_of(decoded_part(part, octets));
    text->then();
  });
}

}  // namespace stagecoach::web
