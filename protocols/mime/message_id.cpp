#include "protocols/mime/message_id.hpp"

#include <algorithm>
#include <iterator>

#include "protocols/base/reader.hpp"
#include "protocols/mime/lexer.hpp"

namespace stagecoach::mime {

namespace {

// What stands between an opening and a closing bracket; not what was cut off before its end.
std::vector<std::string_view> between_brackets(std::string_view value) {
  std::vector<std::string_view> found;
  for (std::size_t at = value.find('<'); at != std::string_view::npos; at = value.find('<', at)) {
    const auto end = value.find_first_of("<>", at + 1);
    if (end == std::string_view::npos) break;
    if (value[end] == '>' && end > at + 1) found.push_back(value.substr(at + 1, end - at - 1));
    at = end;
  }
  return found;
}

bool is_single_word(std::string_view text) {
  return !text.empty() &&
         std::none_of(text.begin(), text.end(), [](char c) { return is_space(c) || c == '<' || c == '>'; });
}

std::string without_space(std::string_view text) {
  std::string kept;
  std::copy_if(text.begin(), text.end(), std::back_inserter(kept), [](char c) { return !is_space(c); });
  return kept;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// RFC 5322 3.2.4: a quoted string is what it quotes. Quotes stay only where it would read otherwise without them.
std::string quoted_if_needed(std::string text) {
  if (text.find_first_of("\"(@") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string read_local_part(lexer& in) {
  std::string local;
  while (!in.at_end() && in.peek() != '@') {
    if (in.skip_cfws()) continue;
    if (const auto quoted = in.take_quoted()) {
      local += *quoted;
    } else {
      local += in.peek();
      in.step();
    }
  }
  return quoted_if_needed(std::move(local));
}

std::string read_domain(std::string_view text) {
  lexer in(text);  // its own: a parenthesis that is open before the @ says nothing of those behind it
  std::string domain;
  while (!in.at_end()) {
    if (in.skip_cfws()) continue;
    domain += in.peek();
    in.step();
  }
  return domain;
}

// Of what stands between the brackets. RFC 5322 4.5.4: comments and folds may stand between all of its words.
std::string canonical(std::string_view between) {
  const auto text = without_space(between);  // before all else: then what is canonical reads as itself
  if (std::any_of(text.begin(), text.end(), is_control)) return {};
  lexer in(text);
  auto id = read_local_part(in);
  if (in.skip('@')) {
    const auto domain = read_domain(in.rest());
    if (id.empty() || domain.empty()) return {};
    id += "@" + domain;
  }
  if (id.size() > canonical_id_bytes_max) return {};
  return ascii_lower(id);
}

}  // namespace

std::string canonical_message_id(std::string_view field_value) {
  lexer in(field_value);
  in.skip_cfws();
  const auto whole = trimmed(in.rest());
  if (!in.skip('<')) return is_single_word(whole) ? canonical(whole) : std::string();
  const auto between = in.take_while([](char c) { return c != '<' && c != '>'; });
  if (!in.skip('>')) return {};
  // A comment may follow at once. Some servers add words, behind a space: "<1@x> (added by mail.example)".
  if (!in.at_end() && !is_space(in.peek()) && in.peek() != '(') return {};
  return canonical(between);
}

std::vector<std::string> referenced_ids(std::string_view references_value, std::string_view in_reply_to_value) {
  std::vector<std::string> ids;
  const auto references = between_brackets(references_value);
  for (auto one = references.rbegin(); one != references.rend() && ids.size() < referenced_ids_max; ++one) {
    auto id = canonical(*one);
    if (!id.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
  std::reverse(ids.begin(), ids.end());
  if (!ids.empty()) return ids;
  for (const auto one : between_brackets(in_reply_to_value))
    if (auto id = canonical(one); !id.empty()) return {std::move(id)};
  return ids;
}

}  // namespace stagecoach::mime
