// What the files of a zip are called, whatever a sender called them: each line a name. None is a path, none is read
// otherwise than it is, none is there twice, and the archive holds what was put into it under the same names.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "protocols/base/utf8.hpp"
#include "protocols/text/collation.hpp"
#include "protocols/zip/member_names.hpp"
#include "protocols/zip/writer.hpp"

using namespace stagecoach;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void is_file_name(const std::string& name) {
  demand(!name.empty() && name.size() <= zip::name_bytes_max && is_utf8(name));
  demand(name.find_first_of("/\\:*?\"<>|") == std::string::npos);
  for (const char c : name) demand(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  for (const std::string_view turning : {"\xe2\x80\xae", "\xe2\x80\xab", "\xe2\x81\xa7", "\xef\xbb\xbf"})
    demand(name.find(turning) == std::string::npos);
  demand(name.front() != '.' && name.front() != '-' && name.front() != ' ' && name.back() != '.' && name.back() != ' ');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  zip::member_names names;
  std::set<std::string> all;
  zip::writer archive(size % 2 == 0 ? zip::extent::small : zip::extent::large, static_cast<std::int64_t>(size) - 10);
  std::string octets;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto name = names.add({line, line});
    is_file_name(name);
    demand(all.insert(fold_case(name)).second);
    archive.begin(octets, name);
    demand(octets.find(name) != std::string::npos);
    archive.add(octets, line);
  }
  archive.finish(octets);
  demand(octets.find("PK\5\6") != std::string::npos);
  return 0;
}
