// HTML as a document of its own, for a frame that can run nothing (security.md 2.9): made safe, with the pictures of
// the same message in it, since what is in such a frame has no cookie to fetch them with.
#include <algorithm>
#include <array>
#include <map>

#include "actors/web/shown.hpp"
#include "actors/web/web_session.hpp"
#include "protocols/html/safe_page.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/text/base64.hpp"

namespace stagecoach::web {

namespace {

constexpr std::uint64_t html_octets_max = 4 * 1024 * 1024;       // as transferred; what is safe is 2 MiB at most
constexpr std::uint64_t pictures_octets_max = 10 * 1024 * 1024;  // of all, as transferred
constexpr std::size_t pictures_max = 200;
constexpr std::size_t pages_max = 8;  // that are made at once, for one session

// Colours are what the sender expected, whatever the page around it has.
constexpr std::string_view document_begin =
    "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>Message</title>"
    "<style>html{background:#fff;color:#000;color-scheme:light}"
    "body{margin:8px;font:14px/1.4 "
    "system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%}</style></head><body>\n";
constexpr std::string_view cut_notice = "<hr><p>This message is longer than is shown here.</p>";
constexpr std::string_view document_end = "\n</body></html>\n";

std::string policy(bool allow_external) {
  return std::string("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:") +
         (allow_external ? " http: https:" : "") +
         "; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";
}

bool is_picture(const mime::part& one) {
  constexpr std::array all{"png", "jpeg", "gif", "webp"};
  return one.type == "image" && std::find(all.begin(), all.end(), one.subtype) != all.end();
}

// The first with this Content-ID (WX09).
const mime::part* picture_of(const mime::part_index& index, std::string_view content_id) {
  for (const auto& one : index.parts) {
    std::string_view id = one.id;
    if (id.size() >= 2 && id.front() == '<' && id.back() == '>') id = id.substr(1, id.size() - 2);
    if (!id.empty() && id == content_id) return is_picture(one) ? &one : nullptr;
  }
  return nullptr;
}

}  // namespace

struct web_session::html_page {
  found_pointer found;
  std::string text;
  bool allow_external = false;
  std::map<std::string, std::string, std::less<>> pictures;  // by Content-ID, as data: URLs; empty: not read yet
  std::uint64_t octets_left = pictures_octets_max;
};

void web_session::show_html(const found_pointer& found, bool allow_external, promise to) {
  std::erase_if(html_pages_, [](const auto& one) { return one.expired(); });
  if (html_pages_.size() >= pages_max) {
    to.deliver(refuse({fault_code::busy, "other messages are being shown; try again"}));
    return;
  }
  const auto page = std::make_shared<html_page>();
  html_pages_.push_back(page);
  const auto* part = html_part(found->structure.parts);
  if (part == nullptr) {
    to.deliver(refuse(400, "not_found", "no such part"));
    return;
  }
  with_part(found, *part, html_octets_max, to,
            [this, page, found, allow_external, to, part = *part](const std::string& octets) {
              page->found = found;
              page->text = decoded_part(part, octets);
              page->allow_external = allow_external;
              const auto note = [&](std::string_view id) -> std::optional<std::string> {
                if (page->pictures.size() < pictures_max && picture_of(found->structure.parts, id) != nullptr)
                  page->pictures.emplace(id, "");
                return std::nullopt;
              };
              (void)html::safe_page_of(page->text, {allow_external, note, 0});
              read_pictures(page, to);
            });
}

void web_session::read_pictures(const std::shared_ptr<html_page>& page, promise to) {
  const auto next =
      std::find_if(page->pictures.begin(), page->pictures.end(), [](const auto& one) { return one.second.empty(); });
  if (next == page->pictures.end()) return give_html(*page, to);
  const auto* part = picture_of(page->found->structure.parts, next->first);
  if (part == nullptr || part->body_bytes > page->octets_left) {
    page->pictures.erase(next);
    return read_pictures(page, to);
  }
  page->octets_left -= part->body_bytes;
  with_part(page->found, *part, part->body_bytes, to,
            [this, page, to, part = *part, id = next->first](const std::string& octets) {
              mime::transfer_decoder decoder(part.encoding);
              std::string picture;
              decoder.decode(picture, octets);
              decoder.finish(picture);
              page->pictures[id] = "data:image/" + part.subtype + ";base64," + to_base64(picture);
              read_pictures(page, to);
            });
}

void web_session::give_html(const html_page& page, promise to) {
  const auto picture = [&](std::string_view id) -> std::optional<std::string> {
    const auto found = page.pictures.find(id);
    return found == page.pictures.end() ? std::nullopt : std::optional(found->second);
  };
  const auto safe = html::safe_page_of(page.text, {page.allow_external, picture, std::size_t{2} * pictures_octets_max});
  messages::http_answer made{200, safe_header(), {}, false};
  made.body =
      std::string(document_begin) + safe.html + std::string(safe.is_cut ? cut_notice : "") + std::string(document_end);
  set_field(made, "Content-Type", "text/html; charset=utf-8");
  set_field(made, "Content-Security-Policy", policy(page.allow_external));
  set_field(made, "X-Frame-Options", "SAMEORIGIN");
  set_field(made, "Cross-Origin-Resource-Policy", "same-origin");
  set_field(made, "Cache-Control", "no-store");
  to.deliver(std::move(made));
}

}  // namespace stagecoach::web
