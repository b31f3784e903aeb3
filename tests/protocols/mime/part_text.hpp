// The parts of a message as lines of text, for tables: "type/subtype offset+header+body lines" and its defects,
// indented by depth.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/mime/part_scanner.hpp"

namespace stagecoach::mime {

inline std::string defects_text(const part& one) {
  static constexpr std::pair<part_defect, std::string_view> names[] = {
      {part_defect::duplicate_field, "duplicate_field"},
      {part_defect::bad_content_type, "bad_content_type"},
      {part_defect::bad_disposition, "bad_disposition"},
      {part_defect::bad_encoding, "bad_encoding"},
      {part_defect::encoded_composite, "encoded_composite"},
      {part_defect::bad_boundary, "bad_boundary"},
      {part_defect::no_parts, "no_parts"},
      {part_defect::never_closed, "never_closed"},
      {part_defect::too_deep, "too_deep"},
      {part_defect::too_many_parts, "too_many_parts"},
      {part_defect::bad_header_line, "bad_header_line"},
      {part_defect::header_without_end, "header_without_end"},
      {part_defect::bad_addresses, "bad_addresses"},
      {part_defect::text_cut, "text_cut"},
      {part_defect::bad_base64, "bad_base64"},
      {part_defect::bare_line_feed, "bare_line_feed"},
      {part_defect::nul_octet, "nul_octet"},
  };
  std::string text;
  for (const auto& [bit, name] : names)
    if (one.has(bit)) text += " " + std::string(name);
  return text;
}

inline std::string parts_text(const part_index& index) {
  std::string text;
  std::vector<std::uint32_t> left;  // children still to come, of each part above
  for (const auto& one : index.parts) {
    while (!left.empty() && left.back() == 0) left.pop_back();
    text += std::string(left.size(), ' ') + one.type + "/" + one.subtype + " " + std::to_string(one.offset) + "+" +
            std::to_string(one.header_bytes) + "+" + std::to_string(one.body_bytes) + " " + std::to_string(one.lines) +
            defects_text(one) + "\n";
    if (!left.empty()) --left.back();
    left.push_back(one.children);
  }
  return text;
}

inline part_index scan(std::string_view message) {
  part_scanner scanner;
  scanner.received(message);
  return scanner.finished();
}

}  // namespace stagecoach::mime
