#include "protocols/mime/decoded.hpp"

#include "protocols/mime/header.hpp"
#include "protocols/text/encoded_word.hpp"

namespace stagecoach::mime {

namespace {

std::string charset_of(const part& of) {
  auto found = find_parameter_octets(of.parameters, "charset");
  return found ? std::move(found->octets) : std::string();
}

}  // namespace

std::string decoded_text(std::string_view value) { return decode_words(unfolded(value)); }

std::optional<std::string> decoded_parameter(const std::vector<parameter>& all, std::string_view name) {
  const auto found = find_parameter_octets(all, name);
  if (!found) return std::nullopt;
  if (found->charset.empty()) return decode_words(found->octets);
  std::string text;
  put_without_controls(text, to_utf8(found->octets, found->charset));
  return text;
}

std::optional<std::string> file_name(const part& of) {
  auto name = decoded_parameter(of.disposition_parameters, "filename");
  return name ? name : decoded_parameter(of.parameters, "name");
}

transfer_decoder::transfer_decoder(std::string_view encoding) {
  if (encoding == "base64") {
    decoder_.emplace<base64_decoder>();
  } else if (encoding == "quoted-printable") {
    decoder_.emplace<quoted_printable_decoder>();
  } else {
    is_known_ = encoding == "7bit" || encoding == "8bit" || encoding == "binary";
  }
}

void transfer_decoder::decode(std::string& out, std::string_view octets) {
  if (auto* base64 = std::get_if<base64_decoder>(&decoder_)) {
    base64->decode(out, octets);
  } else if (auto* quoted = std::get_if<quoted_printable_decoder>(&decoder_)) {
    quoted->decode(out, octets);
  } else {
    out += octets;
  }
}

void transfer_decoder::finish(std::string& out) {
  if (auto* base64 = std::get_if<base64_decoder>(&decoder_)) base64->finish(out);
  if (auto* quoted = std::get_if<quoted_printable_decoder>(&decoder_)) quoted->finish(out);
}

text_decoder::text_decoder(const part& of) : transfer_(of.encoding), charset_(charset_of(of)) {}

void text_decoder::decode(std::string& out, std::string_view octets) {
  decoded_.clear();
  transfer_.decode(decoded_, octets);
  charset_.decode(out, decoded_);
}

void text_decoder::finish(std::string& out) {
  decoded_.clear();
  transfer_.finish(decoded_);
  charset_.decode(out, decoded_);
  charset_.finish(out);
}

bool is_searched(const part& one) {
  if (one.children > 0) return false;
  if (one.type == "text") return true;
  return one.type == "message" && one.subtype != "rfc822" && one.subtype != "global" && one.subtype != "partial" &&
         one.subtype != "external-body";
}

}  // namespace stagecoach::mime
