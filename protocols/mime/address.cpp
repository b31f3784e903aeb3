#include "protocols/mime/address.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocols/mime/lexer.hpp"

namespace stagecoach::mime {

namespace {

struct word {
  std::string text;
  bool has_space_before = false;
  bool is_at = false;  // an '@' outside quotes
  bool is_quoted = false;
};
using words = std::vector<word>;

// Obsolete forms have space around the dots of a local part or domain (RFC 5322 4.4); elsewhere it separates.
bool belong_together(const word& left, const word& right) {
  if (!right.has_space_before || left.is_at || right.is_at) return true;
  if (left.is_quoted && right.is_quoted) return false;
  return (!left.text.empty() && left.text.back() == '.' && !left.is_quoted) ||
         (!right.text.empty() && right.text.front() == '.' && !right.is_quoted);
}

using word_at = words::const_iterator;

std::string phrase_of(word_at from, word_at to) {
  std::string phrase;
  for (auto at = from; at != to; ++at) {
    if (at != from && at->has_space_before) phrase += ' ';
    phrase += at->text;
  }
  return phrase;
}

std::string joined(word_at from, word_at to) {
  std::string text;
  for (auto at = from; at != to; ++at) {
    if (at != from && !belong_together(*(at - 1), *at)) text += ' ';
    text += at->text;
  }
  return text;
}

word_at last_at(const words& all) {
  for (auto at = all.end(); at != all.begin(); --at)
    if ((at - 1)->is_at) return at - 1;
  return all.end();
}

// RFC 5322 3.2.3, with UTF-8 (RFC 6532 3.2).
bool is_atext(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet > ' ' && octet != 0x7f && std::string_view("()<>[]:;@\\,.\"").find(c) == std::string_view::npos;
}

// Atoms and quoted strings with dots between them (RFC 5322 3.4.1, 4.4).
bool is_dotted(word_at from, word_at to) {
  bool needs_atom = true;
  for (auto at = from; at != to; ++at) {
    if (at->is_at) return false;
    if (at->is_quoted) {
      if (!needs_atom) return false;
      needs_atom = false;
      continue;
    }
    if (!needs_atom && at->text.front() != '.') return false;  // two atoms
    for (const char c : at->text) {
      if (c == '.' ? needs_atom : !is_atext(c)) return false;
      needs_atom = c == '.';
    }
  }
  return !needs_atom;
}

bool is_literal(word_at from, word_at to) {
  if (to - from != 1 || from->is_quoted || from->text.size() < 3) return false;
  const auto inside = std::string_view(from->text).substr(1, from->text.size() - 2);
  return from->text.front() == '[' && from->text.back() == ']' &&
         inside.find_first_of("[]\\") == std::string_view::npos;
}

bool is_domain(word_at from, word_at to) {
  const bool has_quotes = std::any_of(from, to, [](const word& one) { return one.is_quoted; });
  return is_literal(from, to) || (!has_quotes && is_dotted(from, to));
}

class list_parser {
 public:
  list_parser(std::string_view value, std::size_t entries_max) : in_(value), entries_max_(entries_max) {}

  address_list parse() {
    while (!in_.at_end() && !list_.is_cut) step();
    end_entry();
    end_group();
    return std::move(list_);
  }

 private:
  static bool is_atom_char(char c) {
    switch (c) {
      case '(':
      case ')':
      case '<':
      case '>':
      case '@':
      case ',':
      case ';':
      case ':':
      case '"':
      case '[':
        return false;
      default:
        return !is_space(c);
    }
  }

  // Whatever stands here; the entry is decided when it ends.
  void step() {
    if (skip_cfws()) return;
    switch (in_.peek()) {
      case '<':
        if (has_angle_) {  // two in a row: nothing is hidden
          defect();
          end_entry();
        }
        in_.step();
        take_angle();
        return;
      case ',':
        in_.step();
        end_entry();
        return;
      case ';':
        in_.step();
        if (!in_group_) list_.has_defects = true;  // as some programs separate addresses
        end_entry();
        end_group();
        return;
      case ':':
        in_.step();
        if (in_group_ || has_angle_ || last_at(words_) != words_.end()) {
          defect();
          add_word(":");
        } else {
          start_group();
        }
        return;
      case '>':
      case ')':
        in_.step();
        defect();
        return;
      default:
        take_word(words_);
    }
  }

  void defect() { list_.has_defects = true; }

  // True if there was any. A comment that names somebody is kept (RFC 5322 3.4, the form before display names).
  bool skip_cfws() {
    bool has_any = false;
    for (;;) {
      if (in_.skip_space()) {
        has_space_ = has_any = true;
      } else if (auto comment = in_.take_comment()) {
        if (!comment->empty()) comment_ = std::string(trimmed(*comment));
        has_space_ = has_any = true;
      } else {
        return has_any;
      }
    }
  }

  void add_word(std::string text) { put_word(words_, {std::move(text), false, false, false}); }
  void put_word(words& to, word one) {
    one.has_space_before = std::exchange(has_space_, false) && !to.empty();
    to.push_back(std::move(one));
  }

  void take_word(words& to) {
    if (in_.skip('@')) return put_word(to, {"@", false, true, false});
    if (auto quoted = in_.take_quoted()) return put_word(to, {std::move(*quoted), false, false, true});
    if (in_.peek() == '[') return put_word(to, {take_literal(), false, false, false});
    const auto atom = in_.take_while(is_atom_char);
    if (!atom.empty()) return put_word(to, {std::string(atom), false, false, false});
    put_word(to, {std::string(1, in_.peek()), false, false, false});  // an open quote or parenthesis
    in_.step();
    defect();
  }

  // RFC 5322 3.4.1: a domain literal, with its brackets, without spaces.
  std::string take_literal() {
    std::string literal;
    const auto inside = in_.take_while([](char c) { return c != ']' && c != '<' && c != '>' && c != ','; });
    std::copy_if(inside.begin(), inside.end(), std::back_inserter(literal), [](char c) { return !is_space(c); });
    if (in_.skip(']')) {
      literal += ']';
    } else {
      defect();
    }
    return literal;
  }

  void take_angle() {
    has_angle_ = true;
    has_space_ = false;
    words inside;
    for (;;) {
      if (skip_cfws()) continue;
      if (in_.at_end()) {
        defect();
        break;
      }
      if (in_.skip('>')) break;
      const char c = in_.peek();
      if (c == ':' && !inside.empty() && inside.front().is_at && route_.empty()) {  // RFC 5322 4.4: the route ends
        in_.step();
        route_ = joined(inside.begin(), inside.end());
        if (std::any_of(inside.begin(), inside.end(), [](const word& one) { return one.is_quoted; })) defect();
        inside.clear();
      } else if (c == ',' && !inside.empty() && !inside.front().is_at) {  // the '>' is missing
        defect();
        break;
      } else if (c == '<') {
        in_.step();
        defect();
      } else if (c == ',' || c == ';' || c == ':' || c == ')') {
        in_.step();
        put_word(inside, {std::string(1, c), false, false, false});
      } else {
        take_word(inside);
      }
    }
    has_space_ = true;
    words_before_angle_ = words_.size();
    split(inside, inside.begin());
  }

  // local@domain of the words from `from` on.
  void split(const words& all, word_at from) {
    const auto at = last_at(all);
    if (at == all.end()) defect();
    mailbox_ = joined(from, at);
    if (at != all.end()) host_ = host_of(at + 1, all.end());
    if (!is_dotted(from, at) || host_.empty()) defect();
  }

  std::string host_of(word_at from, word_at to) {
    std::string host;
    if (!is_domain(from, to)) defect();
    for (auto at = from; at != to; ++at) {
      if (at != from && !belong_together(*(at - 1), *at)) {
        defect();
        break;
      }
      host += at->text;
    }
    return host;
  }

  // The words hold an address without angle brackets: what stands before it is its name.
  void split_words() {
    const auto at = last_at(words_);
    if (at == words_.end()) return split(words_, words_.begin());
    auto from = at;
    while (from != words_.begin() && belong_together(*(from - 1), *from)) --from;
    auto after = at + 1;
    while (after != words_.end() && (after == at + 1 || belong_together(*(after - 1), *after))) ++after;
    if (from != words_.begin() || after != words_.end()) defect();
    name_ = phrase_of(words_.cbegin(), from);
    if (name_.empty()) name_ = phrase_of(after, words_.cend());
    mailbox_ = joined(from, at);
    host_ = host_of(at + 1, after);
    if (!is_dotted(from, at) || host_.empty()) defect();
  }

  void end_entry() {
    if (has_angle_) {
      if (words_.size() > words_before_angle_) defect();
      name_ = phrase_of(words_.cbegin(), words_.cend());
    } else if (!words_.empty()) {
      split_words();
    }
    if (has_angle_ || !words_.empty()) {
      if (name_.empty()) name_ = std::move(comment_);
      put({address_kind::mailbox, std::move(name_), std::move(route_), std::move(mailbox_), std::move(host_)});
    }
    forget();
  }

  void start_group() {
    auto name = phrase_of(words_.cbegin(), words_.cend());
    forget();
    put({address_kind::group_start, {}, {}, std::move(name), {}});
    in_group_ = !list_.is_cut;
  }

  void end_group() {
    if (std::exchange(in_group_, false)) list_.entries.push_back({address_kind::group_end, {}, {}, {}, {}});
  }

  void put(address_entry entry) {
    if (list_.entries.size() >= entries_max_) {
      list_.is_cut = true;
    } else {
      list_.entries.push_back(std::move(entry));
    }
  }

  void forget() {
    words_.clear();
    name_.clear();
    route_.clear();
    mailbox_.clear();
    host_.clear();
    comment_.clear();
    has_angle_ = has_space_ = false;
  }

  lexer in_;
  std::size_t entries_max_;
  address_list list_;
  bool in_group_ = false;
  // Of the entry that is read.
  words words_;
  std::string name_;
  std::string route_;
  std::string mailbox_;
  std::string host_;
  std::string comment_;
  bool has_angle_ = false;
  std::size_t words_before_angle_ = 0;
  bool has_space_ = false;  // white space or a comment stood before the next word
};

}  // namespace

address_list parse_addresses(std::string_view value, std::size_t entries_max) {
  return list_parser(value, entries_max).parse();
}

}  // namespace stagecoach::mime
