#include "protocols/html/balance.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "protocols/html/elements.hpp"
#include "protocols/html/tokens.hpp"

namespace stagecoach::html {

namespace {

using enum element_kind;

constexpr std::size_t implied_max = 3;   // a section, a row and a cell
constexpr std::size_t reopened_max = 8;  // elements that an end tag comes too early for

bool ends_paragraph(element_kind kind) {
  return kind == paragraph || kind == heading || kind == box || kind == block || kind == item || kind == term ||
         kind == rule || kind == table;
}

bool is_part_of_table(element_kind kind) {
  return kind == section || kind == row || kind == cell || kind == caption || kind == columns || kind == column;
}

// What only parts of a table may stand in.
bool is_table_frame(element_kind kind) { return kind == table || kind == section || kind == row || kind == columns; }

// What no tag inside of it ends, but those of tables.
bool is_barrier(element_kind kind) { return kind == cell || kind == caption || is_table_frame(kind); }

bool is_within_line(element_kind kind) { return kind == ordinary || kind == formatting; }

struct open_element {
  const element* what;
  std::size_t tag_at, tag_bytes;  // its start tag in the output
};

class balancer {
 public:
  balanced balance(std::string_view html);

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  void on_text(std::string_view text);
  void on_start(tokeniser& input, const token& tag);
  void on_lost(tokeniser& input, const token& tag);
  void on_body(const token& tag);
  void on_end(std::string_view name);
  void end_formatting(std::size_t at);
  void end_what_cannot_contain(const element& one);
  [[nodiscard]] bool make_room_in_table(const element& part);
  void make_cell();
  [[nodiscard]] bool has_another();
  void open(const element& one, std::string_view attributes);
  void open_implied(std::string_view name) { open(*shown_element(name), {}); }
  void close_down_to(std::size_t size);  // so many stay open
  [[nodiscard]] std::size_t depth() const { return open_.size(); }
  [[nodiscard]] element_kind innermost() const { return open_.empty() ? box : open_.back().what->kind; }
  template <class Wanted, class Stops>
  [[nodiscard]] std::size_t find(Wanted is_wanted, Stops stops) const;

  std::string out_;
  std::vector<open_element> open_;
  std::size_t elements_ = 0;
  bool is_full_ = false;  // there would be one more than there may be
  std::string lost_;      // the element whose contents are dropped
  std::size_t lost_depth_ = 0;
  bool has_body_ = false;
};

// From the innermost outwards.
template <class Wanted, class Stops>
std::size_t balancer::find(Wanted is_wanted, Stops stops) const {
  for (auto at = open_.size(); at-- > 0;) {
    if (is_wanted(*open_[at].what)) return at;
    if (stops(*open_[at].what)) return none;
  }
  return none;
}

constexpr auto is_barrier_element = [](const element& one) { return is_barrier(one.kind); };

balanced balancer::balance(std::string_view html) {
  bool is_cut = html.size() > input_bytes_max;
  html = html.substr(0, input_bytes_max);
  out_.reserve(html.size() + html.size() / 8);
  tokeniser input(html);
  token one;
  while (!is_full_ && input.next(one)) {
    if (!lost_.empty()) {
      if (one.what == token::kind::start && loss_of(one.name) == loss::raw_text) input.skip_raw_text(one.name);
      if (one.what == token::kind::start && one.name == lost_ && !one.is_self_closing) ++lost_depth_;
      if (one.what == token::kind::end && one.name == lost_ && --lost_depth_ == 0) lost_.clear();
    } else if (one.what == token::kind::text) {
      on_text(one.text);
    } else if (one.what == token::kind::start) {
      on_start(input, one);
    } else {
      on_end(one.name);
    }
  }
  close_down_to(0);
  return {std::move(out_), is_cut || is_full_};
}

void balancer::on_text(std::string_view text) {
  if (is_table_frame(innermost())) {
    if (text.find_first_not_of(" \t\n\f\r") == std::string_view::npos) return;
    make_cell();
    if (is_full_) return;
  }
  for (const char c : text) {
    if (c == '<')
      out_ += "&lt;";
    else if (c != '\0')
      out_ += c;
  }
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(1, ' ').append(name).append("=\"");
  for (const char c : value) {
    if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  out += '"';
}

// Those that are shown, each once: the first of a name counts.
std::string attributes_of(const element& one, const token& tag) {
  std::string out;
  std::array<const attribute_kind*, 64> seen{};
  std::size_t count = 0;
  for (const auto& attribute : tag.attributes) {
    const auto* kind = kind_of_attribute(one.name, attribute.name);
    if (kind == nullptr || std::find(seen.begin(), seen.begin() + count, kind) != seen.begin() + count) continue;
    if (count < seen.size()) seen[count++] = kind;
    append_attribute(out, attribute.name, attribute.value);
  }
  return out;
}

void balancer::on_start(tokeniser& input, const token& tag) {
  const auto* one = shown_element(tag.name);
  if (one == nullptr) return tag.name == "body" ? on_body(tag) : on_lost(input, tag);
  if (is_part_of_table(one->kind)) {
    if (!make_room_in_table(*one)) return;
  } else {
    if (one->kind == table && is_table_frame(innermost()))
      close_down_to(find([](const element& open) { return open.kind == table; }, [](const element&) { return false; }));
    if (is_table_frame(innermost())) make_cell();
    end_what_cannot_contain(*one);
  }
  open(*one, attributes_of(*one, tag));
}

void balancer::on_lost(tokeniser& input, const token& tag) {
  const bool is_foreign = tag.name == "svg" || tag.name == "math";  // which alone may end where they begin
  switch (loss_of(tag.name)) {
    case loss::tag:
      return;
    case loss::raw_text:
      return input.skip_raw_text(tag.name);
    case loss::rest:
      return input.skip_all();
    case loss::contents:
      if (is_foreign && tag.is_self_closing) return;
      lost_ = tag.name;
      lost_depth_ = 1;
  }
}

const std::string_view* value_of(const token& tag, std::string_view name) {
  for (const auto& attribute : tag.attributes)
    if (attribute.name == name) return &attribute.value;
  return nullptr;
}

// What is shown stands in the body of another page, so that the sender's becomes a box with its colours.
void balancer::on_body(const token& tag) {
  std::string style, attributes;
  if (const auto* colour = value_of(tag, "bgcolor")) style.append("background-color:").append(*colour).append(1, ';');
  if (const auto* colour = value_of(tag, "text")) style.append("color:").append(*colour).append(1, ';');
  if (const auto* own = value_of(tag, "style")) style += *own;
  if (!style.empty()) append_attribute(attributes, "style", style);
  for (const std::string_view name : {"background", "dir", "lang"})
    if (const auto* value = value_of(tag, name)) append_attribute(attributes, name, *value);
  if (has_body_ || !open_.empty() || attributes.empty()) return;
  has_body_ = true;
  open_implied("div");
  if (is_full_) return;
  out_.insert(out_.size() - 1, attributes);
  open_.back().tag_bytes += attributes.size();
}

void balancer::on_end(std::string_view name) {
  if (name == "br") return open_implied("br");
  const auto* one = shown_element(name);
  if (one == nullptr) return;
  const auto is_same = [one](const element& open) {
    return open.name == one->name || (open.kind == heading && one->kind == heading);
  };
  if (one->kind == table || is_part_of_table(one->kind)) {
    const auto at = find(is_same, [](const element& open) { return open.kind == table; });
    if (at != none) close_down_to(at);
    return;
  }
  const auto at = find(is_same, [one](const element& open) {
    if (one->kind == ordinary && !is_within_line(open.kind)) return true;
    if (one->kind == item && (open.name == "ul" || open.name == "ol")) return true;
    return is_barrier(open.kind);
  });
  if (at == none) return;
  if (one->kind == formatting) return end_formatting(at);
  close_down_to(at);
}

// What was opened in it goes on after it, as in <b>1<i>2</b>3</i>.
void balancer::end_formatting(std::size_t at) {
  const std::vector<open_element> within(open_.begin() + static_cast<std::ptrdiff_t>(at) + 1, open_.end());
  if (within.size() > reopened_max) return;
  close_down_to(at);
  for (auto one : within) {
    if (!has_another()) return;
    if (one.what->kind == heading && innermost() == heading) close_down_to(depth() - 1);
    const auto tag = out_.substr(one.tag_at, one.tag_bytes);
    one.tag_at = out_.size();
    out_ += tag;
    open_.push_back(one);
  }
}

void balancer::end_what_cannot_contain(const element& one) {
  const auto close_at = [this](std::size_t at) {
    if (at != none) close_down_to(at);
  };
  if (one.kind == item || one.kind == term) {
    const auto is_same = [&one](const element& open) { return open.kind == one.kind; };
    close_at(find(is_same, [](const element& open) {
      return !is_within_line(open.kind) && open.kind != box && open.kind != paragraph;
    }));
  }
  if (ends_paragraph(one.kind))
    close_at(find([](const element& open) { return open.kind == paragraph; }, is_barrier_element));
  if (one.kind == heading && innermost() == heading) close_down_to(depth() - 1);
  if (one.name == "a") {
    const auto at = find([](const element& open) { return open.name == "a"; }, is_barrier_element);
    if (at == none) return;
    end_formatting(at);
    if (find([](const element& open) { return open.name == "a"; }, is_barrier_element) != none) close_down_to(at);
  }
}

// Ends and begins what has to be around a part of a table; false: there is no table.
bool balancer::make_room_in_table(const element& part) {
  const auto at = find([](const element& open) { return open.kind == table; }, [](const element&) { return false; });
  if (at == none) return false;
  const auto kept = [&](element_kind open) {
    if (part.kind == cell) return open == section || open == row;
    return (part.kind == row && open == section) || (part.kind == column && open == columns);
  };
  auto size = at + 1;
  while (size < depth() && kept(open_[size].what->kind)) ++size;
  close_down_to(size);
  if (part.kind == column && innermost() == table) open_implied("colgroup");
  if ((part.kind == row || part.kind == cell) && innermost() == table) open_implied("tbody");
  if (part.kind == cell && innermost() == section) open_implied("tr");
  return true;
}

void balancer::make_cell() {
  const auto& cell_element = *shown_element("td");
  if (make_room_in_table(cell_element)) open(cell_element, {});
}

bool balancer::has_another() {
  is_full_ = is_full_ || elements_ == elements_max;
  if (!is_full_) ++elements_;
  return !is_full_;
}

void balancer::open(const element& one, std::string_view attributes) {
  // A table has room for what is implied in it, also where nothing else may nest any deeper.
  const auto needed = one.kind == table ? implied_max + 1 : 1;
  if (!is_empty(one.kind) && !is_part_of_table(one.kind) && depth() + needed > depth_max) return;
  if (!has_another()) return;
  const auto at = out_.size();
  out_.append(1, '<').append(one.name).append(attributes).append(1, '>');
  if (!is_empty(one.kind)) open_.push_back({&one, at, out_.size() - at});
}

void balancer::close_down_to(std::size_t size) {
  while (open_.size() > size) {
    out_.append("</").append(open_.back().what->name).append(1, '>');
    open_.pop_back();
  }
}

}  // namespace

balanced balance(std::string_view html) { return balancer().balance(html); }

}  // namespace stagecoach::html
