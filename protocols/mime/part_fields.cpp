#include "protocols/mime/part_fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/base/reader.hpp"
#include "protocols/mime/header.hpp"
#include "protocols/mime/lexer.hpp"

namespace stagecoach::mime {

enum class part_fields::known : std::uint8_t {
  type,
  encoding,
  id,
  description,
  disposition,
  language,
  location,
  md5,
  date,
  subject,
  from,
  sender,
  reply_to,
  to,
  cc,
  bcc,
  in_reply_to,
  message_id,
  references,
};

namespace {
// In the order of `known`; a header of a part has only the first ones (RFC 2045 9).
constexpr std::array<std::string_view, 19> names = {"content-type",
                                                    "content-transfer-encoding",
                                                    "content-id",
                                                    "content-description",
                                                    "content-disposition",
                                                    "content-language",
                                                    "content-location",
                                                    "content-md5",
                                                    "date",
                                                    "subject",
                                                    "from",
                                                    "sender",
                                                    "reply-to",
                                                    "to",
                                                    "cc",
                                                    "bcc",
                                                    "in-reply-to",
                                                    "message-id",
                                                    "references"};
constexpr std::size_t content_names = 8;

bool is_token_char(char c) {
  return c > ' ' && c < 0x7f && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}
}  // namespace

void part_fields::take(std::string_view field, bool is_cut, part& of, envelope* message) {
  const auto found = split_field(field);
  if (!found) return of.set(part_defect::bad_header_line);
  const std::size_t count = message != nullptr ? names.size() : content_names;
  std::size_t i = 0;
  while (i < count && !equal_nocase(names[i], found->name)) ++i;
  if (i == count) return;
  const std::uint32_t bit = std::uint32_t{1} << i;
  if ((seen_ & bit) != 0) return of.set(part_defect::duplicate_field);
  seen_ |= bit;
  if (is_cut) of.set(part_defect::text_cut);
  if (found->value.find('\0') != std::string_view::npos) of.set(part_defect::nul_octet);
  const auto which = static_cast<known>(i);
  is_envelope_ = i >= content_names;
  if (!is_envelope_) {
    take_content(which, found->value, of);
  } else {
    take_envelope(which, found->value, of, *message);
  }
}

void part_fields::take_content(known which, std::string_view value, part& of) {
  switch (which) {
    case known::type:
      return take_type(value, of);
    case known::encoding:
      return take_encoding(value, of);
    case known::disposition:
      return take_disposition(value, of);
    case known::language:
      return take_languages(value, of);
    case known::id:
      of.id = kept(unfolded(value), id_bytes_max, of);
      return;
    case known::description:
      of.description = kept(unfolded(value), subject_bytes_max, of);
      return;
    case known::location:
      of.location = kept(unfolded(value), subject_bytes_max, of);
      return;
    case known::md5:
      of.md5 = kept(unfolded(value), id_bytes_max, of);
      return;
    default:
      return;
  }
}

void part_fields::take_envelope(known which, std::string_view value, part& of, envelope& message) {
  switch (which) {
    case known::date:
      message.date = kept(unfolded(value), id_bytes_max, of);
      return;
    case known::subject:
      message.subject = kept(unfolded(value), subject_bytes_max, of);
      return;
    case known::in_reply_to:
      message.in_reply_to = kept(unfolded(value), subject_bytes_max, of);
      return;
    case known::message_id:
      message.message_id = kept(unfolded(value), id_bytes_max, of);
      return;
    case known::references:
      // The nearest ancestors come last (MI13).
      if (headers_ == 1)
        references_ = kept(unfolded(value.substr(value.size() - std::min(value.size(), subject_bytes_max))),
                           subject_bytes_max, of);
      return;
    case known::from:
      return take_addresses(value, of, message.from);
    case known::sender:
      return take_addresses(value, of, message.sender);
    case known::reply_to:
      return take_addresses(value, of, message.reply_to);
    case known::to:
      return take_addresses(value, of, message.to);
    case known::cc:
      return take_addresses(value, of, message.cc);
    case known::bcc:
      return take_addresses(value, of, message.bcc);
    default:
      return;
  }
}

void part_fields::take_type(std::string_view value, part& of) {
  auto found = parse_content_type(value);
  if (found.has_defects) of.set(part_defect::bad_content_type);
  // RFC 2045 5.2: what is not of the grammar is text/plain in US-ASCII; a parameter may still say which charset.
  const bool is_type = !found.type.empty() && !found.subtype.empty() && found.type.size() + found.subtype.size() <= 255;
  if (is_type && has_room(found.type.size() + found.subtype.size(), of)) {
    of.type = std::move(found.type);
    of.subtype = std::move(found.subtype);
  } else {
    of.set(part_defect::bad_content_type);
  }
  keep_parameters(std::move(found.parameters), of, of.parameters);
}

void part_fields::take_encoding(std::string_view value, part& of) {
  lexer in(value);
  in.skip_cfws();
  const auto word = in.take_while(is_token_char);
  in.skip_cfws();
  static constexpr std::array<std::string_view, 5> encodings = {"7bit", "8bit", "binary", "base64", "quoted-printable"};
  bool is_known = false;
  for (const auto one : encodings) is_known = is_known || equal_nocase(one, word);
  if (!is_known || !in.at_end()) of.set(part_defect::bad_encoding);
  if (!word.empty()) of.encoding = kept(ascii_lower(word), 100, of);
}

void part_fields::take_disposition(std::string_view value, part& of) {
  auto found = parse_content_disposition(value);
  if (found.has_defects) of.set(part_defect::bad_disposition);
  if (found.type.empty()) return;
  of.disposition = kept(std::move(found.type), 100, of);
  keep_parameters(std::move(found.parameters), of, of.disposition_parameters);
}

void part_fields::take_languages(std::string_view value, part& of) {  // RFC 3282 2
  lexer in(value);
  while (!in.at_end() && of.languages.size() < languages_max) {
    in.skip_cfws();
    const auto tag = in.take_while([](char c) { return !is_space(c) && c != ',' && c != '('; });
    if (!tag.empty()) of.languages.push_back(kept(std::string(tag), 100, of));
    in.skip_cfws();
    if (!in.skip(',') && tag.empty() && !in.at_end()) in.step();
  }
}

void part_fields::take_addresses(std::string_view value, part& of, std::vector<address_entry>& to) {
  auto list = parse_addresses(value, addresses_max);
  if (list.has_defects) of.set(part_defect::bad_addresses);
  if (list.is_cut) of.set(part_defect::text_cut);
  std::size_t bytes = 0;
  for (const auto& one : list.entries)
    bytes += one.name.size() + one.route.size() + one.mailbox.size() + one.host.size();
  if (has_room(bytes, of)) to = std::move(list.entries);
}

void part_fields::keep_parameters(std::vector<parameter> found, part& of, std::vector<parameter>& to) {
  std::size_t bytes = 0;
  for (const auto& one : found) bytes += one.name.size() + one.value.size();
  if (has_room(bytes, of)) to = std::move(found);
}

std::string part_fields::kept(std::string text, std::size_t bytes_max, part& of) {
  if (text.size() > bytes_max) {
    text.resize(bytes_max);
    of.set(part_defect::text_cut);
  }
  return has_room(text.size(), of) ? std::move(text) : std::string();
}

bool part_fields::has_room(std::size_t bytes, part& of) {
  auto& left = is_envelope_ ? envelope_bytes_left_ : content_bytes_left_;
  if (bytes > left) {
    of.set(part_defect::text_cut);
    return false;
  }
  left -= bytes;
  return true;
}

void part_fields::end(part& of, bool is_in_digest) {
  const bool has_type = (seen_ & std::uint32_t{1}) != 0;
  if (!has_type && is_in_digest) {  // RFC 2046 5.1.5
    of.type = "message";
    of.subtype = "rfc822";
  }
}

}  // namespace stagecoach::mime
