#include "protocols/smtp/incoming_body.hpp"

#include "protocols/base/check.hpp"
#include "protocols/smtp/limits.hpp"

namespace stagecoach::smtp {

std::size_t incoming_body::read(std::string_view bytes, std::string& content) {
  auto* lines = std::get_if<data_lines>(&form_);
  CHECK(lines != nullptr);
  const std::size_t before = content.size();
  const std::size_t taken = lines->read(bytes.substr(0, read_max(bytes_max_) - lines->octets_read()), content);
  take(std::string_view(content).substr(before));
  if (strict_ && lines->has_ended()) strict_->end();
  return taken;
}

void incoming_body::read_chunk(std::string_view octets) {
  auto* chunks = std::get_if<chunk_octets>(&form_);
  CHECK(chunks != nullptr && !chunks->has_ended());
  chunks->read(octets);
  take(octets);
}

void incoming_body::end_of_chunks() {
  auto* chunks = std::get_if<chunk_octets>(&form_);
  CHECK(chunks != nullptr);
  chunks->end();
  if (strict_) strict_->end();
}

void incoming_body::take(std::string_view content) {
  size_ += content.size();
  header_.read(content);
  if (strict_) strict_->read(content);
}

bool incoming_body::has_ended() const {
  return std::visit([](const auto& form) { return form.has_ended(); }, form_);
}

std::uint64_t incoming_body::octets_read() const {
  return std::visit([](const auto& form) { return form.octets_read(); }, form_);
}

std::optional<reply> incoming_body::refusal() const {
  if (size_ > bytes_max_) return replies::too_large;
  if (header_.octets() > limits::header_bytes_max || header_.fields() > limits::header_fields_max)
    return replies::header_too_large;
  if (std::visit([](const auto& form) { return form.has_bare(); }, form_)) return replies::bad_message;
  if (header_.count(header_field::received) > limits::received_fields_max) return replies::loop;
  if (has_ended() && size_ == 0) return replies::empty_message;
  if (const auto flaw = strict_ ? strict_->flaw() : std::nullopt) return reply{550, "5.6.0", *flaw};
  return std::nullopt;
}

}  // namespace stagecoach::smtp
