// A message as a document of its own, for a frame or a tab: it runs nothing, sends nothing, and has no part in our
// origin (security.md 2.9, mail-server-behaviour rows 20, 21). Knows no actor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/api/mail.hpp"
#include "messages/web.hpp"

namespace stagecoach::web {

// What stands in it decides what it may load: text nothing; HTML pictures as data: URLs, or from elsewhere too.
enum class page_kind : std::uint8_t { text, html, html_external };

inline constexpr std::string_view cut_notice = "<hr><p>This message is longer than is shown here.</p>";

// The text of a message as HTML, with links.
[[nodiscard]] std::string text_body(const api::shown_message& of);
// `body`: HTML that is safe. With what is behind it on no other line.
[[nodiscard]] std::string bare_page(std::string_view body);
// The same below who, to whom, when and what, to be read or printed by itself.
[[nodiscard]] std::string headed_page(const api::shown_message& of, std::string_view body);
[[nodiscard]] messages::http_answer page_answer(std::string document, page_kind kind);

}  // namespace stagecoach::web
