#include "protocols/base/json_read.hpp"

#include <simdjson.h>

#include "protocols/base/check.hpp"
#include "protocols/base/utf8.hpp"

namespace stagecoach {

namespace ondemand = simdjson::ondemand;

// simdjson reads on demand: forwards, each value once. A string that is read twice would overrun its buffer, which is
// why a cursor is taken once.
struct json_source {
  json_source(const json_limits& given, std::string_view input, const char* copy)
      : limits(given), text(input), begin(copy) {}

  json_limits limits;
  std::string_view text;
  const char* begin;  // of simdjson's padded copy of the text
  ondemand::parser parser;
  ondemand::document document;
  std::optional<json_fault> fault;

  [[nodiscard]] std::optional<std::size_t> here();
  void refuse(simdjson::error_code error, std::optional<std::size_t> offset, std::string path);
  void visit_root(void (*visit)(void*, json_cursor&), void* to);
};

struct json_place {
  ondemand::document* document = nullptr;  // the root; or else
  ondemand::value value;
  std::string_view token;  // of a scalar, without the blanks after it
  std::size_t offset = 0;
  std::optional<ondemand::object> object;  // opened by find_kind

  template <class T, class Use>
  simdjson::simdjson_result<T> with(Use use) {
    if (document != nullptr) return use(*document);
    return use(value);
  }
};

namespace {

constexpr std::string_view kind_names[] = {"null", "boolean", "number", "string", "array", "object"};
std::string_view name_of_kind(json_kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

fault_code code_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return fault_code::not_utf8;
    case simdjson::EMPTY:
    case simdjson::UNCLOSED_STRING:
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return fault_code::truncated;
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return fault_code::too_long;
    default:
      return fault_code::syntax;
  }
}

std::string_view words_for(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return "not UTF-8";
    case simdjson::EMPTY:
      return "empty";
    case simdjson::UNCLOSED_STRING:
      return "a string without its end";
    case simdjson::UNESCAPED_CHARS:
      return "a control character in a string";
    case simdjson::STRING_ERROR:
      return "a wrong escape in a string";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "an array or object without its end";
    case simdjson::TRAILING_CONTENT:
      return "something after the end";
    case simdjson::NUMBER_ERROR:
      return "no number";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return "too long";
    default:
      return "not JSON";
  }
}

// Of a member, in a path: what a stranger sends can be long.
std::string shown_name(std::string_view name) {
  constexpr std::size_t bytes_max = 64;
  if (name.size() <= bytes_max) return std::string(name);
  name = name.substr(0, bytes_max);
  return std::string(name.substr(0, valid_utf8_prefix(name))) + "...";
}

// simdjson looks at a bounded copy of a root scalar and overlooks what follows it: the token decides.
simdjson::error_code read_number(json_place& place, ondemand::number& number) {
  if (const auto error = place.with<ondemand::number>([](auto& at) { return at.get_number(); }).get(number))
    return error;
  const bool is_number = place.token.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
  return is_number ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
}

}  // namespace

std::optional<std::size_t> json_source::here() {
  const char* at = nullptr;
  if (document.current_location().get(at) != simdjson::SUCCESS) return text.size();
  const auto offset = static_cast<std::size_t>(at - begin);
  return std::min(offset, text.size());
}

void json_source::refuse(simdjson::error_code error, std::optional<std::size_t> offset, std::string path) {
  if (!fault) fault = json_fault{code_of(error), offset, std::move(path), std::string(words_for(error))};
}

void json_source::visit_root(void (*visit)(void*, json_cursor&), void* to) {
  json_place place;
  place.document = &document;
  json_cursor root(*this, place, nullptr);
  visit(to, root);
  if (!root.is_taken_) root.skip();
  const char* at = nullptr;
  if (!fault && document.current_location().get(at) == simdjson::SUCCESS)
    refuse(simdjson::TRAILING_CONTENT, here(), "");
}

json_cursor::json_cursor(json_source& source, json_place& place, const json_cursor* parent)
    : source_(source), place_(place), parent_(parent), depth_(parent == nullptr ? 0 : parent->depth_ + 1) {
  std::string_view token;
  if (place_.with<std::string_view>([](auto& at) { return at.raw_json_token(); }).get(token)) return;
  place_.offset = std::min(static_cast<std::size_t>(token.data() - source_.begin), source_.text.size());
  token = source_.text.substr(place_.offset, token.size());
  place_.token = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

bool json_cursor::ok() const { return !source_.fault; }
bool json_cursor::skips_unknown() const { return source_.limits.unknown == unknown_members::skip; }

json_kind json_cursor::kind() {
  ondemand::json_type type{};
  if (!ok()) return json_kind::null;
  if (const auto error = place_.with<ondemand::json_type>([](auto& at) { return at.type(); }).get(type)) {
    source_.refuse(error, place_.offset, path());
    return json_kind::null;
  }
  switch (type) {
    case ondemand::json_type::array:
      return json_kind::array;
    case ondemand::json_type::object:
      return json_kind::object;
    case ondemand::json_type::number:
      return json_kind::number;
    case ondemand::json_type::string:
      return json_kind::text;
    case ondemand::json_type::boolean:
      return json_kind::boolean;
    case ondemand::json_type::null:
      return json_kind::null;
  }
  return json_kind::null;
}

bool json_cursor::take(json_kind wanted) {
  const auto found = kind();
  if (!ok()) return false;
  CHECK(!is_taken_);
  if (found != wanted) {
    fail(fault_code::wrong_type,
         std::string("want ").append(name_of_kind(wanted)).append(", got ").append(name_of_kind(found)));
    return false;
  }
  is_taken_ = true;
  return true;
}

bool json_cursor::take_null() {
  if (kind() != json_kind::null || !take(json_kind::null)) return false;
  bool is_null = false;
  const auto error = place_.with<bool>([](auto& at) { return at.is_null(); }).get(is_null);
  if (error || !is_null || place_.token != "null") source_.refuse(simdjson::N_ATOM_ERROR, place_.offset, path());
  return ok();
}

bool json_cursor::boolean() {
  if (!take(json_kind::boolean)) return false;
  bool value = false;
  const auto error = place_.with<bool>([](auto& at) { return at.get_bool(); }).get(value);
  if (error || place_.token != (value ? "true" : "false"))
    source_.refuse(simdjson::T_ATOM_ERROR, place_.offset, path());
  return ok() && value;
}

std::int64_t json_cursor::integer(std::int64_t min, std::int64_t max) {
  if (!take(json_kind::number)) return 0;
  ondemand::number number;
  if (const auto error = read_number(place_, number)) {
    source_.refuse(error, place_.offset, path());
    return 0;
  }
  if (number.is_double()) {
    fail(fault_code::wrong_type, "want a whole number");
  } else if (!number.is_int64() || number.get_int64() < min || number.get_int64() > max) {
    fail(fault_code::out_of_range, "want a number from " + std::to_string(min) + " to " + std::to_string(max));
  } else {
    return number.get_int64();
  }
  return 0;
}

std::string_view json_cursor::text() {
  if (!take(json_kind::text)) return {};
  std::string_view value;
  if (const auto error = place_.with<std::string_view>([](auto& at) { return at.get_string(); }).get(value))
    source_.refuse(error, place_.offset, path());
  return ok() ? value : std::string_view{};
}

void json_cursor::skip() {
  switch (kind()) {
    case json_kind::null:
      take_null();
      break;
    case json_kind::boolean:
      boolean();
      break;
    case json_kind::text:
      text();
      break;
    case json_kind::number: {
      if (!take(json_kind::number)) return;
      ondemand::number number;
      if (const auto error = read_number(place_, number)) source_.refuse(error, place_.offset, path());
      break;
    }
    case json_kind::array:
      elements([](json_cursor& element) { element.skip(); });
      break;
    case json_kind::object:
      members([](std::string_view, json_cursor& member) { member.skip(); });
      break;
  }
}

bool json_cursor::nest() {
  if (ok() && depth_ >= json_depth_max) fail(fault_code::too_long, "nested too deep");
  return ok();
}

void json_cursor::each_element(element_visit visit, void* to) {
  if (!take(json_kind::array) || !nest()) return;
  ondemand::array array;
  if (const auto error = place_.with<ondemand::array>([](auto& at) { return at.get_array(); }).get(array))
    return source_.refuse(error, place_.offset, path());
  std::size_t index = 0;
  for (auto element : array) {
    json_place place;
    // NOLINTNEXTLINE(performance-move-const-arg): get is one of temporaries
    if (const auto error = std::move(element).get(place.value)) return source_.refuse(error, source_.here(), path());
    json_cursor cursor(source_, place, this);
    cursor.index_ = index++;
    visit(to, cursor);
    if (ok() && !cursor.is_taken_) cursor.skip();
    if (!ok()) return;
  }
}

void json_cursor::each_member(member_visit visit, void* to) {
  if (!place_.object) {
    if (!take(json_kind::object) || !nest()) return;
    ondemand::object opened;
    if (const auto error = place_.with<ondemand::object>([](auto& at) { return at.get_object(); }).get(opened))
      return source_.refuse(error, place_.offset, path());
    place_.object = opened;
  }
  if (!ok()) return;
  for (auto field : *place_.object) {
    json_place place;
    std::string_view name;
    if (const auto error = field.unescaped_key().get(name)) return source_.refuse(error, source_.here(), path());
    if (const auto error = field.value().get(place.value)) return source_.refuse(error, source_.here(), path());
    json_cursor cursor(source_, place, this);
    cursor.name_ = name;
    visit(to, cursor.name_, cursor);
    if (ok() && !cursor.is_taken_) cursor.skip();
    if (!ok()) return;
  }
}

std::string_view json_cursor::find_kind() {
  if (!take(json_kind::object) || !nest()) return {};
  ondemand::object opened;
  if (const auto error = place_.with<ondemand::object>([](auto& at) { return at.get_object(); }).get(opened)) {
    source_.refuse(error, place_.offset, path());
    return {};
  }
  json_place place;
  if (const auto error = opened.find_field_unordered("kind").get(place.value)) {
    if (error == simdjson::NO_SUCH_FIELD) {
      fail_member("kind", fault_code::not_found, "missing");
    } else {
      source_.refuse(error, source_.here(), path());
    }
    return {};
  }
  json_cursor cursor(source_, place, this);
  cursor.name_ = "kind";
  const auto kind = cursor.text();
  bool has_members = false;
  if (const auto error = opened.reset().get(has_members)) source_.refuse(error, place_.offset, path());
  place_.object = opened;
  return ok() ? kind : std::string_view{};
}

// What simdjson has not been asked for it skips to the next comma, whatever stands there.
void json_cursor::pass_text() {
  if (!take(json_kind::text)) return;
  ondemand::raw_json_string raw;
  if (const auto error =
          place_.with<ondemand::raw_json_string>([](auto& at) { return at.get_raw_json_string(); }).get(raw))
    source_.refuse(error, place_.offset, path());
}

void json_cursor::fail(fault_code code, std::string what) {
  if (ok()) source_.fault = json_fault{code, place_.offset, path(), std::move(what)};
}

void json_cursor::fail_member(std::string_view name, fault_code code, std::string what) {
  if (!ok()) return;
  std::string where = path();
  if (!where.empty()) where += '.';
  source_.fault = json_fault{code, place_.offset, where.append(name), std::move(what)};
}

std::string json_cursor::path() const {
  if (parent_ == nullptr) return {};
  std::string above = parent_->path();
  if (name_.data() == nullptr) return above.append("[").append(std::to_string(index_)).append("]");
  if (!above.empty()) above += '.';
  return above.append(shown_name(name_));
}

std::string fault_text(const json_fault& fault) {
  std::string text = fault.path;
  if (!text.empty()) text += ": ";
  text += fault.what;
  if (fault.offset) text += " (byte " + std::to_string(*fault.offset) + ")";
  return text;
}

namespace json_detail {

std::optional<json_fault> parse(std::string_view text, const json_limits& limits, void (*visit)(void*, json_cursor&),
                                void* to) {
  if (text.size() > limits.bytes_max)
    return json_fault{fault_code::too_long, limits.bytes_max, "",
                      "longer than " + std::to_string(limits.bytes_max) + " bytes"};
  // Blanks at the end say nothing, and simdjson 3.0 does not know `null` with one as a root.
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  const simdjson::padded_string padded(text);
  json_source source(limits, text, padded.data());
  if (const auto error = source.parser.iterate(padded).get(source.document)) {
    std::optional<std::size_t> offset;
    if (error == simdjson::UTF8_ERROR) offset = valid_utf8_prefix(text);
    source.refuse(error, offset, "");
    return std::move(source.fault);
  }
  source.visit_root(visit, to);
  return std::move(source.fault);
}

bool read_hex(json_cursor& in, std::uint8_t* bytes, std::size_t size) {
  const auto text = in.text();
  if (!in.ok()) return false;
  const std::string found = from_hex(text);
  if (found.size() != size || to_hex(found) != text) {
    in.fail(fault_code::syntax, "want " + std::to_string(2 * size) + " hex digits in lower case");
    return false;
  }
  std::copy(found.begin(), found.end(), reinterpret_cast<char*>(bytes));
  return true;
}

}  // namespace json_detail
}  // namespace stagecoach
