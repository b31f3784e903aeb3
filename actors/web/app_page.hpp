// The pages of the applications, as they are built in: each is one document with its style and its script, which run
// because the policy names their hashes, and nothing else does (security.md 2.9).
#pragma once

#include <string>
#include <string_view>

#include "protocols/http/fixed_site.hpp"

namespace stagecoach::web {

// webmail/built/mail.html
[[nodiscard]] std::string_view mail_document();

// `document` holds one <style> and one <script>, at most.
[[nodiscard]] http::page app_page(std::string path, std::string_view document);

}  // namespace stagecoach::web
