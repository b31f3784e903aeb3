#include "protocols/smtp/incoming_body.hpp"

#include "protocols/smtp/limits.hpp"

namespace stagecoach::smtp {

std::size_t incoming_body::read(std::string_view bytes, std::string& content) {
  const std::size_t before = content.size();
  const std::size_t taken = lines_.read(bytes.substr(0, read_max() - lines_.octets_read()), content);
  const auto added = std::string_view(content).substr(before);
  size_ += added.size();
  header_.read(added);
  return taken;
}

std::optional<reply> incoming_body::refusal() const {
  if (size_ > bytes_max_) return replies::too_large;
  if (header_.octets() > limits::header_bytes_max || header_.fields() > limits::header_fields_max)
    return replies::header_too_large;
  if (lines_.has_bare()) return replies::bad_message;
  if (header_.received_fields() > limits::received_fields_max) return replies::loop;
  if (lines_.has_ended() && size_ == 0) return replies::empty_message;
  return std::nullopt;
}

}  // namespace stagecoach::smtp
