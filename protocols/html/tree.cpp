#include "protocols/html/tree.hpp"

namespace stagecoach::html {

namespace {

GumboOptions options() {
  auto chosen = kGumboDefaultOptions;
  chosen.max_errors = 0;
  chosen.fragment_context = GUMBO_TAG_DIV;
  return chosen;
}

}  // namespace

tree::tree(std::string_view balanced_html) {
  const auto chosen = options();
  output_.reset(gumbo_parse_with_options(&chosen, balanced_html.data(), balanced_html.size()));
}

void tree::end::operator()(GumboOutput* output) const {
  const auto chosen = options();
  gumbo_destroy_output(&chosen, output);
}

void visit_children(const GumboNode& element, const child_visitor& by) {
  const auto& children = element.v.element.children;
  for (unsigned at = 0; at < children.length; ++at) {
    const auto& child = *static_cast<const GumboNode*>(children.data[at]);
    if (child.type == GUMBO_NODE_ELEMENT)
      by.element(child);
    else if (child.type == GUMBO_NODE_TEXT || child.type == GUMBO_NODE_WHITESPACE)
      by.text(child.v.text.text, at == 0);
  }
}

std::string_view name_of(const GumboNode& element) {
  return element.v.element.tag_namespace == GUMBO_NAMESPACE_HTML ? gumbo_normalized_tagname(element.v.element.tag) : "";
}

std::string_view attribute_of(const GumboNode& element, const char* name) {
  const auto* found = gumbo_get_attribute(&element.v.element.attributes, name);
  return found == nullptr ? std::string_view() : found->value;
}

}  // namespace stagecoach::html
