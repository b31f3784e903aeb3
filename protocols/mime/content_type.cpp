#include "protocols/mime/content_type.hpp"

#include <algorithm>
#include <array>

#include "protocols/base/reader.hpp"
#include "protocols/mime/lexer.hpp"

namespace stagecoach::mime {

namespace {

// Wider than RFC 2045 5.1: 8-bit and most specials occur in names of files, and end nothing.
bool is_value_char(char c) { return !is_space(c) && c != ';' && c != '"'; }
bool is_name_char(char c) { return is_value_char(c) && c != '=' && c != '('; }
bool is_type_char(char c) { return is_name_char(c) && c != '/' && c != ','; }

// `name =` follows: a semicolon is missing before it.
bool stands_before_parameter(std::string_view rest) {
  lexer in(rest);
  const auto name = in.take_while([](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '*';
  });
  in.skip_space();
  return !name.empty() && in.peek() == '=';
}

// A value without quotes. Names of files have spaces although they must not: such a value goes on to the semicolon.
std::string take_plain_value(lexer& in, bool& has_defects) {
  std::string value(in.take_while(is_value_char));
  for (;;) {
    lexer ahead = in;
    ahead.skip_cfws();
    if (ahead.at_end() || ahead.peek() == ';' || stands_before_parameter(ahead.rest())) return value;
    has_defects = true;
    const auto more = ahead.take_while([](char c) { return !is_space(c) && c != ';'; });
    value += ' ';
    value += more;
    in = ahead;
  }
}

void take_parameters(lexer& in, std::vector<parameter>& parameters, bool& has_defects) {
  for (;;) {
    in.skip_cfws();
    while (in.skip(';')) in.skip_cfws();
    if (in.at_end()) return;
    parameter one{ascii_lower(in.take_while(is_name_char)), {}};
    in.skip_cfws();
    if (!in.skip('=')) {
      has_defects = true;
      if (one.name.empty()) in.step();
      continue;
    }
    in.skip_cfws();
    if (auto quoted = in.take_quoted()) {
      one.value = std::move(*quoted);
    } else {
      if (in.skip('"')) has_defects = true;  // never closed
      one.value = take_plain_value(in, has_defects);
    }
    if (one.name.empty() || parameters.size() == parameters_max) {
      has_defects = true;
    } else {
      if (find_parameter(parameters, one.name) != nullptr) has_defects = true;
      parameters.push_back(std::move(one));
    }
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// What is no percent and two digits stays.
void put_percent_decoded(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
    } else {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
}

// charset'language'text (RFC 2231 4).
void put_extended(parameter_octets& to, std::string_view value) {
  const auto first = value.find('\'');
  const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second != std::string_view::npos) {
    to.charset = value.substr(0, first);
    value.remove_prefix(second + 1);
  }
  put_percent_decoded(to.octets, value);
}

// The number in "*12" or "*12*".
std::optional<std::size_t> segment_number(std::string_view suffix) {
  suffix.remove_prefix(1);
  if (!suffix.empty() && suffix.back() == '*') suffix.remove_suffix(1);
  if (suffix.empty() || suffix.size() > 2 || (suffix.size() == 2 && suffix[0] == '0')) return std::nullopt;
  std::size_t number = 0;
  for (const char c : suffix) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::size_t>(c - '0');
  }
  return number;
}

}  // namespace

content_type parse_content_type(std::string_view value) {
  content_type found;
  lexer in(value);
  in.skip_cfws();
  found.type = ascii_lower(in.take_while(is_type_char));
  in.skip_cfws();
  if (in.skip('/')) {
    in.skip_cfws();
    found.subtype = ascii_lower(in.take_while(is_type_char));
    in.skip_cfws();
  }
  if (found.type.empty() || found.subtype.empty() || (!in.at_end() && in.peek() != ';')) found.has_defects = true;
  take_parameters(in, found.parameters, found.has_defects);
  return found;
}

content_disposition parse_content_disposition(std::string_view value) {
  content_disposition found;
  lexer in(value);
  in.skip_cfws();
  found.type = ascii_lower(in.take_while(is_type_char));
  in.skip_cfws();
  if (found.type.empty() || (!in.at_end() && in.peek() != ';')) found.has_defects = true;
  take_parameters(in, found.parameters, found.has_defects);
  return found;
}

std::optional<parameter_octets> find_parameter_octets(const std::vector<parameter>& all, std::string_view name) {
  std::array<const parameter*, continuations_max> segments{};
  const parameter* plain = nullptr;
  const parameter* extended = nullptr;
  for (const auto& one : all) {
    if (std::string_view(one.name).substr(0, name.size()) != name) continue;
    const auto suffix = std::string_view(one.name).substr(name.size());
    const parameter** slot = nullptr;
    if (suffix.empty()) {
      slot = &plain;
    } else if (suffix == "*") {
      slot = &extended;
    } else if (suffix[0] == '*') {
      if (const auto number = segment_number(suffix)) slot = &segments[*number];
    }
    if (slot != nullptr && *slot == nullptr) *slot = &one;
  }
  parameter_octets found;
  if (extended != nullptr) {
    put_extended(found, extended->value);
  } else if (segments[0] != nullptr) {
    for (std::size_t i = 0; i < segments.size() && segments[i] != nullptr; ++i) {
      const bool is_encoded = segments[i]->name.back() == '*';
      if (!is_encoded) {
        found.octets += segments[i]->value;
      } else if (i == 0) {
        put_extended(found, segments[i]->value);
      } else {
        put_percent_decoded(found.octets, segments[i]->value);
      }
    }
  } else if (plain != nullptr) {
    found.octets = plain->value;
  } else {
    return std::nullopt;
  }
  return found;
}

const parameter* find_parameter(const std::vector<parameter>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const parameter& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace stagecoach::mime
