#include "actors/web/app_page.hpp"

#include "protocols/base/sha256.hpp"
#include "protocols/text/base64.hpp"

namespace stagecoach::web {

namespace {

// 'sha256-...' of what stands in the element; 'none' when there is no such element.
std::string source_of(std::string_view document, std::string_view begin, std::string_view end) {
  const auto from = document.find(begin);
  if (from == std::string_view::npos) return "'none'";
  const auto rest = document.substr(from + begin.size());
  const auto text = rest.substr(0, rest.find(end));
  return "'sha256-" + to_base64(sha256(text)) + "'";
}

}  // namespace

http::page app_page(std::string path, std::string_view document) {
  std::string policy = "default-src 'none'; script-src " + source_of(document, "<script>", "</script>") +
                       "; style-src " + source_of(document, "<style>", "</style>") +
                       "; img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; form-action 'self'; "
                       "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
  return {std::move(path), "text/html; charset=utf-8", std::string(document), std::move(policy)};
}

}  // namespace stagecoach::web
