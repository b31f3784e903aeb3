#include "protocols/text/normal_form.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include "protocols/base/check.hpp"
#include "protocols/base/utf8.hpp"

namespace stagecoach {

namespace {

const icu::Normalizer2& normalizer() {
  UErrorCode status = U_ZERO_ERROR;
  const auto* nfc = icu::Normalizer2::getNFCInstance(status);
  CHECK(U_SUCCESS(status));  // its tables are part of the library
  return *nfc;
}

icu::StringPiece piece(std::string_view text) { return {text.data(), static_cast<int32_t>(text.size())}; }

}  // namespace

std::string to_nfc(std::string_view utf8) {
  if (is_ascii(utf8)) return std::string(utf8);
  std::string composed;
  icu::StringByteSink<std::string> sink(&composed);
  UErrorCode status = U_ZERO_ERROR;
  normalizer().normalizeUTF8(0, piece(utf8), sink, nullptr, status);
  CHECK(U_SUCCESS(status));
  return composed;
}

bool is_nfc(std::string_view utf8) {
  if (is_ascii(utf8)) return true;
  UErrorCode status = U_ZERO_ERROR;
  const bool is_normal = normalizer().isNormalizedUTF8(piece(utf8), status);
  CHECK(U_SUCCESS(status));
  return is_normal;
}

}  // namespace stagecoach
