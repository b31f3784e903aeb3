// The tree of a mail's HTML, as the HTML standard builds it in a body, from what balance has made small. For safe_page
// and text, which read it; gumbo's types are its own.
#pragma once

#include <gumbo.h>

#include <functional>
#include <memory>
#include <string_view>

namespace stagecoach::html {

class tree {
 public:
  explicit tree(std::string_view balanced_html);

  // Its children are what stands in the body.
  [[nodiscard]] const GumboNode& root() const { return *output_->root; }

 private:
  struct end {
    void operator()(GumboOutput* output) const;
  };
  std::unique_ptr<GumboOutput, end> output_;
};

// What a person sees of what stands directly below an element, in its order: elements and texts, without comments.
struct child_visitor {
  std::function<void(const GumboNode&)> element;
  std::function<void(std::string_view text, bool is_first)> text;  // is_first: of all children
};
void visit_children(const GumboNode& element, const child_visitor& by);
[[nodiscard]] std::string_view name_of(const GumboNode& element);  // in lower case; "" if the standard has none such
[[nodiscard]] std::string_view attribute_of(const GumboNode& element, const char* name);

}  // namespace stagecoach::html
