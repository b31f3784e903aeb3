#include "protocols/text/saslprep.hpp"

#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <memory>

#include "protocols/base/check.hpp"
#include "protocols/base/utf8.hpp"

namespace stagecoach {

namespace {

constexpr std::size_t bytes_max = 4096;  // what a line holds is less; ICU counts in 32 bits

// Shared and never closed: ICU keeps it for the process anyway.
const UStringPrepProfile* profile() {
  static const UStringPrepProfile* const one = [] {
    UErrorCode status = U_ZERO_ERROR;
    const auto* opened = usprep_openByType(USPREP_RFC4013_SASLPREP, &status);
    CHECK(U_SUCCESS(status));
    return opened;
  }();
  return one;
}

}  // namespace

std::optional<std::string> saslprep(std::string_view utf8) {
  if (utf8.size() > bytes_max || valid_utf8_prefix(utf8) != utf8.size()) return std::nullopt;
  if (std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= ' ' && c <= '~'; })) return std::string(utf8);
  std::u16string in(utf8.size(), u'\0');
  std::int32_t length = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(in.data(), static_cast<std::int32_t>(in.size()), &length, utf8.data(),
                static_cast<std::int32_t>(utf8.size()), &status);
  if (U_FAILURE(status)) return std::nullopt;
  // NFKC makes at most 18 code units of one.
  std::u16string out(static_cast<std::size_t>(length) * 18 + 1, u'\0');
  status = U_ZERO_ERROR;
  const auto prepared = usprep_prepare(profile(), in.data(), length, out.data(), static_cast<std::int32_t>(out.size()),
                                       USPREP_DEFAULT, nullptr, &status);
  if (U_FAILURE(status)) return std::nullopt;
  std::string text(static_cast<std::size_t>(prepared) * 3 + 1, '\0');
  std::int32_t bytes = 0;
  status = U_ZERO_ERROR;
  u_strToUTF8(text.data(), static_cast<std::int32_t>(text.size()), &bytes, out.data(), prepared, &status);
  if (U_FAILURE(status)) return std::nullopt;
  text.resize(static_cast<std::size_t>(bytes));
  return text;
}

}  // namespace stagecoach
