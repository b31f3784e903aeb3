// Whether a page is safe, without what made it: its own lists, its own reading of each tag, and gumbo's tree of it. For
// the tests and the fuzz target of safe_page.
#pragma once

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace stagecoach::html {

class page_checker {
 public:
  // What is wrong, one a line; "" if nothing is.
  [[nodiscard]] std::string check(std::string_view page) {
    check_tags(page);
    auto options = kGumboDefaultOptions;
    options.fragment_context = GUMBO_TAG_BODY;
    auto* output = gumbo_parse_with_options(&options, page.data(), page.size());
    const auto& children = output->root->v.element.children;
    for (unsigned at = 0; at < children.length; ++at) check_node(*static_cast<GumboNode*>(children.data[at]), 1);
    gumbo_destroy_output(&options, output);
    return complaints_;
  }

 private:
  static constexpr std::string_view elements_ =
      " a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del "
      "details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark "
      "nav ol "
      "p pre q s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul "
      "var "
      "wbr ";
  static constexpr std::string_view attributes_ =
      " align alt bgcolor border bordercolor cellpadding cellspacing clear color colspan dir face frame height href "
      "hspace "
      "id lang name noshade nowrap open rel reversed rowspan rules size span src start style target title type valign "
      "value vspace width ";

  // Beginnings of their names.
  static constexpr std::array<std::string_view, 28> properties_ = {
      "background-color", "border",      "box-sizing",   "caption-side", "clear",        "color",
      "direction",        "display",     "empty-cells",  "float",        "font",         "height",
      "letter-spacing",   "line-height", "list-style",   "margin",       "max-",         "min-",
      "overflow",         "padding",     "table-layout", "text-",        "unicode-bidi", "vertical-align",
      "visibility",       "white-space", "width",        "word-"};

  void complain(std::string_view what, std::string_view about) {
    if (complaints_.size() < 2000) complaints_.append(what).append(": ").append(about.substr(0, 200)).append("\n");
  }
  static bool is_in(std::string_view list, std::string_view name) {
    return !name.empty() && list.find(" " + std::string(name) + " ") != std::string_view::npos;
  }
  static bool is_made_of(std::string_view text, std::string_view others) {
    return std::all_of(text.begin(), text.end(), [others](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             others.find(c) != std::string_view::npos;
    });
  }

  // As it is written: every "<" begins a tag of a listed name, whose values stand in double quotes without "<" or ">".
  void check_tags(std::string_view page) {
    for (std::size_t at = 0; at < page.size(); ++at) {
      const auto octet = static_cast<unsigned char>(page[at]);
      if ((octet < 0x20 && octet != '\n' && octet != '\t') || octet == 0x7f) complain("control", page.substr(at));
      if (page[at] == '>' || page[at] != '<') {
        if (page[at] == '>') complain("stray >", page.substr(at));
        continue;
      }
      const auto end = page.find('>', at);
      if (end == std::string_view::npos) return complain("a tag without end", page.substr(at));
      check_tag(page.substr(at + 1, end - at - 1));
      at = end;
    }
  }
  void check_tag(std::string_view tag) {
    const auto whole = tag;
    const bool is_end = tag.starts_with('/');
    if (is_end) tag.remove_prefix(1);
    const auto name = tag.substr(0, tag.find(' '));
    if (!is_in(elements_, name)) complain("element", whole);
    tag.remove_prefix(name.size());
    while (!tag.empty() && !is_end) {
      const auto equals = tag.find("=\"");
      const auto close = equals == std::string_view::npos ? equals : tag.find('"', equals + 2);
      if (close == std::string_view::npos || !is_in(attributes_, tag.substr(1, equals - 1)))
        return complain("attribute", whole);
      if (tag.substr(0, close).find('<') != std::string_view::npos) complain("< in a value", whole);
      tag.remove_prefix(close + 1);
    }
    if (!tag.empty()) complain("end tag", whole);
  }

  void check_node(const GumboNode& node, unsigned depth) {
    if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE) return;
    if (node.type != GUMBO_NODE_ELEMENT) return complain("node", std::to_string(node.type));
    if (depth > 200) return complain("depth", std::to_string(depth));
    const auto& element = node.v.element;
    const std::string_view name = gumbo_normalized_tagname(element.tag);
    if (element.tag_namespace != GUMBO_NAMESPACE_HTML || !is_in(elements_, name)) complain("element in the tree", name);
    for (unsigned at = 0; at < element.attributes.length; ++at) {
      const auto& one = *static_cast<GumboAttribute*>(element.attributes.data[at]);
      check_attribute(element, name, one.name, one.value);
    }
    for (unsigned at = 0; at < element.children.length; ++at)
      check_node(*static_cast<GumboNode*>(element.children.data[at]), depth + 1);
  }
  void check_attribute(const GumboElement& element, std::string_view of, std::string_view name,
                       std::string_view value) {
    if (!is_in(attributes_, name)) complain("attribute in the tree", name);
    if (name.starts_with("on")) complain("a script", name);
    if ((name == "id" || name == "name") && (!value.starts_with("m-") || !is_made_of(value, "-_.:")))
      complain("name", value);
    if (name == "style") check_style(value);
    if (name == "src") check_picture(of, value);
    if (name == "href") check_link(element, of, value);
    const bool is_text = name == "title" || name == "alt" || name == "href" || name == "src" || name == "style" ||
                         name == "face" || name == "rel" || name == "id" || name == "name";
    if (!is_text && !is_made_of(value, "#%_+-")) complain("value", value);
    if (name == "target" && value != "_blank") complain("target", value);
  }
  void check_picture(std::string_view of, std::string_view url) {
    bool is_listed = url.starts_with("http://") || url.starts_with("https://");
    for (const std::string_view type : {"png", "jpeg", "gif", "webp"}) {
      const auto begin = "data:image/" + std::string(type) + ";base64,";
      is_listed = is_listed || (url.starts_with(begin) && is_made_of(url.substr(begin.size()), "+/="));
    }
    if (of != "img" || !is_listed) complain("picture", url);
  }
  void check_link(const GumboElement& element, std::string_view of, std::string_view url) {
    if (of != "a") complain("a link that is none", of);
    if (url.starts_with("#m-")) return;
    bool is_listed = false;
    for (const std::string_view scheme : {"http://", "https://", "mailto:", "tel:"})
      is_listed = is_listed || url.starts_with(scheme);
    const auto has = [&element](const char* name, std::string_view value) {
      const auto* found = gumbo_get_attribute(&element.attributes, name);
      return found != nullptr && found->value == value;
    };
    if (!is_listed || url.find_first_of(" \t\r\n\"<>\\") != std::string_view::npos) complain("link", url);
    if (!has("rel", "noopener noreferrer") || !has("target", "_blank")) complain("rel or target", url);
  }
  void check_style(std::string_view style) {
    if (style.find_first_of("\\@{}<>&!*\"\n\r\t") != std::string_view::npos) complain("style", style);
    for (auto rest = style; !rest.empty(); rest.remove_prefix(std::min(rest.size(), rest.find(';') + 1))) {
      const auto name = rest.substr(0, rest.find(':'));
      const auto is_start = [name](std::string_view one) { return name.starts_with(one); };
      if (std::none_of(properties_.begin(), properties_.end(), is_start) ||
          name.find("image") != std::string_view::npos)
        complain("property", style);
      if (rest.find(';') == std::string_view::npos) break;
    }
    for (auto at = style.find('('); at != std::string_view::npos; at = style.find('(', at + 1)) {
      const auto before = style.substr(0, at);
      if (!before.ends_with("rgb") && !before.ends_with("rgba") && !before.ends_with("hsl") &&
          !before.ends_with("hsla"))
        complain("function", style);
    }
  }

  std::string complaints_;
};

[[nodiscard]] inline std::string complaints_about(std::string_view page) { return page_checker().check(page); }

}  // namespace stagecoach::html
