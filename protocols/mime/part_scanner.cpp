#include "protocols/mime/part_scanner.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/mime/part_limits.hpp"

namespace stagecoach::mime {

namespace {

// So that a line is compared with one number per open boundary, however alike these are (FNV-1a). Never 0.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash == 0 ? 1 : hash;
}

std::string_view without_padding(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

enum class base64_char : std::uint8_t { other, digit, padding, space };
constexpr std::array<base64_char, 256> base64_chars = [] {
  std::array<base64_char, 256> table{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
    table[static_cast<unsigned char>(c)] = base64_char::digit;
  for (const char c : std::string_view(" \t\r\n")) table[static_cast<unsigned char>(c)] = base64_char::space;
  table['='] = base64_char::padding;
  return table;
}();

bool is_encoded(const part& one) { return one.encoding == "base64" || one.encoding == "quoted-printable"; }

}  // namespace

part_scanner::part_scanner() { begin_part(0, 1); }

void part_scanner::received(std::string_view octets) {
  while (!octets.empty()) {
    const auto lf = octets.find('\n');
    const bool has_end = lf != std::string_view::npos;
    const auto piece = octets.substr(0, has_end ? lf + 1 : octets.size());
    octets.remove_prefix(piece.size());
    take(piece);
    if (has_end) end_line();
  }
}

void part_scanner::take(std::string_view piece) {
  if (offset_ == line_start_) start_line(piece.front());
  if (place_ == place::header || is_candidate_) {
    const std::size_t room = (place_ == place::header ? field_bytes_max : delimiter_bytes_max) - held_.size();
    held_.append(piece.substr(0, room));
    if (piece.size() > room) is_held_cut_ = true;
  } else if (place_ == place::base64) {
    check_base64(piece);
  }
  before_last_ = piece.size() > 1 ? piece[piece.size() - 2] : last_;
  last_ = piece.back();
  offset_ += piece.size();
}

void part_scanner::start_line(char first) {
  if (place_ == place::header) {
    const bool is_folded = (first == ' ' || first == '\t') && !held_.empty();
    if (!is_folded) end_field();
    line_from_ = held_.size();
    is_candidate_ = first == '-';
    return;
  }
  is_candidate_ = first == '-';
  held_.clear();
  is_held_cut_ = false;
  line_from_ = 0;
}

void part_scanner::end_line() {
  const std::uint64_t bytes = offset_ - line_start_;
  const std::size_t line_end = bytes > 1 && before_last_ == '\r' ? 2 : 1;
  if (line_end == 1) index_.parts.front().set(part_defect::bare_line_feed);
  const bool ends_header = place_ == place::header && bytes == line_end;
  const auto found = find_delimiter(candidate(line_end));
  if (found) {
    on_delimiter(*found);
  } else if (is_candidate_ && place_ == place::base64) {
    part_of(open_.back()).set(part_defect::bad_base64);
  }
  ++lines_;
  line_start_ = offset_;
  line_end_bytes_ = line_end;
  if (ends_header) end_header();
}

// The line that ends here if it may be a delimiter, without its line end; else nothing.
std::string_view part_scanner::candidate(std::size_t line_end_bytes) const {
  if (!is_candidate_ || is_held_cut_) return {};
  const auto line = std::string_view(held_).substr(line_from_);
  return line.size() > delimiter_bytes_max ? std::string_view{} : line.substr(0, line.size() - line_end_bytes);
}

void part_scanner::check_base64(std::string_view piece) {
  auto& of = part_of(open_.back());
  if (of.has(part_defect::bad_base64)) return;
  for (const char c : piece) {
    const auto kind = base64_chars[static_cast<unsigned char>(c)];
    if (kind == base64_char::digit && !has_padding_) continue;
    if (kind == base64_char::space) continue;
    if (kind != base64_char::padding) return of.set(part_defect::bad_base64);
    has_padding_ = true;
  }
}

// --- parts ---

void part_scanner::begin_part(std::uint64_t offset, std::uint32_t own_envelope) {
  open_part begun;
  begun.number = static_cast<std::uint32_t>(index_.parts.size());
  begun.own_envelope = own_envelope;
  open_.push_back(std::move(begun));
  boundary_hashes_.push_back(0);
  index_.parts.emplace_back().offset = offset;
  fields_.begin();
  place_ = place::header;
  held_.clear();
  is_held_cut_ = false;
}

void part_scanner::end_field() {
  const auto& one = open_.back();
  envelope* message = nullptr;
  if (one.own_envelope == 1) message = &index_.envelope;
  if (one.own_envelope > 1) message = &index_.nested_envelopes[one.own_envelope - 2];
  if (!held_.empty()) fields_.take(held_, is_held_cut_, part_of(one), message);
  held_.clear();
  is_held_cut_ = false;
}

void part_scanner::end_header() {
  held_.clear();  // the empty line
  auto& opened = open_.back();
  auto& of = part_of(opened);
  const bool is_in_digest = open_.size() > 1 && open_[open_.size() - 2].is_digest;
  fields_.end(of, is_in_digest);
  of.header_bytes = offset_ - of.offset;
  opened.lines_before = lines_;
  place_ = place::text;
  if (of.type == "multipart") {
    open_multipart(opened, of);
  } else if (of.type == "message" && (of.subtype == "rfc822" || of.subtype == "global")) {
    open_message(of);
  } else if (of.encoding == "base64") {
    place_ = place::base64;
    has_padding_ = false;
  }
}

// What is too deep or too much stays an opaque leaf (MI01).
bool part_scanner::may_be_opened(part& of) const {
  if (open_.size() > depth_max) of.set(part_defect::too_deep);
  if (index_.parts.size() >= parts_max) of.set(part_defect::too_many_parts);
  return open_.size() <= depth_max && index_.parts.size() < parts_max;
}

void part_scanner::open_multipart(open_part& opened, part& of) {
  if (is_encoded(of)) of.set(part_defect::encoded_composite);  // and the parts are found all the same
  const auto parameter = find_parameter_octets(of.parameters, "boundary");
  const auto boundary = parameter ? without_padding(parameter->octets) : std::string_view{};
  if (boundary.empty() || boundary.size() > boundary_bytes_max) {
    of.set(part_defect::bad_boundary);
    of.type = "text";  // RFC 2045 5.2: a type that is not of the grammar
    of.subtype = "plain";
    return;
  }
  if (!may_be_opened(of)) return;
  opened.boundary = boundary;
  boundary_hashes_.back() = hash_of(boundary);
  opened.is_multipart = true;
  opened.is_digest = of.subtype == "digest";
}

void part_scanner::open_message(part& of) {
  // RFC 2046 5.2.1 forbids it; RFC 6532 3.7 allows it for message/global, whose octets are then the client's to decode.
  if (is_encoded(of)) return of.set(part_defect::encoded_composite);
  if (!may_be_opened(of)) return;
  index_.nested_envelopes.emplace_back();
  of.nested_envelope = static_cast<std::uint32_t>(index_.nested_envelopes.size());
  of.children = 1;
  begin_part(offset_, of.nested_envelope + 1);
}

// --- delimiters ---

// Stricter than RFC 2046 5.1.1: the whole line but its padding must match, since a boundary may be the start of another
// one (MI01). The innermost part with that boundary is meant.
std::optional<part_scanner::delimiter> part_scanner::find_delimiter(std::string_view line) const {
  if (line.substr(0, 2) != "--") return std::nullopt;
  const auto text = without_padding(line.substr(2));
  const bool may_be_last = text.size() > 2 && text.substr(text.size() - 2) == "--";
  const auto inner = may_be_last ? text.substr(0, text.size() - 2) : std::string_view{};
  if (text.empty() || text.size() > boundary_bytes_max + 2) return std::nullopt;
  const auto hash = hash_of(text);
  const auto inner_hash = may_be_last ? hash_of(inner) : hash;
  for (std::size_t level = open_.size(); level-- > 0;) {
    const auto one = boundary_hashes_[level];
    if (one == hash && open_[level].boundary == text) return delimiter{level, false};
    if (one == inner_hash && may_be_last && open_[level].boundary == inner) return delimiter{level, true};
  }
  return std::nullopt;
}

void part_scanner::on_delimiter(delimiter found) {
  // RFC 2046 5.1.1: the line end before the delimiter belongs to it.
  std::uint64_t end = line_start_ - line_end_bytes_;
  if (place_ == place::header) end_unfinished_header(end);
  while (open_.size() > found.level + 1) end = close(end);
  place_ = place::text;
  held_.clear();
  auto& opened = open_[found.level];
  auto& of = part_of(opened);
  if (found.is_last) {
    boundary_hashes_[found.level] = 0;  // what follows is no part, until an outer delimiter
  } else if (index_.parts.size() >= parts_max) {
    of.set(part_defect::too_many_parts);
    boundary_hashes_[found.level] = 0;
  } else {
    ++of.children;
    begin_part(offset_, 0);
  }
}

void part_scanner::end_unfinished_header(std::uint64_t end) {
  auto& opened = open_.back();
  auto& of = part_of(opened);
  of.header_bytes = std::max(end, of.offset) - of.offset;
  of.set(part_defect::header_without_end);
  opened.lines_before = lines_;
  // Nothing follows that could be opened.
  if (of.type == "multipart") {
    of.type = "text";
    of.subtype = "plain";
    of.set(part_defect::no_parts);
  }
}

// The innermost part ends at `end`, or behind what is in it. Returns where.
std::uint64_t part_scanner::close(std::uint64_t end) {
  auto& opened = open_.back();
  auto& of = part_of(opened);
  end = std::max(end, of.body_offset());
  of.body_bytes = end - of.body_offset();
  const std::uint64_t lines = lines_ - opened.lines_before;
  of.lines = end < line_start_ && lines > 0 ? lines - 1 : lines;
  if (opened.is_multipart && of.children == 0) {
    of.type = "text";  // nobody could read it otherwise
    of.subtype = "plain";
    of.set(part_defect::no_parts);
  }
  if (boundary_hashes_.back() != 0) of.set(part_defect::never_closed);
  open_.pop_back();
  boundary_hashes_.pop_back();
  return end;
}

part_index part_scanner::finished() {
  if (offset_ > line_start_) {  // the last line has no end
    const auto found = find_delimiter(candidate(0));
    if (found) {
      on_delimiter(*found);
    } else if (is_candidate_ && place_ == place::base64) {
      part_of(open_.back()).set(part_defect::bad_base64);
    }
  }
  if (place_ == place::header) {
    end_field();
    end_unfinished_header(offset_);
  }
  std::uint64_t end = offset_;
  while (!open_.empty()) end = close(end);
  return std::move(index_);
}

}  // namespace stagecoach::mime
