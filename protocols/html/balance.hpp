// Makes any HTML small and well nested before a tree is built of it: what nests without end, is never closed or closed
// crosswise takes a tree builder square time or its whole stack. Only shown elements are left, each with its end tag
// where the standard would end it, tables with sections and rows, and nothing between cells.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stagecoach::html {

constexpr std::size_t input_bytes_max = 2u << 20;  // far more than a mail that somebody reads
constexpr std::size_t elements_max = 100'000;
constexpr std::size_t depth_max = 200;  // browsers flatten beyond 512, and then the tree is another one

struct balanced {
  std::string html;
  bool is_cut = false;
};
[[nodiscard]] balanced balance(std::string_view html);

}  // namespace stagecoach::html
