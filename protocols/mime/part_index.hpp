// What a message is made of, as it is stored with the message, so that ENVELOPE, BODYSTRUCTURE and the octets of a part
// never need the message again (RFC 9051 7.5.2, 6.4.5.1). part_scanner.hpp makes it while the body arrives,
// structure.hpp tells it to IMAP clients and finds parts. Text is as the header has it, unfolded, encoded words not
// decoded, and bounded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/base/described.hpp"
#include "protocols/mime/address.hpp"
#include "protocols/mime/content_type.hpp"

namespace stagecoach::mime {

// An empty text or list: the field is absent or empty.
struct envelope {
  std::string date;
  std::string subject;
  std::vector<address_entry> from;
  std::vector<address_entry> sender;    // empty: the same as from, which the writer of ENVELOPE says then
  std::vector<address_entry> reply_to;  // the same
  std::vector<address_entry> to;
  std::vector<address_entry> cc;
  std::vector<address_entry> bcc;
  std::string in_reply_to;
  std::string message_id;

  static constexpr auto fields =
      described(field(1, "date", &envelope::date, "as spelled"), field(2, "subject", &envelope::subject, "undecoded"),
                field(3, "from", &envelope::from), field(4, "sender", &envelope::sender, "empty: as from"),
                field(5, "reply_to", &envelope::reply_to, "empty: as from"), field(6, "to", &envelope::to),
                field(7, "cc", &envelope::cc), field(8, "bcc", &envelope::bcc),
                field(9, "in_reply_to", &envelope::in_reply_to), field(10, "message_id", &envelope::message_id));
  friend bool operator==(const envelope&, const envelope&) = default;
};

// What is wrong with a part, for the filter that sees ambiguity (MI04) and for whoever explains. The bits are stored: a
// bit never changes its meaning.
enum class part_defect : std::uint32_t {
  duplicate_field = 1 << 0,      // a field that may stand once stands twice: the first counts
  bad_content_type = 1 << 1,     // read as well as can be
  bad_disposition = 1 << 2,      // likewise
  bad_encoding = 1 << 3,         // unknown, or more than one word
  encoded_composite = 1 << 4,    // base64 or quoted-printable around parts (RFC 2045 6.4)
  bad_boundary = 1 << 5,         // a multipart without a usable boundary: told as text/plain
  no_parts = 1 << 6,             // a multipart whose boundary never came: told as text/plain
  never_closed = 1 << 7,         // a multipart without its last delimiter
  too_deep = 1 << 8,             // not opened: depth_max
  too_many_parts = 1 << 9,       // parts were left out: parts_max
  bad_header_line = 1 << 10,     // a header line that is no field
  header_without_end = 1 << 11,  // no empty line behind the header
  bad_addresses = 1 << 12,       // an address list that is not of the grammar
  text_cut = 1 << 13,            // header text beyond a limit was left out
  bad_base64 = 1 << 14,          // a character outside the alphabet, or padding inside
  bare_line_feed = 1 << 15,      // the message has a line end without CR; on the first part only
  nul_octet = 1 << 16,           // in the header
};

struct part {
  std::uint64_t offset = 0;        // of its header, from the start of the message
  std::uint64_t header_bytes = 0;  // with the empty line
  std::uint64_t body_bytes = 0;    // as transferred; the body follows the header
  std::uint64_t lines = 0;         // line ends in the body
  std::uint32_t children = 0;      // parts directly below, which follow in preorder
  std::uint32_t defects = 0;
  std::uint32_t nested_envelope = 0;  // number of its message's envelope in part_index, from 1; 0: holds no message
  std::string type = "text";          // lower-case, as subtype, encoding and disposition
  std::string subtype = "plain";
  std::vector<parameter> parameters;
  std::string id;
  std::string description;
  std::string encoding = "7bit";
  std::string disposition;
  std::vector<parameter> disposition_parameters;
  std::vector<std::string> languages;
  std::string location;
  std::string md5;

  [[nodiscard]] std::uint64_t body_offset() const { return offset + header_bytes; }
  [[nodiscard]] std::uint64_t end() const { return body_offset() + body_bytes; }
  [[nodiscard]] bool has(part_defect one) const { return (defects & static_cast<std::uint32_t>(one)) != 0; }
  void set(part_defect one) { defects |= static_cast<std::uint32_t>(one); }
  [[nodiscard]] bool is_multipart() const { return type == "multipart" && children > 0; }
  // Its body is a message, which is its only child.
  [[nodiscard]] bool holds_message() const { return nested_envelope > 0; }

  static constexpr auto fields = described(
      field(1, "offset", &part::offset, "of the header"), field(2, "header_bytes", &part::header_bytes),
      field(3, "body_bytes", &part::body_bytes), field(4, "lines", &part::lines),
      field(5, "children", &part::children, "directly below"), field(6, "defects", &part::defects, "see part_defect"),
      field(7, "nested_envelope", &part::nested_envelope, "number from 1"), field(8, "type", &part::type),
      field(9, "subtype", &part::subtype), field(10, "parameters", &part::parameters), field(11, "id", &part::id),
      field(12, "description", &part::description), field(13, "encoding", &part::encoding),
      field(14, "disposition", &part::disposition), field(15, "disposition_parameters", &part::disposition_parameters),
      field(16, "languages", &part::languages), field(17, "location", &part::location), field(18, "md5", &part::md5));
  friend bool operator==(const part&, const part&) = default;
};

struct part_index {
  mime::envelope envelope;  // of the message
  std::vector<part> parts;  // preorder; the first is the whole message, and there always is one
  std::vector<mime::envelope> nested_envelopes;
  std::string references;  // of the message; its last ones when they are more than anybody follows

  static constexpr auto fields = described(
      field(1, "envelope", &part_index::envelope, "of the message"), field(2, "parts", &part_index::parts, "preorder"),
      field(3, "nested_envelopes", &part_index::nested_envelopes), field(4, "references", &part_index::references));
  friend bool operator==(const part_index&, const part_index&) = default;
};

}  // namespace stagecoach::mime
