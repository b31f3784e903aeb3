// The fields of a header in their order (RFC 5322 2.2): names, values, folding. A header ends at its first empty line,
// here as for SMTP and IMAP; a line that is neither a field nor the rest of one belongs to the header and says nothing.
// Line ends are CRLF or a bare LF.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::mime {

struct header_field {
  std::string_view name;   // as spelled
  std::string_view value;  // behind the colon, with its folds, without white space at both ends
};

// One field with its folded lines. None: it has no name.
[[nodiscard]] std::optional<header_field> split_field(std::string_view field);

// The value in one line: the line end of each fold is taken out (RFC 5322 2.2.3).
[[nodiscard]] std::string unfolded(std::string_view value);

// Walks over a header, which must outlive it.
class header_fields {
 public:
  explicit header_fields(std::string_view header) : rest_(header) {}
  // The next field; lines without a name are passed over. None: the header is at its end.
  [[nodiscard]] std::optional<header_field> next();

 private:
  std::string_view rest_;
};

// The value of the first field of that name, names without case (MI04: the first counts, everywhere).
[[nodiscard]] std::optional<std::string_view> first_field(std::string_view header, std::string_view name);

}  // namespace stagecoach::mime
