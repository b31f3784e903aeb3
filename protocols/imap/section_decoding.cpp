#include "protocols/imap/section_decoding.hpp"

#include <algorithm>
#include <utility>

#include "protocols/text/imap_string.hpp"

namespace stagecoach::imap {

section_decoding::section_decoding(const body_section& section, std::string_view encoding, octet_range encoded)
    : form_(section.form),
      piece_(section.piece),
      encoding_(encoding),
      encoded_(encoded),
      decoder_(encoding),
      left_(encoded.length) {}

section_decoding::progress section_decoding::received(std::string& out, std::string_view octets) {
  const bool is_whole = octets.size() == encoded_.length && !given_;
  left_ -= octets.size();
  std::string decoded;
  decoder_.decode(decoded, octets);
  if (left_ == 0) decoder_.finish(decoded);
  if (given_) {
    put_piece(out, decoded);
    decoded_bytes_ += decoded.size();
    return left_ == 0 ? progress::done : progress::goes_on;
  }
  decoded_bytes_ += decoded.size();
  if (left_ > 0) return progress::goes_on;
  if (form_ == section_form::decoded_size) {
    put_decimal(out, decoded_bytes_);
    return progress::done;
  }
  given_ = cut({0, decoded_bytes_}, piece_);
  put_head(out);
  decoded_bytes_ = 0;
  if (is_whole) put_piece(out, decoded);
  if (is_whole || given_->length == 0) return progress::done;
  decoder_ = mime::transfer_decoder(encoding_);
  left_ = encoded_.length;
  return progress::again;
}

// literal8 may hold NUL (RFC 3516 4.4).
void section_decoding::put_head(std::string& out) {
  out += '~';
  put_literal_head(out, given_->length);
}

void section_decoding::put_piece(std::string& out, std::string_view decoded) {
  const auto first = std::max(given_->offset, decoded_bytes_);
  const auto last = std::min(given_->offset + given_->length, decoded_bytes_ + decoded.size());
  if (first < last) out += decoded.substr(first - decoded_bytes_, last - first);
}

}  // namespace stagecoach::imap
