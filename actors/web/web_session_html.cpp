// A message as a document (message_page.hpp): its text, or its HTML made safe, with the pictures of the same message in
// it, since what is in a frame without our origin has no cookie to fetch them with.
#include <algorithm>
#include <array>
#include <map>

#include "actors/web/message_page.hpp"
#include "actors/web/shown.hpp"
#include "actors/web/web_session.hpp"
#include "protocols/html/safe_page.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/mime/leaves.hpp"
#include "protocols/text/base64.hpp"

namespace stagecoach::web {

namespace {

constexpr std::uint64_t html_octets_max = 4 * 1024 * 1024;       // as transferred; what is safe is 2 MiB at most
constexpr std::uint64_t pictures_octets_max = 10 * 1024 * 1024;  // of all, as transferred
constexpr std::size_t pictures_max = 200;
constexpr std::size_t pages_max = 8;  // that are made at once, for one session

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
  page_form form = page_form::bare;
  std::map<std::string, std::string, std::less<>> pictures;  // by Content-ID, as data: URLs; empty: not read yet
  std::uint64_t octets_left = pictures_octets_max;
};

void web_session::show_text(const found_pointer& found, page_form form, promise to) {
  const auto leaves = mime::leaves_of(found->structure.parts);
  const bool has_text = std::any_of(leaves.begin(), leaves.end(), [](const auto& one) { return one.is_text; });
  // With its header a message without text can be read, too.
  if (form == page_form::bare && !has_text) {
    to.deliver(no_such_part());
    return;
  }
  const auto made = std::make_shared<api::shown_message>(shown_message_of(found->view, found->structure));
  const auto then = [made, form, to]() mutable {
    const auto body = text_body(*made);
    to.deliver(page_answer(form == page_form::headed ? headed_page(*made, body) : bare_page(body), page_kind::text));
  };
  read_text(std::make_shared<reading_text>(reading_text{found, made, to, then}), 0);
}

void web_session::show_html(const found_pointer& found, bool allow_external, page_form form, promise to) {
  std::erase_if(html_pages_, [](const auto& one) { return one.expired(); });
  if (html_pages_.size() >= pages_max) {
    to.deliver(refuse({fault_code::busy, "other messages are being shown; try again"}));
    return;
  }
  const auto page = std::make_shared<html_page>();
  html_pages_.push_back(page);
  const auto* part = html_part(found->structure.parts);
  if (part == nullptr) {
    to.deliver(no_such_part());
    return;
  }
  with_part(found, *part, html_octets_max, to,
            [this, page, found, allow_external, form, to, part = *part](const std::string& octets) {
              page->found = found;
              page->text = decoded_part(part, octets);
              page->allow_external = allow_external;
              page->form = form;
              const auto note = [&](std::string_view id) -> std::optional<std::string> {
                if (page->pictures.size() < pictures_max && picture_of(found->structure.parts, id) != nullptr)
                  page->pictures.emplace(id, "");
                return std::nullopt;
              };
              (void)html::safe_page_of(page->text, {allow_external, note, 0});
              read_pictures(page, to);
            });
}

void web_session::read_pictures(const std::shared_ptr<html_page>& page, const promise& to) {
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
  const auto body = safe.html + std::string(safe.is_cut ? cut_notice : "");
  to.deliver(page_answer(page.form == page_form::headed
                             ? headed_page(shown_message_of(page.found->view, page.found->structure), body)
                             : bare_page(body),
                         page.allow_external ? page_kind::html_external : page_kind::html));
}

}  // namespace stagecoach::web
