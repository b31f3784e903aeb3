#include "protocols/imap/fetch_items.hpp"

#include <algorithm>
#include <limits>

#include "protocols/imap/limits.hpp"
#include "protocols/imap/response_writer.hpp"
#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_item_char(char c) { return is_atom_char(c) && c != '[' && c != '<'; }

void take_header_names(reader& in, body_section& section) {
  expect_space(in);
  in.expect('(', "a list of header fields is missing");
  do section.fields.push_back(take_astring(in));
  while (in.ok() && in.skip(' '));
  in.expect(')', "a list of header fields that does not end");
  if (section.fields.size() > header_names_max) in.fail(fault_code::too_long, "too many header fields");
  section.label += " (";
  for (std::size_t i = 0; i < section.fields.size(); ++i) {
    if (i > 0) section.label += ' ';
    put_astring(section.label, section.fields[i]);
  }
  section.label += ')';
}

// 1.2.MIME: the numbers, and the point when a name follows.
void take_part(reader& in, body_section& section) {
  do {
    const auto number = in.number(UINT32_MAX, "not the number of a part");
    if (number == 0) in.fail(fault_code::out_of_range, "parts are numbered from 1");
    if (section.part.size() == part_numbers_max) in.fail(fault_code::too_long, "a part that deep is none");
    section.part.push_back(static_cast<std::uint32_t>(number));
    section.label += std::to_string(number);
    if (!in.skip('.')) return;
    section.label += '.';
  } while (in.ok() && is_digit(in.peek()));
}

void take_section_name(reader& in, body_section& section) {
  const auto name = to_upper(in.take_while([](char c) { return is_atom_char(c); }));
  section.label += name;
  if (name == "HEADER") {
    section.kind = section_kind::header;
  } else if (name == "TEXT") {
    section.kind = section_kind::text;
  } else if (name == "MIME" && !section.part.empty()) {
    section.kind = section_kind::mime;
  } else if (name == "HEADER.FIELDS" || name == "HEADER.FIELDS.NOT") {
    section.kind = name.size() == 13 ? section_kind::header_fields : section_kind::header_fields_not;
    take_header_names(in, section);
  } else {
    in.fail(fault_code::syntax, "no such section");
  }
}

// What stands in BODY[...], and the brackets.
void take_section(reader& in, body_section& section) {
  section.label = "BODY[";
  in.expect('[', "a section is missing");
  if (is_digit(in.peek())) take_part(in, section);
  const bool has_name = section.part.empty() ? in.peek() != ']' : section.label.back() == '.';
  if (has_name) take_section_name(in, section);
  in.expect(']', "a section that does not end");
  section.label += ']';
}

// RFC 3516 7: only numbers, or nothing.
void take_binary_section(reader& in, body_section& section) {
  section.label = section.form == section_form::decoded ? "BINARY[" : "BINARY.SIZE[";
  in.expect('[', "a section is missing");
  if (is_digit(in.peek())) take_part(in, section);
  if (section.label.back() == '.') in.fail(fault_code::syntax, "a part number that does not end");
  in.expect(']', "a section that does not end");
  section.label += ']';
}

// <0.1024>; the response names only where it starts.
void take_partial(reader& in, body_section& section) {
  if (!in.skip('<')) return;
  partial part;
  part.offset = in.number(std::numeric_limits<std::int64_t>::max(), "not an offset");
  in.expect('.', "a partial without a length");
  part.length = in.number(std::numeric_limits<std::int64_t>::max(), "not a length");
  if (part.length == 0) in.fail(fault_code::out_of_range, "a partial of nothing");
  in.expect('>', "a partial that does not end");
  section.piece = part;
  section.label += '<' + std::to_string(part.offset) + '>';
}

void add_section(fetch_items& items, body_section section) {
  const auto same = std::find(items.sections.begin(), items.sections.end(), section);
  if (same == items.sections.end()) items.sections.push_back(std::move(section));
}

void take_item(reader& in, fetch_items& items) {
  const auto name = to_upper(in.take_while(is_item_char));
  body_section section;
  section.label = name;
  if (name == "FLAGS") {
    items.flags = true;
  } else if (name == "UID") {
    items.uid = true;
  } else if (name == "RFC822.SIZE") {
    items.size = true;
  } else if (name == "INTERNALDATE") {
    items.internal_date = true;
  } else if (name == "RFC822") {
    section.sets_seen = true;
    add_section(items, section);
  } else if (name == "RFC822.HEADER") {
    section.kind = section_kind::header;
    add_section(items, section);
  } else if (name == "RFC822.TEXT") {
    section.kind = section_kind::text;
    section.sets_seen = true;
    add_section(items, section);
  } else if ((name == "BODY" || name == "BODY.PEEK") && in.peek() == '[') {
    take_section(in, section);
    section.sets_seen = name == "BODY";
    take_partial(in, section);
    add_section(items, section);
  } else if (name == "BINARY" || name == "BINARY.PEEK" || name == "BINARY.SIZE") {
    const bool is_size = name == "BINARY.SIZE";
    section.form = is_size ? section_form::decoded_size : section_form::decoded;
    section.sets_seen = name == "BINARY";
    take_binary_section(in, section);
    if (!is_size) take_partial(in, section);
    add_section(items, section);
  } else if (name == "ENVELOPE") {
    items.envelope = true;
  } else if (name == "BODY") {
    items.body = true;
  } else if (name == "BODYSTRUCTURE") {
    items.body_structure = true;
  } else {
    in.fail(fault_code::syntax, "no such item to fetch");
  }
}

// FAST, ALL and FULL stand alone.
bool take_macro(reader& in, fetch_items& items) {
  if (in.skip_nocase("ALL")) {
    items.envelope = true;
  } else if (in.skip_nocase("FULL")) {
    items.envelope = items.body = true;
  } else if (!in.skip_nocase("FAST")) {
    return false;
  }
  items.flags = items.internal_date = items.size = true;
  return true;
}

}  // namespace

bool fetch_items::sets_seen() const {
  return std::any_of(sections.begin(), sections.end(), [](const body_section& s) { return s.sets_seen; });
}

bool fetch_items::needs_structure() const { return envelope || needs_parts(); }

bool fetch_items::needs_parts() const {
  return body || body_structure ||
         std::any_of(sections.begin(), sections.end(), [](const body_section& s) { return !s.part.empty(); });
}

fetch_items take_fetch_items(reader& in) {
  fetch_items items;
  if (take_macro(in, items)) return items;
  if (!in.skip('(')) {
    take_item(in, items);
    return items;
  }
  do take_item(in, items);
  while (in.ok() && in.skip(' '));
  in.expect(')', "a list of items that does not end");
  return items;
}

}  // namespace stagecoach::imap
