// A secret of the data directory: made once, kept for ever, read by the server's user only.
#pragma once

#include <filesystem>
#include <string>

#include "actors/runtime/world.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::node {

inline constexpr std::size_t secret_bytes = 32;

// The octets of the file; random ones, which it then holds, if it is not there. corrupt: it is no such file.
[[nodiscard]] result<std::string, failure> read_or_make_secret(const std::filesystem::path& file,
                                                               runtime::random_source& random);

}  // namespace stagecoach::node
