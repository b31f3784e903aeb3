// The URLs that a mail may show: each read as browsers read it (URL standard 4.4: control characters and white space in
// it do not count), held against a list, and written anew so that nobody reads it otherwise. What is not listed is
// none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::html {

[[nodiscard]] std::optional<std::string> safe_link(std::string_view url);       // http, https, mailto, tel
[[nodiscard]] std::optional<std::string> external_image(std::string_view url);  // http, https
[[nodiscard]] std::optional<std::string> image_data(std::string_view url);      // data: PNG, JPEG, GIF, WebP in base64
[[nodiscard]] std::optional<std::string> content_id_of(std::string_view url);   // of cid: (RFC 2392), as in Content-ID
[[nodiscard]] std::string cid_url(std::string_view content_id);

}  // namespace stagecoach::html
