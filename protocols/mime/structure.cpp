#include "protocols/mime/structure.hpp"

#include <array>
#include <string_view>

#include "protocols/mime/part_limits.hpp"

namespace stagecoach::mime {

namespace {

void put_entry(std::string& out, const address_entry& one, string_form form) {
  if (one.kind == address_kind::group_end) {
    out += "(NIL NIL NIL NIL)";
    return;
  }
  out += '(';
  put_imap_nstring(out, one.name, form);
  out += ' ';
  put_imap_nstring(out, one.route, form);
  out += ' ';
  put_imap_string(out, one.mailbox, form);  // NIL would end a group, and a host that is NIL begin one
  out += ' ';
  if (one.kind == address_kind::group_start) {
    out += "NIL";
  } else {
    put_imap_string(out, one.host, form);
  }
  out += ')';
}

void put_entries(std::string& out, const std::vector<address_entry>& all, string_form form) {
  if (all.empty()) {
    out += "NIL ";
    return;
  }
  out += '(';
  for (const auto& one : all) put_entry(out, one, form);
  out += ") ";
}

void put_parameters(std::string& out, const std::vector<parameter>& all, string_form form) {
  if (all.empty()) {
    out += "NIL";
    return;
  }
  char before = '(';
  for (const auto& one : all) {
    out += before;
    before = ' ';
    put_imap_string(out, one.name, form);
    out += ' ';
    put_imap_string(out, one.value, form);
  }
  out += ')';
}

bool names_charset(const std::vector<parameter>& all) {
  for (const auto& one : all)
    if (std::string_view(one.name).substr(0, 7) == "charset") return true;
  return false;
}

class body_writer {
 public:
  body_writer(std::string& out, const part_index& from, string_form form, bool is_extended)
      : out_(out), from_(from), form_(form), is_extended_(is_extended) {}

  // Preorder with the way up on a stack: each composite part has words before and behind its children.
  void write() {
    for (std::size_t number = 0; number < from_.parts.size(); ++number) {
      const auto& one = from_.parts[number];
      begin(one);
      if (one.children > 0 && depth_ < above_.size()) {
        above_[depth_++] = {number, one.children};
        continue;
      }
      end(one);
      while (depth_ > 0 && --above_[depth_ - 1].children_left == 0) end(from_.parts[above_[--depth_].number]);
    }
    while (depth_ > 0) end(from_.parts[above_[--depth_].number]);  // only if the index is not a tree
  }

 private:
  struct ancestor {
    std::size_t number;
    std::uint32_t children_left;
  };

  void string(std::string_view text) { put_imap_string(out_, text, form_); }
  void nstring(std::string_view text) { put_imap_nstring(out_, text, form_); }

  void begin(const part& one) {
    out_ += '(';
    if (one.is_multipart()) return;
    // The grammar has no multipart without parts and no message without envelope: what was not opened is octets.
    const bool is_closed = one.type == "multipart" || (one.type == "message" && !one.holds_message() &&
                                                       (one.subtype == "rfc822" || one.subtype == "global"));
    string(is_closed ? "application" : one.type);
    out_ += ' ';
    string(is_closed ? "octet-stream" : one.subtype);
    out_ += ' ';
    if (one.type == "text" && one.subtype == "plain" && !names_charset(one.parameters)) {
      put_default_charset(one.parameters);
    } else {
      put_parameters(out_, one.parameters, form_);
    }
    out_ += ' ';
    nstring(one.id);
    out_ += ' ';
    nstring(one.description);
    out_ += ' ';
    string(one.encoding);
    out_ += ' ';
    put_decimal(out_, one.body_bytes);
    if (one.holds_message()) {
      out_ += ' ';
      static const envelope none;
      const bool is_there = one.nested_envelope <= from_.nested_envelopes.size();
      put_envelope(out_, is_there ? from_.nested_envelopes[one.nested_envelope - 1] : none, form_);
      out_ += ' ';
    }
  }

  // RFC 2045 5.2.
  void put_default_charset(const std::vector<parameter>& parameters) {
    if (parameters.empty()) {
      out_ += "(\"charset\" \"us-ascii\")";
      return;
    }
    put_parameters(out_, parameters, form_);
    out_.back() = ' ';
    out_ += "\"charset\" \"us-ascii\")";
  }

  void end(const part& one) {
    if (one.is_multipart()) {
      out_ += ' ';
      string(one.subtype);
      if (is_extended_) {
        out_ += ' ';
        put_parameters(out_, one.parameters, form_);
        put_rest(one);
      }
    } else {
      if (one.type == "text" || one.holds_message()) {
        out_ += ' ';
        put_decimal(out_, one.lines);
      }
      if (is_extended_) {
        out_ += ' ';
        nstring(one.md5);
        put_rest(one);
      }
    }
    out_ += ')';
  }

  // Disposition, languages, location: the extension data that both kinds of parts end with.
  void put_rest(const part& one) {
    if (one.disposition.empty()) {
      out_ += " NIL ";
    } else {
      out_ += " (";
      string(one.disposition);
      out_ += ' ';
      put_parameters(out_, one.disposition_parameters, form_);
      out_ += ") ";
    }
    if (one.languages.size() < 2) {
      nstring(one.languages.empty() ? std::string_view{} : one.languages.front());
    } else {
      char before = '(';
      for (const auto& tag : one.languages) {
        out_ += before;
        before = ' ';
        string(tag);
      }
      out_ += ')';
    }
    out_ += ' ';
    nstring(one.location);
  }

  std::string& out_;
  const part_index& from_;
  string_form form_;
  bool is_extended_;
  std::array<ancestor, depth_max + 1> above_;
  std::size_t depth_ = 0;
};

// The part behind the last descendant of `number`.
std::size_t behind(const part_index& index, std::size_t number) {
  std::uint64_t left = 1;
  while (left > 0 && number < index.parts.size()) left += index.parts[number++].children - std::uint64_t{1};
  return number;
}

// The n-th part below `parent`.
std::optional<std::size_t> child_of(const part_index& index, std::size_t parent, std::uint32_t n) {
  if (n == 0 || n > index.parts[parent].children) return std::nullopt;
  std::size_t number = parent + 1;
  for (; n > 1 && number < index.parts.size(); --n) number = behind(index, number);
  if (number >= index.parts.size()) return std::nullopt;
  return number;
}

}  // namespace

void put_envelope(std::string& out, const envelope& from, string_form form) {
  out += '(';
  put_imap_nstring(out, from.date, form);
  out += ' ';
  put_imap_nstring(out, from.subject, form);
  out += ' ';
  put_entries(out, from.from, form);
  // RFC 3501 7.4.2: who is absent is the one in From.
  put_entries(out, from.sender.empty() ? from.from : from.sender, form);
  put_entries(out, from.reply_to.empty() ? from.from : from.reply_to, form);
  put_entries(out, from.to, form);
  put_entries(out, from.cc, form);
  put_entries(out, from.bcc, form);
  put_imap_nstring(out, from.in_reply_to, form);
  out += ' ';
  put_imap_nstring(out, from.message_id, form);
  out += ')';
}

void put_body(std::string& out, const part_index& from, string_form form) {
  body_writer(out, from, form, false).write();
}

void put_body_structure(std::string& out, const part_index& from, string_form form) {
  body_writer(out, from, form, true).write();
}

std::optional<found_part> find_part(const part_index& index, std::span<const std::uint32_t> numbers) {
  if (numbers.empty() || index.parts.empty()) return std::nullopt;
  std::size_t at = 0;
  bool is_message = true;  // `at` stands for a message, whose only part, if it is no multipart, has number 1
  for (const auto n : numbers) {
    if (!is_message && index.parts[at].holds_message()) {
      if (++at >= index.parts.size()) return std::nullopt;
      is_message = true;
    }
    if (index.parts[at].is_multipart()) {
      const auto child = child_of(index, at, n);
      if (!child) return std::nullopt;
      at = *child;
    } else if (!is_message || n != 1) {
      return std::nullopt;
    }
    is_message = false;
  }
  const auto& one = index.parts[at];
  found_part found{at, {one.body_offset(), one.body_bytes}, {one.offset, one.header_bytes}, {}, {}};
  if (one.holds_message() && at + 1 < index.parts.size()) {
    const auto& message = index.parts[at + 1];
    found.header = octet_range{message.offset, message.header_bytes};
    found.text = octet_range{message.body_offset(), message.body_bytes};
  }
  return found;
}

}  // namespace stagecoach::mime
