// The tree of a mail's HTML, as the HTML standard builds it in a body, from what balance has made small. For safe_page
// and text, which read it; gumbo's types are its own.
#pragma once

#include <gumbo.h>

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

[[nodiscard]] const GumboVector* children_of(const GumboNode& node);  // null: it has none, as a text
[[nodiscard]] std::string_view name_of(const GumboNode& element);     // in lower case; "" if the standard has none such
[[nodiscard]] std::string_view attribute_of(const GumboNode& element, const char* name);

}  // namespace stagecoach::html
