#include "protocols/html/safe_page.hpp"

#include <algorithm>

#include "protocols/base/utf8.hpp"
#include "protocols/html/balance.hpp"
#include "protocols/html/elements.hpp"
#include "protocols/html/escape.hpp"
#include "protocols/html/style.hpp"
#include "protocols/html/text.hpp"
#include "protocols/html/tree.hpp"
#include "protocols/html/url.hpp"

namespace stagecoach::html {

namespace {

constexpr std::size_t name_bytes_max = 100;
constexpr std::size_t word_bytes_max = 32;
constexpr std::size_t text_page_bytes_max = input_bytes_max - 100;
constexpr std::string_view name_prefix = "m-";  // no name of a mail is one of the page around it (WX10)

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_of_name(char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.' || c == ':'; }

std::optional<std::string> safe_name(std::string_view name) {
  if (name.empty() || name.size() > name_bytes_max || !std::all_of(name.begin(), name.end(), is_of_name))
    return std::nullopt;
  return name.starts_with(name_prefix) ? std::string(name) : std::string(name_prefix) + std::string(name);
}

bool is_dimension(std::string_view value) {
  const auto digits = std::min(value.size(), value.find_first_not_of("0123456789"));
  const auto unit = value.substr(digits);
  return digits > 0 && digits <= 5 && (unit.empty() || unit == "%" || unit == "px");
}

bool is_of_grammar(attribute_kind kind, std::string_view value) {
  const auto is_all = [value](auto is) { return std::all_of(value.begin(), value.end(), is); };
  switch (kind) {
    case attribute_kind::number:
      return !value.empty() && value.size() <= 3 && is_all(is_digit);
    case attribute_kind::dimension:
      return is_dimension(value);
    case attribute_kind::word:
      return value.size() <= word_bytes_max &&
             is_all([](char c) { return is_letter_or_digit(c) || c == '-' || c == '+'; });
    case attribute_kind::colour:
      return value.size() <= word_bytes_max && is_all([](char c) { return is_letter_or_digit(c) || c == '#'; });
    case attribute_kind::fonts:
      return is_font_list(value);
    default:
      return false;
  }
}

// Writes the tree, and may write the same one with other pictures: while a page is compared with what is read from it,
// they are the Content-IDs of the mail.
class page_writer {
 public:
  enum class pictures { named, shown };
  page_writer(const safe_options& options, pictures how) : options_(options), how_(how) {}

  [[nodiscard]] safe_page page_of(const tree& read);

 private:
  void write_children(const GumboNode& node);
  void write(const GumboNode& node);
  void write_text(std::string_view text, bool is_first_of_pre);
  [[nodiscard]] std::string start_tag(const element& one, const GumboNode& node);
  void add_attribute(std::string& tag, const element& one, std::string_view name, std::string_view value);
  void add_link(std::string& tag, std::string_view url) const;
  void add_picture(std::string& tag, std::string_view url);
  [[nodiscard]] std::optional<std::string> picture_with(std::string_view content_id);
  [[nodiscard]] bool has_room(std::size_t bytes);

  const safe_options& options_;
  pictures how_;
  safe_page page_;
  std::size_t bytes_ = 0;       // written, without pictures of the mail
  std::size_t ends_bytes_ = 0;  // of end tags that are still to come
  bool is_full_ = false;        // nothing more than these
  std::size_t pictures_bytes_ = 0;
};

safe_page page_writer::page_of(const tree& read) {
  write_children(read.root());
  return std::move(page_);
}

bool page_writer::has_room(std::size_t bytes) {
  is_full_ = is_full_ || bytes_ + ends_bytes_ + bytes > input_bytes_max;
  page_.is_cut = page_.is_cut || is_full_;
  return !is_full_;
}

void page_writer::write_children(const GumboNode& node) {
  visit_children(node, {[this](const GumboNode& child) { write(child); },
                        [this, &node](std::string_view text, bool is_first) {
                          write_text(text, is_first && name_of(node) == "pre");
                        }});
}

void page_writer::write(const GumboNode& node) {
  const auto name = name_of(node);
  const auto* one = shown_element(name);
  if (one == nullptr) {
    if (!name.empty() && loss_of(name) == loss::tag) write_children(node);
    return;
  }
  const auto pictures_before = pictures_bytes_;
  const auto tag = start_tag(*one, node);
  const auto tag_bytes = tag.size() - (pictures_bytes_ - pictures_before);
  const auto end_bytes = is_empty(one->kind) ? 0 : one->name.size() + 3;
  if (!has_room(tag_bytes + end_bytes)) return;
  page_.html += tag;
  bytes_ += tag_bytes;
  if (is_empty(one->kind)) return;
  ends_bytes_ += end_bytes;
  write_children(node);
  ends_bytes_ -= end_bytes;
  bytes_ += end_bytes;
  page_.html.append("</").append(one->name).append(1, '>');
}

// As much as there is room for, without a part of a character or of a reference.
std::string_view cut_to(std::string_view written, std::size_t bytes) {
  auto kept = written.substr(0, bytes);
  kept = kept.substr(0, valid_utf8_prefix(kept));
  const auto reference = kept.rfind('&');
  return kept.substr(0, reference == std::string_view::npos || kept.find(';', reference) != std::string_view::npos
                            ? kept.size()
                            : reference);
}

void page_writer::write_text(std::string_view text, bool is_first_of_pre) {
  auto written = escaped(text);
  if (is_first_of_pre && written.starts_with('\n')) written.insert(0, 1, '\n');  // the first one does not count
  const auto room = input_bytes_max - bytes_ - ends_bytes_;
  const auto kept = is_full_ ? std::string_view() : cut_to(written, room);
  (void)has_room(written.size());
  bytes_ += kept.size();
  page_.html += kept;
}

std::string page_writer::start_tag(const element& one, const GumboNode& node) {
  std::string tag = "<" + std::string(one.name);
  const auto& attributes = node.v.element.attributes;
  for (unsigned at = 0; at < attributes.length; ++at) {
    const auto& attribute = *static_cast<const GumboAttribute*>(attributes.data[at]);
    add_attribute(tag, one, attribute.name, attribute.value);
  }
  return tag + ">";
}

void put(std::string& tag, std::string_view name, std::string_view value) {
  tag.append(1, ' ').append(name).append("=\"").append(escaped(value)).append(1, '"');
}

void page_writer::add_attribute(std::string& tag, const element& one, std::string_view name, std::string_view value) {
  const auto* kind = kind_of_attribute(one.name, name);
  if (kind == nullptr) return;
  switch (*kind) {
    case attribute_kind::held_back:
      page_.has_external = true;
      return;
    case attribute_kind::text:
      return put(tag, name, value);
    case attribute_kind::flag:
      return put(tag, name, "");
    case attribute_kind::name:
      if (const auto safe = safe_name(value)) put(tag, name, *safe);
      return;
    case attribute_kind::style:
      page_.has_external = page_.has_external || would_load_something(value);
      if (const auto safe = safe_style(value); !safe.empty()) put(tag, name, safe);
      return;
    case attribute_kind::link:
      return add_link(tag, value);
    case attribute_kind::image:
      return add_picture(tag, value);
    default:
      if (is_of_grammar(*kind, value)) put(tag, name, value);
  }
}

void page_writer::add_link(std::string& tag, std::string_view url) const {
  if (url.starts_with('#')) {
    if (const auto name = safe_name(url.substr(1))) put(tag, "href", "#" + *name);
  } else if (const auto safe = safe_link(url)) {
    put(tag, "href", *safe);
    put(tag, "rel", "noopener noreferrer");
    put(tag, "target", "_blank");
  }
}

void page_writer::add_picture(std::string& tag, std::string_view url) {
  if (const auto data = image_data(url)) return put(tag, "src", *data);
  if (const auto id = content_id_of(url)) {
    if (const auto picture = picture_with(*id)) put(tag, "src", *picture);
    return;
  }
  const auto external = external_image(url);
  if (!external) return;
  page_.has_external = true;
  if (options_.allow_external) put(tag, "src", *external);
}

std::optional<std::string> page_writer::picture_with(std::string_view content_id) {
  if (how_ == pictures::named) return cid_url(content_id);
  if (!options_.inline_image) return std::nullopt;
  const auto given = options_.inline_image(content_id);
  auto picture = given ? image_data(*given) : std::nullopt;
  if (!picture) return std::nullopt;
  if (picture->size() > options_.inline_bytes_max - pictures_bytes_) {
    page_.is_cut = true;
    return std::nullopt;
  }
  pictures_bytes_ += picture->size();
  return picture;
}

safe_page page_of_text(std::string_view html) {
  const auto text = escaped(text_of(html));
  const auto kept = cut_to(text, text_page_bytes_max);
  return {"<pre>" + std::string(kept) + "</pre>", false, kept.size() < text.size()};
}

}  // namespace

safe_page safe_page_of(std::string_view html_utf8, const safe_options& options) {
  const auto small = balance(html_utf8);
  const tree read(small.html);
  const auto named = page_writer(options, page_writer::pictures::named).page_of(read);
  // Nothing is shown that reads otherwise than it was written.
  const tree again(balance(named.html).html);
  if (page_writer(options, page_writer::pictures::named).page_of(again).html != named.html)
    return page_of_text(html_utf8);
  auto page = page_writer(options, page_writer::pictures::shown).page_of(again);
  page.has_external = named.has_external;
  page.is_cut = page.is_cut || small.is_cut || named.is_cut;
  return page;
}

}  // namespace stagecoach::html
