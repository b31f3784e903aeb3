#include "protocols/http/head.hpp"

#include <algorithm>
#include <charconv>

#include "protocols/base/reader.hpp"
#include "protocols/http/limits.hpp"

namespace stagecoach::http {

namespace {

constexpr refusal bad_line{400, "a line that does not end in CRLF, or holds CR, LF or NUL"};
constexpr refusal bad_request_line{400, "not a request line"};
constexpr refusal bad_version{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
constexpr refusal bad_target{400, "a request target that is none"};
constexpr refusal target_too_long{414, "the request target is too long"};
constexpr refusal bad_field{400, "a header field that is none"};
constexpr refusal too_many_fields{431, "too many header fields"};
constexpr refusal bad_host{400, "exactly one Host field with a host is needed"};
constexpr refusal bad_length{400, "a Content-Length that is no number, or stands twice"};
constexpr refusal too_large{413, "the body is too large"};
constexpr refusal bad_coding{400, "Transfer-Encoding may only be chunked, once, and never beside Content-Length"};
constexpr refusal bad_expectation{417, "only 100-continue can be expected"};
constexpr refusal no_tunnels{405, "CONNECT is not done here"};

bool is_tchar(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// RFC 9110 5.5: visible octets, 8-bit ones, space and tab.
bool is_field_octet(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f'); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The next line without its CRLF; none: no CRLF, or something in the line that another reader takes for its end.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  if (holds_line_end(line)) return std::nullopt;
  text.remove_prefix(end + 2);
  return line;
}

// RFC 9110 4.2.3, 7.2: host and optional port; no user information, which only deceives.
bool is_host(std::string_view text) {
  if (text.empty() || text.size() > 255 + 6) return false;
  auto name = text;
  std::string_view port;
  if (text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const auto literal = text.substr(1, end - 1);
    if (literal.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return false;
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return false;
    port = rest.empty() ? rest : rest.substr(1);
    if (!rest.empty() && port.empty()) return false;
    name = "literal";
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    name = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (port.empty()) return false;
  }
  const auto is_name_octet = [](char c) {
    return is_tchar(c) && std::string_view("#%&'*+^`|!$").find(c) == std::string_view::npos;
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_octet)) return false;
  if (!std::all_of(port.begin(), port.end(), is_digit) || port.size() > 5) return false;
  unsigned number = 0;
  (void)std::from_chars(port.data(), port.data() + port.size(), number);
  return number <= 65535;
}

bool is_target_octet(char c) {
  return c > ' ' && c < '\x7f' && c != '#' && c != '"' && c != '<' && c != '>' && c != '\\';
}

class head_parser {
 public:
  std::optional<refusal> run_line(std::string_view line) {
    return holds_line_end(line) ? bad_line : take_request_line(line);
  }
  std::variant<request_head, refusal> run(std::string_view text) {
    if (text.size() > limits::head_bytes_max) return refusal{431, "the header is too large"};
    const auto first = take_line(text);
    if (!first) return bad_line;
    if (const auto wrong = take_request_line(*first)) return *wrong;
    for (;;) {
      const auto line = take_line(text);
      if (!line) return bad_line;
      if (line->empty()) break;
      if (head_.fields.size() == limits::fields_max) return too_many_fields;
      auto one = parse_field_line(*line);
      if (!one) return bad_field;
      head_.fields.push_back(std::move(*one));
    }
    return finish();
  }

  std::variant<request_head, refusal> run(request_parts parts) {
    head_.version = version::http_2;
    if (parts.method.size() > limits::method_bytes_max || !is_token(parts.method)) return bad_request_line;
    if (parts.method == "CONNECT") return no_tunnels;
    head_.method = std::move(parts.method);
    if (parts.scheme != "https" && parts.scheme != "http") return bad_target;
    if (!parts.path.starts_with('/') && parts.path != "*") return bad_target;
    if (const auto wrong = take_target(parts.path)) return *wrong;
    if (parts.fields.size() > limits::fields_max) return too_many_fields;
    head_.fields = std::move(parts.fields);
    if (const auto wrong = check_fields_of_2()) return *wrong;
    if (!parts.authority.empty()) {
      const auto hosts = all("host");
      if (hosts.empty())
        head_.fields.push_back({"host", std::move(parts.authority)});
      else if (!equal_nocase(hosts.front(), parts.authority))
        return bad_host;
    }
    auto made = finish();
    if (auto* head = std::get_if<request_head>(&made)) {
      if (parts.is_ended && !std::holds_alternative<no_body>(head->body)) return bad_length;
      if (!parts.is_ended && !head->find("content-length")) {
        head->body = chunked_body{};
        head->expects_continue = head->find("expect").has_value();
      }
    }
    return made;
  }

 private:
  std::variant<request_head, refusal> finish() {
    for (const auto check : {&head_parser::check_host, &head_parser::check_body, &head_parser::check_rest})
      if (const auto wrong = (this->*check)()) return *wrong;
    return std::move(head_);
  }

  // RFC 9113 8.2.1, 8.2.2: lower-case names, no fields about the connection; 8.2.3: the pieces of Cookie are joined.
  std::optional<refusal> check_fields_of_2() {
    std::optional<std::size_t> cookie;
    std::vector<field> kept;
    for (auto& one : head_.fields) {
      if (!is_token(one.name) || one.name != ascii_lower(one.name) || !is_field_value(one.value) ||
          trimmed(one.value) != one.value)
        return bad_field;
      constexpr std::string_view of_connections[] = {"connection", "keep-alive", "proxy-connection",
                                                     "transfer-encoding", "upgrade"};
      if (std::find(std::begin(of_connections), std::end(of_connections), one.name) != std::end(of_connections) ||
          (one.name == "te" && !equal_nocase(one.value, "trailers")))
        return bad_field;
      if (one.name == "cookie" && cookie) {
        kept[*cookie].value += "; " + one.value;
        continue;
      }
      if (one.name == "cookie") cookie = kept.size();
      kept.push_back(std::move(one));
    }
    head_.fields = std::move(kept);
    return std::nullopt;
  }

  // RFC 9112 3: one space between the three, and none elsewhere.
  std::optional<refusal> take_request_line(std::string_view line) {
    const auto first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return bad_request_line;
    const auto method = line.substr(0, first), target = line.substr(first + 1, last - first - 1);
    const auto version_text = line.substr(last + 1);
    if (method.size() > limits::method_bytes_max || !is_token(method)) return bad_request_line;
    if (version_text.size() != 8 || !version_text.starts_with("HTTP/") || !is_digit(version_text[5]) ||
        version_text[6] != '.' || !is_digit(version_text[7]))
      return bad_request_line;
    if (version_text != "HTTP/1.1" && version_text != "HTTP/1.0") return bad_version;
    head_.version = version_text == "HTTP/1.1" ? version::http_1_1 : version::http_1_0;
    head_.method = method;
    if (method == "CONNECT") return no_tunnels;
    return take_target(target);
  }

  std::optional<refusal> take_target(std::string_view target) {
    if (target.size() > limits::target_bytes_max) return target_too_long;
    if (target.empty() || !std::all_of(target.begin(), target.end(), is_target_octet)) return bad_target;
    if (target == "*") {
      if (head_.method != "OPTIONS") return bad_target;
    } else if (target.front() != '/') {  // RFC 9112 3.2.2: the absolute form, which outranks Host
      const auto lower = ascii_lower(target.substr(0, 8));
      const std::size_t scheme = lower.starts_with("https://") ? 8 : lower.starts_with("http://") ? 7 : 0;
      if (scheme == 0) return bad_target;
      const auto rest = target.substr(scheme);
      const auto end = std::min(rest.find_first_of("/?"), rest.size());
      if (!is_host(rest.substr(0, end))) return bad_target;
      absolute_host_ = ascii_lower(rest.substr(0, end));
      head_.target = rest.substr(end);
      if (!head_.target.starts_with('/')) head_.target.insert(0, "/");
      return std::nullopt;
    }
    head_.target = target;
    return std::nullopt;
  }

  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const {
    std::vector<std::string_view> found;
    for (const auto& one : head_.fields)
      if (one.name == name) found.emplace_back(one.value);
    return found;
  }

  // RFC 9112 3.2
  std::optional<refusal> check_host() {
    const auto hosts = all("host");
    if (hosts.size() > 1 || (hosts.empty() && head_.version != version::http_1_0)) return bad_host;
    if (!hosts.empty() && !is_host(hosts.front())) return bad_host;
    if (!absolute_host_.empty())
      head_.host = absolute_host_;
    else if (!hosts.empty())
      head_.host = ascii_lower(hosts.front());
    return std::nullopt;
  }

  // RFC 9112 6.1 to 6.3, where a server may be lenient and must not be.
  std::optional<refusal> check_body() {
    const auto lengths = all("content-length"), codings = all("transfer-encoding");
    // Programs behind a gateway read these as the other.
    if (!all("content_length").empty() || !all("transfer_encoding").empty()) return bad_field;
    if (!codings.empty()) {
      if (codings.size() > 1 || !lengths.empty() || head_.version == version::http_1_0 ||
          !equal_nocase(codings.front(), "chunked"))
        return bad_coding;
      head_.body = chunked_body{};
      return std::nullopt;
    }
    if (lengths.empty()) return std::nullopt;
    const auto text = lengths.front();
    if (lengths.size() > 1 || text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return bad_length;
    if (text.size() > 1 && text.front() == '0') return bad_length;
    std::uint64_t bytes = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error != std::errc() || end != text.data() + text.size()) return bad_length;
    if (bytes > limits::body_bytes_max) return too_large;
    if (bytes > 0) head_.body = sized_body{bytes};
    return std::nullopt;
  }

  std::optional<refusal> check_rest() {
    bool closes = false, keeps = false;
    for (auto options : all("connection")) {
      while (!options.empty()) {
        const auto comma = std::min(options.find(','), options.size());
        const auto option = trimmed(options.substr(0, comma));
        closes = closes || equal_nocase(option, "close");
        keeps = keeps || equal_nocase(option, "keep-alive");
        options.remove_prefix(std::min(comma + 1, options.size()));
      }
    }
    head_.keeps_alive = !closes && (head_.version != version::http_1_0 || keeps);
    for (const auto expectation : all("expect")) {
      if (!equal_nocase(expectation, "100-continue")) return bad_expectation;
      // RFC 9110 10.1.1: ignored of HTTP/1.0, and where there is no body.
      head_.expects_continue = head_.version != version::http_1_0 && !std::holds_alternative<no_body>(head_.body);
    }
    return std::nullopt;
  }

  request_head head_;
  std::string absolute_host_;
};

}  // namespace

std::optional<refusal> refusal_of_request_line(std::string_view line) { return head_parser().run_line(line); }

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_tchar); }

bool is_field_value(std::string_view text) { return std::all_of(text.begin(), text.end(), is_field_octet); }

bool holds_line_end(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<field> parse_field_line(std::string_view line) {
  const auto colon = line.find(':');
  // RFC 9112 5.1, 5.2: no space before the colon, and no folded lines.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return std::nullopt;
  const auto value = line.substr(colon + 1);
  if (!is_field_value(value)) return std::nullopt;
  return field{ascii_lower(line.substr(0, colon)), std::string(trimmed(value))};
}

std::optional<std::string_view> request_head::find(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& one : fields) {
    if (one.name != name) continue;
    if (found) return std::nullopt;
    found = one.value;
  }
  return found;
}

std::variant<request_head, refusal> parse_request_head(std::string_view text) { return head_parser().run(text); }

std::variant<request_head, refusal> head_of(request_parts parts) { return head_parser().run(std::move(parts)); }

}  // namespace stagecoach::http
