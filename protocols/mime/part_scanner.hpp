// Finds the parts of a message while it arrives, in any pieces: SMTP DATA and APPEND feed it beside the staging of the
// body. One linear pass without recursion; what it holds is bounded whatever the message is (part_limits.hpp), and what
// it finds never depends on how the octets were cut. (RFC 2045, RFC 2046 5.1, RFC 5322 2.1)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/mime/part_fields.hpp"
#include "protocols/mime/part_index.hpp"

namespace stagecoach::mime {

class part_scanner {
 public:
  part_scanner();
  // The message as it was received or appended, from its first octet, without header fields that we put before it.
  void received(std::string_view octets);
  // The message is complete. Afterwards only destruction.
  [[nodiscard]] part_index finished();

 private:
  // A part that has begun and not ended. Those that stand below another are its descendants.
  struct open_part {
    std::uint32_t number = 0;  // in index_.parts
    std::string boundary;
    std::uint64_t lines_before = 0;  // line ends before its body
    bool is_multipart = false;
    bool is_digest = false;
    std::uint32_t own_envelope = 0;  // number in nested_envelopes + 1 of the message that it is; 0: it is none
  };
  struct delimiter {
    std::size_t level = 0;  // of open_
    bool is_last = false;
  };
  enum class place : std::uint8_t { header, text, base64 };

  void take(std::string_view piece);
  void start_line(char first);
  void end_line();
  [[nodiscard]] std::string_view candidate(std::size_t line_end_bytes) const;
  void check_base64(std::string_view piece);
  void begin_part(std::uint64_t offset, std::uint32_t own_envelope);
  void end_field();
  void end_header();
  void open_multipart(open_part& opened, part& of);
  void open_message(part& of);
  [[nodiscard]] bool may_be_opened(part& of) const;
  [[nodiscard]] std::optional<delimiter> find_delimiter(std::string_view line) const;
  void on_delimiter(delimiter found);
  void end_unfinished_header(std::uint64_t end);
  std::uint64_t close(std::uint64_t end);
  part& part_of(const open_part& one) { return index_.parts[one.number]; }

  part_index index_;
  part_fields fields_;
  std::vector<open_part> open_;
  // Of the boundary of each of these; 0: no delimiter of it is looked for. Apart, since each line that looks like a
  // delimiter is compared with all of them.
  std::vector<std::uint32_t> boundary_hashes_;
  place place_ = place::header;
  // Of a header its current field; of another line its start, while it may be a delimiter.
  std::string held_;
  bool is_held_cut_ = false;
  std::size_t line_from_ = 0;  // where the current line starts in held_
  bool is_candidate_ = false;  // the current line may be a delimiter
  std::uint64_t offset_ = 0;   // octets read
  std::uint64_t line_start_ = 0;
  std::uint64_t lines_ = 0;           // line ends before the current line
  std::uint64_t line_end_bytes_ = 0;  // of the line before
  char last_ = '\0';                  // the last octet
  char before_last_ = '\0';
  bool has_padding_ = false;  // base64: '=' was read
};

}  // namespace stagecoach::mime
