// The content tests of a search against one message after the other: its stored structure, its header, its text as it
// streams by. Knows nothing of what is asked when: search_chunk does. (RFC 3501 6.4.4)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/search_program.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/mime/part_index.hpp"

namespace stagecoach::imap {

class search_texts {
 public:
  // `known` of each call is of these tests, in their order. `tests` outlives this.
  explicit search_texts(const std::vector<content_test>& tests);

  // Whether the envelope may leave something to decide.
  [[nodiscard]] bool needs_parts() const;
  // Decides all that the envelope decides.
  void look_at(const mime::part_index& parts, std::vector<truth>& known) const;
  [[nodiscard]] bool wants_header(const std::vector<truth>& known) const;
  [[nodiscard]] bool wants_body(const std::vector<truth>& known) const;
  // Decides HEADER, and TEXT when it is found there.
  void look_at_header(std::string_view header, std::vector<truth>& known) const;
  // BODY and TEXT become yes when they are found; who has seen all parts knows the rest.
  void begin_part(const mime::part& part);
  void received(std::string_view octets, std::vector<truth>& known);
  void end_part(std::vector<truth>& known);

 private:
  void look_through_window(std::vector<truth>& known);
  [[nodiscard]] bool is_open(std::size_t test, const std::vector<truth>& known, search_place place) const;

  const std::vector<content_test>& tests_;
  std::size_t needle_bytes_max_ = 0;  // of BODY and TEXT
  std::optional<mime::text_decoder> decoder_;
  std::string window_;  // folded text that a needle may still begin in
};

}  // namespace stagecoach::imap
