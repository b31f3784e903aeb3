// Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2183 2): a type and parameters. Parameters are kept as they
// are spelled, with their asterisks (RFC 2231), as IMAP tells them to clients. The one reader of them (MI02).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/described.hpp"

namespace stagecoach::mime {

// MI02: more is no honest field. The first ones are kept.
inline constexpr std::size_t parameters_max = 200;

struct parameter {
  std::string name;   // lower-case, with "*", "*0" or "*0*" of RFC 2231
  std::string value;  // without quotes and escapes, not decoded otherwise

  static constexpr auto fields =
      described(field(1, "name", &parameter::name, "lower-case"), field(2, "value", &parameter::value, "undecoded"));
  friend bool operator==(const parameter&, const parameter&) = default;
};

struct content_type {
  std::string type;     // lower-case
  std::string subtype;  // lower-case; empty: there was none
  std::vector<parameter> parameters;
  bool has_defects = false;
};

struct content_disposition {
  std::string type;  // lower-case
  std::vector<parameter> parameters;
  bool has_defects = false;
};

[[nodiscard]] content_type parse_content_type(std::string_view value);
[[nodiscard]] content_disposition parse_content_disposition(std::string_view value);

// RFC 2231: the octets of a parameter in whichever form it is spelled, continuations joined, percents resolved.
struct parameter_octets {
  std::string charset;  // empty: none was named
  std::string octets;
};
// Of several forms the one with a charset counts, then continuations, then the plain one; of two of the same spelling
// the first. No more than continuations_max pieces are joined, up to the first gap.
inline constexpr std::size_t continuations_max = 100;  // MI02
[[nodiscard]] std::optional<parameter_octets> find_parameter_octets(const std::vector<parameter>& all,
                                                                    std::string_view name);

// The first one of that name, spelled so; null: there is none.
[[nodiscard]] const parameter* find_parameter(const std::vector<parameter>& all, std::string_view name);

}  // namespace stagecoach::mime
