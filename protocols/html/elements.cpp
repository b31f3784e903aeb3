#include "protocols/html/elements.hpp"

#include <algorithm>
#include <iterator>

namespace stagecoach::html {

namespace {

using enum element_kind;

constexpr element elements[] = {
    // by name
    {"a", formatting},      {"abbr", ordinary},     {"acronym", ordinary}, {"address", box},      {"article", block},
    {"aside", block},       {"b", formatting},      {"bdi", ordinary},     {"bdo", ordinary},     {"big", formatting},
    {"blockquote", block},  {"br", empty},          {"caption", caption},  {"center", block},     {"cite", ordinary},
    {"code", formatting},   {"col", column},        {"colgroup", columns}, {"dd", term},          {"del", ordinary},
    {"details", block},     {"dfn", ordinary},      {"div", box},          {"dl", block},         {"dt", term},
    {"em", formatting},     {"figcaption", block},  {"figure", block},     {"font", formatting},  {"footer", block},
    {"h1", heading},        {"h2", heading},        {"h3", heading},       {"h4", heading},       {"h5", heading},
    {"h6", heading},        {"header", block},      {"hr", rule},          {"i", formatting},     {"img", empty},
    {"ins", ordinary},      {"kbd", ordinary},      {"li", item},          {"main", block},       {"mark", ordinary},
    {"nav", block},         {"ol", block},          {"p", paragraph},      {"pre", block},        {"q", ordinary},
    {"s", formatting},      {"samp", ordinary},     {"section", block},    {"small", formatting}, {"span", ordinary},
    {"strike", formatting}, {"strong", formatting}, {"sub", ordinary},     {"summary", block},    {"sup", ordinary},
    {"table", table},       {"tbody", section},     {"td", cell},          {"tfoot", section},    {"th", cell},
    {"thead", section},     {"time", ordinary},     {"tr", row},           {"tt", formatting},    {"u", formatting},
    {"ul", block},          {"var", ordinary},      {"wbr", empty},
};

struct replacement {
  std::string_view name, shown;
};
constexpr replacement replacements[] = {{"dir", "ul"}, {"image", "img"}, {"listing", "pre"}, {"menu", "ul"}};

struct lost_element {
  std::string_view name;
  loss how;
};
constexpr lost_element lost_elements[] = {
    // by name
    {"applet", loss::contents},   {"audio", loss::contents},    {"button", loss::contents},
    {"canvas", loss::contents},   {"datalist", loss::contents}, {"frameset", loss::contents},
    {"iframe", loss::raw_text},   {"math", loss::contents},     {"noembed", loss::raw_text},
    {"noframes", loss::raw_text}, {"noscript", loss::contents}, {"object", loss::contents},
    {"optgroup", loss::contents}, {"option", loss::contents},   {"plaintext", loss::rest},
    {"script", loss::raw_text},   {"select", loss::contents},   {"style", loss::raw_text},
    {"svg", loss::contents},      {"template", loss::contents}, {"textarea", loss::raw_text},
    {"title", loss::raw_text},    {"video", loss::contents},    {"xml", loss::contents},
    {"xmp", loss::raw_text},
};

struct attribute_rule {
  std::string_view name;
  std::string_view elements;  // each between spaces; none: all
  attribute_kind kind;
};
constexpr attribute_rule attributes[] = {
    // by name
    {"align", "", attribute_kind::word},
    {"alt", " img ", attribute_kind::text},
    {"background", "", attribute_kind::held_back},
    {"bgcolor", " table tbody td tfoot th thead tr ", attribute_kind::colour},
    {"border", " img table ", attribute_kind::dimension},
    {"bordercolor", " table td th tr ", attribute_kind::colour},
    {"cellpadding", " table ", attribute_kind::dimension},
    {"cellspacing", " table ", attribute_kind::dimension},
    {"clear", " br ", attribute_kind::word},
    {"color", " font hr ", attribute_kind::colour},
    {"colspan", " td th ", attribute_kind::number},
    {"dir", "", attribute_kind::word},
    {"dynsrc", "", attribute_kind::held_back},
    {"face", " font ", attribute_kind::fonts},
    {"frame", " table ", attribute_kind::word},
    {"height", " img table td th tr ", attribute_kind::dimension},
    {"href", " a ", attribute_kind::link},
    {"hspace", " img table ", attribute_kind::dimension},
    {"id", "", attribute_kind::name},
    {"lang", "", attribute_kind::word},
    {"lowsrc", "", attribute_kind::held_back},
    {"name", " a ", attribute_kind::name},
    {"noshade", " hr ", attribute_kind::flag},
    {"nowrap", " td th ", attribute_kind::flag},
    {"open", " details ", attribute_kind::flag},
    {"reversed", " ol ", attribute_kind::flag},
    {"rowspan", " td th ", attribute_kind::number},
    {"rules", " table ", attribute_kind::word},
    {"size", " font hr ", attribute_kind::word},
    {"span", " col colgroup ", attribute_kind::number},
    {"src", " img ", attribute_kind::image},
    {"srcset", "", attribute_kind::held_back},
    {"start", " ol ", attribute_kind::number},
    {"style", "", attribute_kind::style},
    {"title", "", attribute_kind::text},
    {"type", " li ol ul ", attribute_kind::word},
    {"valign", " col colgroup tbody td tfoot th thead tr ", attribute_kind::word},
    {"value", " li ", attribute_kind::number},
    {"vspace", " img table ", attribute_kind::dimension},
    {"width", " col colgroup hr img pre table td th ", attribute_kind::dimension},
};

constexpr auto by_name = [](const auto& one, const auto& other) { return one.name < other.name; };
static_assert(std::is_sorted(std::begin(elements), std::end(elements), by_name));
static_assert(std::is_sorted(std::begin(lost_elements), std::end(lost_elements), by_name));
static_assert(std::is_sorted(std::begin(attributes), std::end(attributes), by_name));

template <class Row, std::size_t Count>
const Row* find(const Row (&rows)[Count], std::string_view name) {
  const auto* at = std::lower_bound(std::begin(rows), std::end(rows), name,
                                    [](const Row& row, auto wanted) { return row.name < wanted; });
  return at != std::end(rows) && at->name == name ? at : nullptr;
}

bool is_listed(std::string_view list, std::string_view name) {
  for (auto at = list.find(name); at != std::string_view::npos; at = list.find(name, at + 1))
    if (list[at - 1] == ' ' && list[at + name.size()] == ' ') return true;
  return false;
}

}  // namespace

const element* shown_element(std::string_view name) {
  if (const auto* other = find(replacements, name)) name = other->shown;
  return find(elements, name);
}

loss loss_of(std::string_view name) {
  const auto* lost = find(lost_elements, name);
  return lost == nullptr ? loss::tag : lost->how;
}

const attribute_kind* kind_of_attribute(std::string_view element_name, std::string_view name) {
  const auto* rule_found = find(attributes, name);
  if (rule_found == nullptr) return nullptr;
  if (!rule_found->elements.empty() && !is_listed(rule_found->elements, element_name)) return nullptr;
  return &rule_found->kind;
}

}  // namespace stagecoach::html
