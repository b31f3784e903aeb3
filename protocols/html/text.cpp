#include "protocols/html/text.hpp"

#include <algorithm>
#include <vector>

#include "protocols/html/balance.hpp"
#include "protocols/html/elements.hpp"
#include "protocols/html/escape.hpp"
#include "protocols/html/tree.hpp"
#include "protocols/html/url.hpp"

namespace stagecoach::html {

namespace {

constexpr std::size_t text_bytes_max = input_bytes_max;
constexpr std::size_t prefix_bytes_max = 40;  // of quotes and lists; what is deeper stands there too
constexpr unsigned breaks_max = 3;
constexpr std::string_view no_break_space = "\xc2\xa0";

struct list {
  bool is_numbered = false;
  unsigned last = 0;
};

class text_writer {
 public:
  std::string text_of(const GumboNode& root) {
    write_children(root);
    if (!out_.empty()) out_ += '\n';
    return std::move(out_);
  }

 private:
  void write_children(const GumboNode& node);
  void write(const GumboNode& node);
  void write_contents(const GumboNode& node, std::string_view name);
  void write_block(const GumboNode& node, unsigned breaks);
  void write_list(const GumboNode& node, bool is_numbered);
  void write_item(const GumboNode& node);
  void write_prefixed(const GumboNode& node, std::string_view prefix);
  void write_link(const GumboNode& node);
  void write_text(std::string_view text);
  void put(char c);
  void begin_line();
  void break_lines(unsigned count) {
    breaks_ = std::max(breaks_, count);
    has_space_ = false;
  }
  void break_line_here() { break_lines(std::min(breaks_ + 1, breaks_max)); }

  std::string out_;
  unsigned breaks_ = 0;  // to be written before the next character
  bool has_space_ = false;
  bool is_line_begun_ = false;
  std::string prefix_;
  std::string line_prefix_;  // of the line that is being written
  std::string marker_;       // of an item, in place of the end of the prefix
  std::vector<list> lists_;
  unsigned preformatted_ = 0;
};

void text_writer::write_children(const GumboNode& node) {
  visit_children(node, {[this](const GumboNode& child) { write(child); },
                        [this](std::string_view text, bool) { write_text(text); }});
}

void text_writer::write(const GumboNode& node) {
  const auto name = name_of(node);
  const auto* one = shown_element(name);
  if (one == nullptr) return;
  switch (one->kind) {
    case element_kind::paragraph:
    case element_kind::heading:
      return write_block(node, 2);
    case element_kind::box:
    case element_kind::term:
    case element_kind::table:
    case element_kind::row:
    case element_kind::caption:
      return write_block(node, 1);
    case element_kind::item:
      return write_item(node);
    case element_kind::cell:
      has_space_ = is_line_begun_ && breaks_ == 0;
      return write_children(node);
    case element_kind::rule:
      break_lines(1);
      write_text("---");
      return break_lines(1);
    default:
      return write_contents(node, name);
  }
}

void text_writer::write_contents(const GumboNode& node, std::string_view name) {
  if (name == "br") return break_line_here();
  if (name == "img") return write_text(attribute_of(node, "alt"));
  if (name == "a") return write_link(node);
  if (name == "ul" || name == "ol") return write_list(node, name == "ol");
  if (name == "blockquote") return write_prefixed(node, "> ");
  if (name == "pre") {
    ++preformatted_;
    write_block(node, 2);
    --preformatted_;
  } else if (shown_element(name)->kind == element_kind::block) {
    write_block(node, 1);
  } else {
    write_children(node);
  }
}

void text_writer::write_block(const GumboNode& node, unsigned breaks) {
  break_lines(breaks);
  write_children(node);
  break_lines(breaks);
}

void text_writer::write_list(const GumboNode& node, bool is_numbered) {
  const unsigned breaks = lists_.empty() ? 2 : 1;
  lists_.push_back({is_numbered, 0});
  write_block(node, breaks);
  lists_.pop_back();
}

void text_writer::write_item(const GumboNode& node) {
  const bool is_numbered = !lists_.empty() && lists_.back().is_numbered;
  const auto marker = is_numbered ? std::to_string(++lists_.back().last) + ". " : std::string("- ");
  break_lines(1);
  marker_ = marker;
  write_prefixed(node, std::string(marker.size(), ' '));
  marker_.clear();
}

void text_writer::write_prefixed(const GumboNode& node, std::string_view prefix) {
  const auto before = prefix_.size();
  const bool is_quote = prefix == "> ";
  break_lines(is_quote ? 2 : 1);
  if (before + prefix.size() <= prefix_bytes_max) prefix_ += prefix;
  write_children(node);
  break_lines(is_quote ? 2 : 1);
  prefix_.resize(before);
}

bool says_where_it_goes(std::string_view text, std::string_view url) {
  if (text == url || "mailto:" + std::string(text) == url) return true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    const auto whole = std::string(scheme) + std::string(text);
    if (whole == url || whole + "/" == url || std::string(text) + "/" == url) return true;
  }
  return false;
}

void text_writer::write_link(const GumboNode& node) {
  const auto before = out_.size();
  write_children(node);
  const auto url = safe_link(attribute_of(node, "href"));
  if (!url) return;
  auto text = std::string_view(out_).substr(before);
  const auto begin = text.find_first_not_of(" \n>");
  text = begin == std::string_view::npos ? std::string_view() : text.substr(begin);
  if (says_where_it_goes(text, *url)) return;
  const auto breaks = breaks_;  // what the link ended with comes after its URL
  breaks_ = text.empty() ? breaks : 0;
  has_space_ = !text.empty() || has_space_;
  write_text("<" + *url + ">");
  if (!text.empty()) breaks_ = breaks;
}

void text_writer::write_text(std::string_view raw) {
  const auto text = without_controls(raw);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool is_no_break_space = std::string_view(text).substr(at, 2) == no_break_space;
    if (is_no_break_space) ++at;
    if (preformatted_ > 0 && c == '\n') {
      break_line_here();
    } else if (preformatted_ > 0 && (is_no_break_space || c == ' ' || c == '\t')) {
      put(c == '\t' ? '\t' : ' ');
    } else if (is_no_break_space || c == ' ' || c == '\t' || c == '\n') {
      has_space_ = is_line_begun_ && breaks_ == 0;
    } else {
      put(c);
    }
  }
}

void text_writer::put(char c) {
  if (out_.size() >= text_bytes_max) return;
  if (breaks_ > 0 || !is_line_begun_) begin_line();
  if (has_space_) out_ += ' ';
  has_space_ = false;
  out_ += c;
}

void text_writer::begin_line() {
  // An empty line belongs to the quote that the lines around it have in common.
  const auto shared = std::mismatch(prefix_.begin(), prefix_.end(), line_prefix_.begin(), line_prefix_.end()).first;
  auto bare = std::string_view(prefix_).substr(0, static_cast<std::size_t>(shared - prefix_.begin()));
  bare = bare.substr(0, bare.find_last_not_of(' ') + 1);
  line_prefix_ = prefix_;
  if (!out_.empty()) {
    for (unsigned left = breaks_; left > 1; --left) out_.append(1, '\n').append(bare);
    out_ += '\n';
  }
  const auto marker_bytes = std::min(marker_.size(), prefix_.size());
  out_.append(prefix_, 0, prefix_.size() - marker_bytes).append(marker_);
  marker_.clear();
  breaks_ = 0;
  has_space_ = false;
  is_line_begun_ = true;
}

}  // namespace

std::string text_of(std::string_view html_utf8) {
  const tree read(balance(html_utf8).html);
  return text_writer().text_of(read.root());
}

}  // namespace stagecoach::html
