// What the fields of one header say of a part and of the message in it: the scanner hands them over one by one. A field
// that may stand once counts where it stands first (MI04).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "protocols/mime/part_index.hpp"
#include "protocols/mime/part_limits.hpp"

namespace stagecoach::mime {

class part_fields {
 public:
  // A new header begins.
  void begin() {
    seen_ = 0;
    ++headers_;
  }
  // `field`: one field with its folds; `is_cut`: not all of it. `message`: the envelope of the message that this header
  // is of, null for the header of a part.
  void take(std::string_view field, bool is_cut, part& of, envelope* message);
  // The header has ended: the type of a part that has none, and what a type without its parameters is worth.
  void end(part& of, bool is_in_digest);
  // Of the first header, which is that of the whole message.
  [[nodiscard]] std::string take_references() { return std::move(references_); }

 private:
  enum class known : std::uint8_t;
  void take_content(known which, std::string_view value, part& of);
  void take_envelope(known which, std::string_view value, part& of, envelope& message);
  void take_type(std::string_view value, part& of);
  void take_encoding(std::string_view value, part& of);
  void take_disposition(std::string_view value, part& of);
  void take_languages(std::string_view value, part& of);
  void take_addresses(std::string_view value, part& of, std::vector<address_entry>& to);
  void keep_parameters(std::vector<parameter> found, part& of, std::vector<parameter>& to);
  [[nodiscard]] std::string kept(std::string text, std::size_t bytes_max, part& of);
  [[nodiscard]] bool has_room(std::size_t bytes, part& of);

  std::uint32_t seen_ = 0;  // a bit for each known field
  std::size_t headers_ = 0;
  std::string references_;
  bool is_envelope_ = false;  // whose text the field is
  // How much text the index may still take. Two, so that a list of recipients cannot hide the names of files.
  std::size_t envelope_bytes_left_ = envelope_text_bytes_max;
  std::size_t content_bytes_left_ = content_text_bytes_max;
};

}  // namespace stagecoach::mime
