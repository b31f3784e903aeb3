#include "protocols/imap/fetch_sections.hpp"

#include <algorithm>

#include "protocols/base/check.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/mime/structure.hpp"

namespace stagecoach::imap {

namespace {

std::optional<octet_range> range_of_message(const body_section& section, const message_facts& facts) {
  const std::uint64_t header = std::min<std::uint64_t>(facts.header_bytes, facts.size);
  switch (section.kind) {
    case section_kind::all:
      return octet_range{0, facts.size};
    case section_kind::text:
      return octet_range{header, facts.size - header};
    case section_kind::header:
    case section_kind::header_fields:
    case section_kind::header_fields_not:
      return octet_range{0, header};
    case section_kind::mime:
      break;
  }
  return std::nullopt;
}

std::optional<mime::octet_range> range_of_part(const body_section& section, const mime::part_index& parts) {
  const auto found = mime::find_part(parts, section.part);
  if (!found) return std::nullopt;
  switch (section.kind) {
    case section_kind::all:
      return found->body;
    case section_kind::mime:
      return found->mime;
    case section_kind::text:
      return found->text;
    case section_kind::header:
    case section_kind::header_fields:
    case section_kind::header_fields_not:
      break;
  }
  return found->header;
}

}  // namespace

octet_range cut(octet_range whole, const std::optional<partial>& piece) {
  if (!piece) return whole;
  const auto skipped = std::min(piece->offset, whole.length);
  return {whole.offset + skipped, std::min(piece->length, whole.length - skipped)};
}

bool chooses_fields(const body_section& section) {
  return section.kind == section_kind::header_fields || section.kind == section_kind::header_fields_not;
}

std::optional<octet_range> range_of(const body_section& section, const message_facts& facts,
                                    const message_structure* structure) {
  std::optional<octet_range> range;
  if (section.part.empty()) {
    range = range_of_message(section, facts);
  } else {
    CHECK(structure != nullptr);
    if (const auto part = range_of_part(section, structure->parts))
      range = octet_range{part->offset + structure->prefix_bytes, part->length};
  }
  if (!range) return std::nullopt;
  if (section.form != section_form::encoded) return range;  // a piece of it is cut behind the decoding
  if (chooses_fields(section))
    return octet_range{range->offset, std::min<std::uint64_t>(range->length, header_bytes_max)};
  return cut(*range, section.piece);
}

std::string encoding_of(const body_section& section, const mime::part_index& parts) {
  const auto found = mime::find_part(parts, section.part);
  CHECK(found);
  return parts.parts[found->number].encoding;
}

}  // namespace stagecoach::imap
