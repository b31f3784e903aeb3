// What is left of a subject when all that answering, forwarding and mailing lists put around it is taken away (RFC 5256
// 2.1): messages with the same base subject may belong to one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stagecoach::mime {

inline constexpr std::size_t base_subject_bytes_max = 2000;  // two lines of RFC 5322 2.1.1: longer ones differ before

struct base_subject {
  std::string text;       // case folded, one space between words; empty: nothing to compare
  bool is_reply = false;  // or forwarded
};

// Of a subject whose encoded words are read (decoded_text). Of a longer one, its start.
[[nodiscard]] base_subject base_subject_of(std::string_view decoded_subject_utf8);

}  // namespace stagecoach::mime
