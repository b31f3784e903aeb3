#include "actors/web/shown.hpp"

#include <algorithm>
#include <limits>

#include "protocols/imap/flags.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/mime/header.hpp"
#include "protocols/mime/leaves.hpp"

namespace stagecoach::web {

namespace {

constexpr std::size_t addresses_max = 100;  // of one field; a list shows a few

std::string type_of(const mime::part& one) { return one.type + '/' + one.subtype; }

// `html`: the one that is shown.
bool is_shown(const mime::leaf& one, const mime::part& part, const mime::part* html) {
  return one.is_text && (part.subtype == "plain" || &part == html);
}

}  // namespace

api::shown_mailbox shown(const messages::mailbox_status& from) {
  return {from.id, from.name, from.special_use, from.counts.total, from.counts.unread, from.keywords};
}

std::vector<std::string> shown_flags(const message_flags& from) {
  std::string text;
  imap::put_flags(text, from);
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

std::optional<message_flags> read_flags(const std::vector<std::string>& spelled) {
  message_flags all;
  for (const auto& one : spelled) {
    reader in(one);
    imap::take_flag(in, all);
    if (!in.ok() || !in.at_end()) return std::nullopt;
  }
  return all;
}

std::vector<api::shown_address> shown_addresses(const std::vector<mime::address_entry>& from) {
  std::vector<api::shown_address> all;
  for (const auto& one : from) {
    if (all.size() == addresses_max) break;
    if (one.kind == mime::address_kind::group_end) continue;
    if (one.kind == mime::address_kind::group_start) {
      all.push_back({mime::decoded_text(one.mailbox), ""});
      continue;
    }
    all.push_back({mime::decoded_text(one.name), one.host.empty() ? one.mailbox : one.mailbox + '@' + one.host});
  }
  return all;
}

api::list_item list_item_of(const messages::message_view& view, const messages::message_structure* structure) {
  api::list_item item;
  item.message = view.id;
  item.received = view.received;
  item.bytes = view.size;
  item.flags = shown_flags(view.flags);
  item.thread = view.thread;
  if (structure == nullptr) return item;
  const auto& envelope = structure->parts.envelope;
  item.from = shown_addresses(envelope.from);
  item.to = shown_addresses(envelope.to);
  item.subject = mime::decoded_text(envelope.subject);
  item.has_attachments = mime::has_attachments(structure->parts);
  return item;
}

uid_set unanswered(const uid_set& asked, const messages::structures& answer) {
  constexpr uid newest{std::numeric_limits<std::uint32_t>::max()};
  if (answer.up_to == newest) return {};
  uid_set behind;
  behind.add(uid_range{answer.up_to.next(), newest});
  return asked.intersection(behind);
}

api::shown_message shown_message_of(const messages::message_view& view, const messages::message_structure& structure) {
  const auto& envelope = structure.parts.envelope;
  api::shown_message made;
  made.message = view.id;
  made.subject = mime::decoded_text(envelope.subject);
  made.date = envelope.date;
  made.received = view.received;
  made.bytes = view.size;
  made.from = shown_addresses(envelope.from);
  made.reply_to = shown_addresses(envelope.reply_to);
  made.to = shown_addresses(envelope.to);
  made.cc = shown_addresses(envelope.cc);
  made.bcc = shown_addresses(envelope.bcc);
  made.message_id = envelope.message_id;
  const auto* html = html_part(structure.parts);
  made.has_html = html != nullptr;
  for (const auto& one : mime::leaves_of(structure.parts)) {
    const auto& part = structure.parts.parts[one.part];
    made.parts.push_back(
        {one.path, type_of(part), mime::file_name(part).value_or(""), part.body_bytes, !is_shown(one, part, html)});
  }
  return made;
}

const mime::part* html_part(const mime::part_index& index) {
  for (const auto& one : mime::leaves_of(index))
    if (one.is_text && index.parts[one.part].subtype == "html") return &index.parts[one.part];
  return nullptr;
}

std::vector<mime::leaf> attachments_of(const mime::part_index& index) {
  const auto* html = html_part(index);
  auto all = mime::leaves_of(index);
  std::erase_if(all, [&](const auto& one) { return is_shown(one, index.parts[one.part], html); });
  return all;
}

std::string decoded_part(const mime::part& which, std::string_view octets) {
  mime::text_decoder decoder(which);
  std::string text;
  decoder.decode(text, octets);
  decoder.finish(text);
  return text;
}

std::vector<api::shown_field> shown_header(std::string_view octets) {
  std::vector<api::shown_field> all;
  mime::header_fields fields(octets);
  while (const auto one = fields.next()) all.push_back({std::string(one->name), mime::decoded_text(one->value)});
  return all;
}

}  // namespace stagecoach::web
