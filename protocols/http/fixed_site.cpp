#include "protocols/http/fixed_site.hpp"

#include <algorithm>

#include "protocols/base/check.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/sha256.hpp"
#include "protocols/http/gzip.hpp"
#include "protocols/http/range.hpp"

namespace stagecoach::http {

namespace {

constexpr std::string_view not_found = "Not found\n";
constexpr std::string_view not_satisfiable = "There is nothing in this range\n";
constexpr std::string_view not_allowed = "Only GET and HEAD are possible here\n";
constexpr std::size_t tag_octets = 12;
constexpr std::size_t zipped_from = 1024;  // below it the head is most of an answer

std::string tag_of(std::string_view octets) { return '"' + to_hex(sha256(octets).substr(0, tag_octets)) + '"'; }

// RFC 9110 13.1.2, by the weak comparison; a list that is none has nothing.
bool has_tag(std::string_view list, std::string_view tag) {
  if (list == "*") return true;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    auto one = trimmed(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag) return true;
  }
  return false;
}

site_answer with(std::uint16_t status, std::vector<field> more, std::string_view text) {
  site_answer made{{status, safe_fields()}, text, text.size()};
  if (!text.empty()) made.head.fields.push_back({"Content-Type", "text/plain; charset=utf-8"});
  for (auto& one : more) made.head.fields.push_back(std::move(one));
  return made;
}

// To what is wanted of it.
void cut(site_answer& whole, const std::string& type, const wanted_range& wanted) {
  auto& [head, body, plain_bytes] = whole;
  if (std::holds_alternative<no_range>(wanted)) {
    auto none = with(416, {{"Content-Range", content_range_of_none(body.size())}}, not_satisfiable);
    whole = std::move(none);
    return;
  }
  head.fields.push_back({"Content-Type", type});
  const auto* part = std::get_if<octet_range>(&wanted);
  if (part == nullptr) return;
  head.status = 206;
  head.fields.push_back({"Content-Range", content_range(*part, body.size())});
  body = body.substr(part->first, part->length);
  plain_bytes = body.size();
}

}  // namespace

std::vector<field> safe_fields() {
  return {
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
      {"Cache-Control", "no-cache"}};
}

fixed_site::fixed_site(std::vector<page> pages) {
  for (auto& one : pages) {
    CHECK(one.path.starts_with('/'));
    kept made;
    made.tag = tag_of(one.body);
    if (one.body.size() >= zipped_from && is_compressible(one.type)) {
      made.zipped = gzip(one.body);
      made.zipped_tag = tag_of(made.zipped);
    }
    auto path = one.path;
    made.what = std::move(one);
    pages_.emplace(std::move(path), std::move(made));
  }
}

bool fixed_site::has(std::string_view target) const {
  const auto path = target.substr(0, target.find('?'));
  return pages_.contains(path) || pages_.contains(std::string(path) + '/');
}

site_answer fixed_site::answer(const request_head& asked) const {
  const auto path = std::string_view(asked.target).substr(0, asked.target.find('?'));
  const auto found = pages_.find(path);
  const bool wants_slash = found == pages_.end() && pages_.contains(std::string(path) + '/');
  if (found == pages_.end() && !wants_slash) return with(404, {}, not_found);
  if (asked.method != "GET" && asked.method != "HEAD") return with(405, {{"Allow", "GET, HEAD"}}, not_allowed);
  if (wants_slash) return with(303, {{"Location", std::string(path) + '/'}}, "");
  const kept& one = found->second;
  const bool is_zipped = !one.zipped.empty() && accepts_gzip(asked.find("accept-encoding").value_or(""));
  const auto& tag = is_zipped ? one.zipped_tag : one.tag;
  site_answer made{{200, safe_fields()}, is_zipped ? one.zipped : one.what.body, one.what.body.size()};
  auto& fields = made.head.fields;
  if (!one.what.policy.empty())
    for (auto& field : fields)
      if (field.name == "Content-Security-Policy") field.value = one.what.policy;
  fields.push_back({"ETag", tag});
  if (!one.zipped.empty()) fields.push_back({"Vary", "Accept-Encoding"});
  const auto condition = asked.find("if-none-match");
  if (condition && has_tag(*condition, tag)) {
    made.head.status = 304;
    made.body = {};
    made.plain_bytes = 0;
    return made;
  }
  fields.push_back({"Accept-Ranges", "bytes"});
  if (is_zipped) fields.push_back({"Content-Encoding", "gzip"});
  cut(made, one.what.type,
      range_of({asked.method, asked.find("range").value_or(""), asked.find("if-range").value_or("")}, made.body.size(),
               tag));
  return made;
}

}  // namespace stagecoach::http
