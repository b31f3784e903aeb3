// Reads quoted-printable (RFC 2045 6.7) while it streams by, in any pieces. Lenient: what is not of the grammar stays
// as it is and is noted.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach {

class quoted_printable_decoder {
 public:
  void decode(std::string& out, std::string_view text);
  void finish(std::string& out);  // the end has come
  [[nodiscard]] bool has_defects() const { return has_defects_; }

 private:
  void put(std::string& out, char c);
  void put_after_equals(std::string& out, char c);
  void release(std::string& out);

  // White space that is dropped if the line ends behind it, or an escape that is not complete yet.
  std::string held_;
  bool has_defects_ = false;
};

}  // namespace stagecoach
