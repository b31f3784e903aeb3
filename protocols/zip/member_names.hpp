// Names of the files in a zip that is made of what others have sent: none leads out of the folder in which it is
// opened, none reads otherwise than it is, none is a device or hidden, and no two are the same (security.md WX08).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace stagecoach::zip {

inline constexpr std::size_t name_bytes_max = 200;  // file systems have 255, some of them less behind an encoding

// What the sender called it, UTF-8 or not; empty: nothing. `media_type`: "image/png", in lower case.
struct wanted_name {
  std::string_view name;
  std::string_view media_type;
};

class member_names {
 public:
  // Of the next member. What has no usable name is told by its place and its type.
  [[nodiscard]] std::string add(const wanted_name& wanted);

 private:
  std::size_t count_ = 0;
  std::set<std::string> taken_;                   // without case: some file systems know none
  std::map<std::string, std::uint32_t> numbers_;  // the last that each got, as `a (2).txt`
};

// ".png"; ".bin" of what is not in a small table.
[[nodiscard]] std::string_view extension_of(std::string_view media_type);

}  // namespace stagecoach::zip
