// Any message in any two pieces: the same parts, in a tree, inside of the message and of each other; the record of the
// index reads the same; what IMAP tells of it has balanced parentheses outside of its strings, and each part is found
// by its number.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "protocols/base/record.hpp"
#include "protocols/mime/part_limits.hpp"
#include "protocols/mime/part_scanner.hpp"
#include "protocols/mime/structure.hpp"

using namespace stagecoach;
using namespace stagecoach::mime;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

// The parts of `number`, each inside of it and behind the one before; numbers as IMAP counts them.
struct open_part {
  std::size_t number;
  std::uint32_t left;
  std::uint64_t from;  // where the next child may begin
  std::vector<std::uint32_t> name;
};

void check_tree(const part_index& index, std::uint64_t size) {
  demand(!index.parts.empty() && index.parts.size() <= parts_max);
  demand(index.parts[0].offset == 0 && index.parts[0].end() == size);
  std::vector<open_part> open;
  for (std::size_t i = 0; i < index.parts.size(); ++i) {
    const auto& one = index.parts[i];
    demand(one.lines <= one.body_bytes);
    std::vector<std::uint32_t> name;
    bool is_message = true;
    if (i > 0) {
      while (!open.empty() && open.back().left == 0) open.pop_back();
      demand(!open.empty());
      auto& above = open.back();
      const auto& parent = index.parts[above.number];
      demand(one.offset >= above.from && one.end() <= parent.end());
      above.from = one.end();
      is_message = parent.holds_message();
      name = above.name;
      if (!is_message) name.push_back(parent.children - above.left + 1);
      --above.left;
    }
    // A message that is no multipart is its own part 1; one that is has no number but its parts have.
    if (is_message && !one.is_multipart()) name.push_back(1);
    if (!is_message || !one.is_multipart()) {
      const auto found = find_part(index, name);
      demand(found && found->number == i);
      demand(found->header.has_value() == one.holds_message());
    }
    demand((one.children > 0) == (one.is_multipart() || one.holds_message()));
    open.push_back({i, one.children, one.body_offset(), std::move(name)});
    demand(open.size() <= depth_max + 1);
  }
  for (const auto& one : open) demand(one.left == 0 || &one != &open.back());
}

// Reads quoted strings, literals and parentheses; true if it is one list.
bool is_one_list(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    demand(c >= ' ' && c < 0x7f);
    if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        if (text[i] == '\\') ++i;
    } else if (c == '{') {
      const auto end = text.find("}\r\n", i);
      demand(end != std::string_view::npos);
      i = end + 2 + std::stoul(std::string(text.substr(i + 1, end - i - 1)));
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return i + 1 == text.size();
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view message(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = std::min<std::size_t>(data[0] * 256U + data[1], message.size());
  part_scanner whole;
  whole.received(message);
  const auto index = whole.finished();
  part_scanner split;
  split.received(message.substr(0, cut));
  split.received(message.substr(cut));
  demand(split.finished() == index);

  check_tree(index, message.size());
  const auto again = read_record<part_index>(write_record(index));
  demand(again && *again == index);
  for (const auto form : {string_form::ascii, string_form::utf8}) {
    std::string text;
    put_body_structure(text, index, form);
    if (form == string_form::ascii) demand(is_one_list(text));
    text.clear();
    put_envelope(text, index.envelope, form);
    if (form == string_form::ascii) demand(is_one_list(text));
  }
  return 0;
}
