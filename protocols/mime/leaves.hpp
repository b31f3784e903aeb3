// The parts of a message that a person is shown or can take away, with their IMAP numbers (RFC 9051 6.4.5.1). A message
// that is attached is one of them; what is in it is its own business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/mime/part_index.hpp"

namespace stagecoach::mime {

struct leaf {
  std::string path;      // "1.2"
  std::size_t part = 0;  // number in part_index::parts
  bool is_text = false;  // of those that are shown as the message's text: text/plain and text/html that are no files
};

[[nodiscard]] std::vector<leaf> leaves_of(const part_index& index);
[[nodiscard]] bool has_attachments(const part_index& index);  // a leaf that is no text

// Of "1.2" the numbers, as find_part wants them; "0.1.2" are the same, and "0" is the whole message, which has none.
// Null: it is no path.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> parse_part_path(std::string_view path);

}  // namespace stagecoach::mime
