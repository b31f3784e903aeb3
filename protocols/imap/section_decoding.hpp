// A section that FETCH BINARY gives without its transfer encoding (RFC 3516 4.2). A literal begins with its length, so
// the octets of the part pass twice: once to be counted, once to be given. A part that comes in one piece passes once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/imap/fetch_items.hpp"
#include "protocols/imap/fetch_sections.hpp"
#include "protocols/mime/decoded.hpp"

namespace stagecoach::imap {

class section_decoding {
 public:
  section_decoding(const body_section& section, std::string_view encoding, octet_range encoded);

  [[nodiscard]] bool is_known() const { return decoder_.is_known(); }
  [[nodiscard]] octet_range encoded() const { return encoded_; }

  enum class progress : std::uint8_t { goes_on, again, done };
  // The next octets of the part; puts what they give. Again: the same octets are wanted from the start.
  progress received(std::string& out, std::string_view octets);

 private:
  void put_head(std::string& out);
  void put_piece(std::string& out, std::string_view decoded);

  section_form form_;
  std::optional<partial> piece_;
  std::string encoding_;
  octet_range encoded_;
  mime::transfer_decoder decoder_;
  std::uint64_t left_;                // encoded octets of this pass
  std::uint64_t decoded_bytes_ = 0;   // of this pass
  std::optional<octet_range> given_;  // once counted: of the decoded octets
};

}  // namespace stagecoach::imap
