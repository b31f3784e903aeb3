#include "protocols/html/style.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace stagecoach::html {

namespace {

constexpr std::size_t digits_max = 7;
constexpr std::size_t word_bytes_max = 40;
constexpr std::size_t colour_bytes_max = 60;

// What a value is made of.
constexpr unsigned word = 1, length = 2, number = 4, colour = 8, quoted = 16, comma = 32, slash = 64, negative = 128;
constexpr unsigned edge = word | length | colour;

struct property {
  std::string_view name;
  unsigned takes;
  std::size_t values_max;
};
constexpr property properties[] = {
    // by name
    {"background", word | colour, 1},
    {"background-color", word | colour, 1},
    {"border", edge, 3},
    {"border-bottom", edge, 3},
    {"border-bottom-color", word | colour, 1},
    {"border-bottom-left-radius", length, 2},
    {"border-bottom-right-radius", length, 2},
    {"border-bottom-style", word, 1},
    {"border-bottom-width", word | length, 1},
    {"border-collapse", word, 1},
    {"border-color", word | colour, 4},
    {"border-left", edge, 3},
    {"border-left-color", word | colour, 1},
    {"border-left-style", word, 1},
    {"border-left-width", word | length, 1},
    {"border-radius", length | slash, 9},
    {"border-right", edge, 3},
    {"border-right-color", word | colour, 1},
    {"border-right-style", word, 1},
    {"border-right-width", word | length, 1},
    {"border-spacing", length, 2},
    {"border-style", word, 4},
    {"border-top", edge, 3},
    {"border-top-color", word | colour, 1},
    {"border-top-left-radius", length, 2},
    {"border-top-right-radius", length, 2},
    {"border-top-style", word, 1},
    {"border-top-width", word | length, 1},
    {"border-width", word | length, 4},
    {"box-sizing", word, 1},
    {"caption-side", word, 1},
    {"clear", word, 1},
    {"color", word | colour, 1},
    {"direction", word, 1},
    {"display", word, 1},
    {"empty-cells", word, 1},
    {"float", word, 1},
    {"font", word | length | number | quoted | comma | slash, 40},
    {"font-family", word | quoted | comma, 40},
    {"font-size", word | length, 1},
    {"font-stretch", word | length, 1},
    {"font-style", word, 1},
    {"font-variant", word, 4},
    {"font-weight", word | number, 1},
    {"height", word | length, 1},
    {"letter-spacing", word | length | negative, 1},
    {"line-height", word | length | number, 1},
    {"list-style", word, 2},
    {"list-style-position", word, 1},
    {"list-style-type", word, 1},
    {"margin", word | length, 4},
    {"margin-bottom", word | length, 1},
    {"margin-left", word | length, 1},
    {"margin-right", word | length, 1},
    {"margin-top", word | length, 1},
    {"max-height", word | length, 1},
    {"max-width", word | length, 1},
    {"min-height", word | length, 1},
    {"min-width", word | length, 1},
    {"overflow", word, 2},
    {"overflow-wrap", word, 1},
    {"padding", length, 4},
    {"padding-bottom", length, 1},
    {"padding-left", length, 1},
    {"padding-right", length, 1},
    {"padding-top", length, 1},
    {"table-layout", word, 1},
    {"text-align", word, 1},
    {"text-decoration", word | colour, 4},
    {"text-decoration-color", word | colour, 1},
    {"text-decoration-line", word, 3},
    {"text-decoration-style", word, 1},
    {"text-indent", length | negative, 1},
    {"text-overflow", word, 1},
    {"text-transform", word, 1},
    {"unicode-bidi", word, 1},
    {"vertical-align", word | length | negative, 1},
    {"visibility", word, 1},
    {"white-space", word, 1},
    {"width", word | length, 1},
    {"word-break", word, 1},
    {"word-spacing", word | length | negative, 1},
    {"word-wrap", word, 1},
};
static_assert(std::is_sorted(std::begin(properties), std::end(properties),
                             [](const auto& one, const auto& other) { return one.name < other.name; }));

constexpr std::array<std::string_view, 15> units = {"px", "pt", "em", "rem", "ex", "ch", "%",   "in",
                                                    "cm", "mm", "pc", "vw",  "vh", "q",  "vmin"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

template <class Is>
std::size_t count_while(std::string_view text, Is is) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is) - text.begin());
}

// One value after the other, each by its grammar; none: it is of none that the property takes.
class value_reader {
 public:
  value_reader(std::string_view text, unsigned takes) : rest_(text), takes_(takes) {}

  [[nodiscard]] bool has_more() {
    rest_ = trimmed(rest_);
    return !rest_.empty();
  }
  [[nodiscard]] std::optional<std::string> next() {
    const char c = rest_.front();
    if (c == ',' || c == '/') return separator();
    if (c == '#') return hex_colour();
    if (c == '"' || c == '\'') return string();
    if (is_digit(c) || c == '.' || c == '+' || (c == '-' && rest_.size() > 1 && !is_letter(rest_[1]))) return measure();
    return name();
  }

 private:
  [[nodiscard]] bool may_be(unsigned what) const { return (takes_ & what) != 0; }
  std::string_view take(std::size_t bytes) {
    const auto taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  std::optional<std::string> separator();
  std::optional<std::string> hex_colour();
  std::optional<std::string> string();
  std::optional<std::string> measure();
  std::optional<std::string> name();
  std::optional<std::string> function(std::string_view called);

  std::string_view rest_;
  unsigned takes_;
};

std::optional<std::string> value_reader::separator() {
  if (!may_be(rest_.front() == ',' ? comma : slash)) return std::nullopt;
  return std::string(take(1));
}

std::optional<std::string> value_reader::hex_colour() {
  const auto digits = count_while(
      rest_.substr(1), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
  if (!may_be(colour) || (digits != 3 && digits != 4 && digits != 6 && digits != 8)) return std::nullopt;
  return lower_case(take(digits + 1));
}

bool is_of_font_name(char c) {
  return is_letter(c) || is_digit(c) || is_beyond_ascii(c) || c == ' ' || c == '-' || c == '_' || c == '.';
}

std::optional<std::string> value_reader::string() {
  const auto bytes = count_while(rest_.substr(1), is_of_font_name);
  if (!may_be(quoted) || bytes + 1 >= rest_.size() || rest_[bytes + 1] != rest_[0]) return std::nullopt;
  return "'" + std::string(take(bytes + 2).substr(1, bytes)) + "'";
}

std::optional<std::string> value_reader::measure() {
  const std::size_t sign = rest_[0] == '-' || rest_[0] == '+' ? 1 : 0;
  const bool is_negative = rest_[0] == '-';
  const auto whole = count_while(rest_.substr(sign), is_digit);
  auto bytes = sign + whole;
  std::size_t fraction = 0;
  if (bytes < rest_.size() && rest_[bytes] == '.') {
    fraction = count_while(rest_.substr(bytes + 1), is_digit);
    bytes += 1 + fraction;
    if (fraction == 0) return std::nullopt;
  }
  if (whole + fraction == 0 || whole > digits_max) return std::nullopt;
  const auto digits = std::string(take(bytes));
  const bool is_zero = digits.find_first_not_of("+-0.") == std::string::npos;
  const auto unit =
      lower_case(take(count_while(rest_, [](char c) { return is_letter(c) || c == '%' || is_beyond_ascii(c); })));
  if (is_negative && !is_zero && !may_be(negative)) return std::nullopt;
  if (unit.empty() ? !may_be(number) && !(is_zero && may_be(length))
                   : !may_be(length) || std::find(units.begin(), units.end(), unit) == units.end())
    return std::nullopt;
  return digits + unit;
}

std::optional<std::string> value_reader::name() {
  const bool is_font = may_be(quoted);
  const auto bytes = count_while(rest_, [is_font](char c) {
    return is_letter(c) || c == '-' || (is_font && (is_digit(c) || c == '_' || is_beyond_ascii(c)));
  });
  if (bytes == 0 || bytes > word_bytes_max) return std::nullopt;
  const auto text = take(bytes);
  if (!rest_.empty() && rest_.front() == '(') return function(text);
  // "--x" is the name of a variable.
  if (!may_be(word) || text.starts_with("--")) return std::nullopt;
  return is_font ? std::string(text) : lower_case(text);
}

std::optional<std::string> value_reader::function(std::string_view called) {
  const auto lower = lower_case(called);
  if (!may_be(colour) || (lower != "rgb" && lower != "rgba" && lower != "hsl" && lower != "hsla")) return std::nullopt;
  const auto bytes = count_while(rest_.substr(1), [](char c) {
    return is_digit(c) || c == '.' || c == ',' || c == '%' || c == ' ' || c == '/' || c == '-';
  });
  if (bytes == 0 || bytes > colour_bytes_max || bytes + 1 >= rest_.size() || rest_[bytes + 1] != ')')
    return std::nullopt;
  return lower + std::string(take(bytes + 2));
}

std::string_view without_importance(std::string_view value) {
  const auto mark = value.rfind('!');
  if (mark == std::string_view::npos || lower_case(trimmed(value.substr(mark + 1))) != "important") return value;
  return trimmed(value.substr(0, mark));
}

// "" if it is not of the property's grammar.
std::string safe_value(const property& of, std::string_view value) {
  std::string out;
  value_reader values(without_importance(value), of.takes);
  std::size_t count = 0;
  bool is_after_separator = true;
  while (values.has_more()) {
    const auto one = values.next();
    if (!one || ++count > of.values_max) return {};
    const bool is_separator = *one == "," || *one == "/";
    if (!is_separator && !is_after_separator) out += ' ';
    out += *one;
    is_after_separator = is_separator;
  }
  return out;
}

}  // namespace

std::string safe_style(std::string_view style) {
  std::string out;
  while (!style.empty()) {
    const auto declaration = style.substr(0, style.find(';'));
    style.remove_prefix(std::min(declaration.size() + 1, style.size()));
    const auto colon = declaration.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = lower_case(trimmed(declaration.substr(0, colon)));
    const auto* found = std::lower_bound(std::begin(properties), std::end(properties), name,
                                         [](const property& one, const auto& wanted) { return one.name < wanted; });
    if (found == std::end(properties) || found->name != name) continue;
    const auto value = safe_value(*found, trimmed(declaration.substr(colon + 1)));
    if (value.empty()) continue;
    if (!out.empty()) out += ';';
    out.append(name == "background" ? "background-color" : name).append(1, ':').append(value);
  }
  return out;
}

bool would_load_something(std::string_view style) {
  const auto lower = lower_case(style);
  return lower.find("url(") != std::string::npos || lower.find("image-set(") != std::string::npos;
}

bool is_font_list(std::string_view fonts) {
  return fonts.size() <= 200 &&
         std::all_of(fonts.begin(), fonts.end(), [](char c) { return is_of_font_name(c) || c == ',' || c == '\''; });
}

}  // namespace stagecoach::html
