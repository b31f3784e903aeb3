// Any octets in any encoding and charset, in any two pieces: the same text, and it is UTF-8. The first octets choose.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "protocols/base/utf8.hpp"
#include "protocols/mime/decoded.hpp"

using namespace stagecoach;
using namespace stagecoach::mime;

namespace {

constexpr std::array<const char*, 3> encodings = {"7bit", "base64", "quoted-printable"};
constexpr std::array<const char*, 12> charsets = {"utf-8",    "iso-8859-1", "utf-16",      "utf-16le",
                                                  "utf-32be", "gb18030",    "euc-jp",      "shift_jis",
                                                  "euc-kr",   "big5",       "iso-2022-jp", "hz-gb-2312"};

void demand(bool holds) {
  if (!holds) std::abort();
}

std::string decoded(const part& of, std::string_view octets, std::size_t cut) {
  text_decoder decoder(of);
  std::string out;
  decoder.decode(out, octets.substr(0, cut));
  decoder.decode(out, octets.substr(cut));
  decoder.finish(out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::string_view octets(reinterpret_cast<const char*>(data) + 3, size - 3);
  part of;
  of.encoding = encodings[data[0] % encodings.size()];
  of.parameters = {{"charset", charsets[data[1] % charsets.size()]}};
  const auto whole = decoded(of, octets, 0);
  demand(valid_utf8_prefix(whole) == whole.size());
  demand(decoded(of, octets, std::min<std::size_t>(data[2], octets.size())) == whole);
  return 0;
}
