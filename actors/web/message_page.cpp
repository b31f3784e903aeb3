#include "actors/web/message_page.hpp"

#include <vector>

#include "actors/web/answers.hpp"
#include "protocols/base/sha256.hpp"
#include "protocols/html/escape.hpp"
#include "protocols/html/linked.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/text/base64.hpp"

namespace stagecoach::web {

namespace {

// Colours are what the sender expected, whatever the page around it has. Nothing of a mail stands outside its <main>,
// where the header is.
constexpr std::string_view style =
    "html{background:#fff;color:#000;color-scheme:light}"
    "body{margin:8px;font:14px/1.4 system-ui,sans-serif;overflow-wrap:anywhere}"
    "img{max-width:100%}"
    "pre.text{margin:0;font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap}"
    "header{margin-bottom:12px;padding-bottom:8px;border-bottom:1px solid #999}"
    "h1{margin:0 0 8px;font-size:20px}"
    "table{border-spacing:0}th{padding:0 12px 0 0;text-align:left;vertical-align:top;white-space:nowrap}"
    "main{contain:paint;isolation:isolate}"
    "@media print{body{margin:0}}";

std::string document_of(std::string_view title, std::string_view body) {
  return "<!doctype html>\n<html><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>" +
         html::escaped(title) + "</title><style>" + std::string(style) + "</style></head><body>\n" + std::string(body) +
         "\n</body></html>\n";
}

std::string policy_of(page_kind kind) {
  static const std::string own_style = "'sha256-" + to_base64(sha256(style)) + "'";
  const bool is_text = kind == page_kind::text;
  return "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; " +
         std::string(is_text ? "" : "img-src data:") + (kind == page_kind::html_external ? " http: https:" : "") +
         (is_text ? "style-src " + own_style : "; style-src 'unsafe-inline'") +
         "; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";
}

std::string row(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return "<tr><th scope=\"row\">" + std::string(name) + "</th><td>" + html::escaped(value) + "</td></tr>\n";
}

std::string addresses(const std::vector<api::shown_address>& all) {
  std::string out;
  for (const auto& one : all) {
    if (!out.empty()) out += ", ";
    out += one.name;
    if (!one.address.empty()) out += one.name.empty() ? one.address : " <" + one.address + ">";
  }
  return out;
}

std::string attachments(const api::shown_message& of) {
  std::string out;
  for (const auto& one : of.parts) {
    if (!one.is_attachment) continue;
    if (!out.empty()) out += ", ";
    out += (one.name.empty() ? "part " + one.path : one.name) + " (" + one.type + ")";
  }
  return out;
}

}  // namespace

std::string text_body(const api::shown_message& of) {
  // The first line feed of <pre> does not count.
  return "<pre class=\"text\">\n" + html::linked(of.text) + "</pre>" + std::string(of.is_text_cut ? cut_notice : "");
}

std::string bare_page(std::string_view body) { return document_of("Message", body); }

std::string headed_page(const api::shown_message& of, std::string_view body) {
  const auto subject = of.subject.empty() ? std::string("(no subject)") : of.subject;
  const auto header = "<header><h1>" + html::escaped(subject) + "</h1>\n<table>\n" + row("From", addresses(of.from)) +
                      row("Reply to", of.reply_to == of.from ? "" : addresses(of.reply_to)) +
                      row("To", addresses(of.to)) + row("Cc", addresses(of.cc)) + row("Bcc", addresses(of.bcc)) +
                      row("Date", mime::decoded_text(of.date)) + row("Attachments", attachments(of)) +
                      "</table></header>\n";
  return document_of(subject, header + "<main>\n" + std::string(body) + "\n</main>");
}

messages::http_answer page_answer(std::string document, page_kind kind) {
  messages::http_answer made{200, safe_header(), std::move(document), false};
  set_field(made, "Content-Type", "text/html; charset=utf-8");
  set_field(made, "Content-Security-Policy", policy_of(kind));
  set_field(made, "X-Frame-Options", "SAMEORIGIN");
  set_field(made, "Cross-Origin-Resource-Policy", "same-origin");
  set_field(made, "Cache-Control", "no-store");
  return made;
}

}  // namespace stagecoach::web
