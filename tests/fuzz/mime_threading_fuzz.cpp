// What messages are threaded by: "Message-ID NUL References NUL In-Reply-To", and all of it as a subject. What is
// canonical reads as itself, ids have no white space and no brackets, and nothing grows beyond its limits.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "protocols/base/utf8.hpp"
#include "protocols/mime/base_subject.hpp"
#include "protocols/mime/message_id.hpp"
#include "protocols/text/collation.hpp"

using namespace stagecoach;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

std::string_view take_value(std::string_view& text) {
  const auto end = std::min(text.find('\0'), text.size());
  const auto value = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return value;
}

void is_canonical(const std::string& id) {
  demand(!id.empty() && id.size() <= mime::canonical_id_bytes_max);
  demand(id.find_first_of(" \t\r\n<>") == std::string::npos);
  demand(mime::canonical_message_id("<" + id + ">") == id);
  demand(mime::referenced_ids("<" + id + ">", "") == std::vector<std::string>{id});
}

void check_ids(std::string_view text) {
  const auto message_id = take_value(text);
  if (const auto id = mime::canonical_message_id(message_id); !id.empty()) is_canonical(id);
  const auto references = take_value(text);
  const auto in_reply_to = take_value(text);
  auto ids = mime::referenced_ids(references, in_reply_to);
  demand(ids.size() <= mime::referenced_ids_max);
  std::for_each(ids.begin(), ids.end(), is_canonical);
  std::sort(ids.begin(), ids.end());
  demand(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
}

void check_subject(std::string_view text) {
  const auto base = mime::base_subject_of(text).text;
  demand(base.size() <= std::min(fold_case(text).size(), mime::base_subject_bytes_max));
  demand(is_utf8(base) || !is_utf8(text));
  demand(base.find('\0') == std::string::npos && base.find("  ") == std::string::npos);
  demand(mime::base_subject_of(base).text == base);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_ids(text);
  check_subject(text);
  return 0;
}
