// Everything that must hold in a data directory: the rows of every account, and the bodies that they refer to. Called
// by `stagecoach verify`, and by a node that was asked to check itself when it stops. Nobody writes meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocols/base/result.hpp"

namespace stagecoach::store {

class blobs;
class files;
class index;
class store;
struct store_options;

struct store_report {
  std::uint64_t accounts = 0;
  std::uint64_t messages = 0;
  std::uint64_t bodies = 0;
  std::vector<std::string> problems;  // empty: all is well
};

[[nodiscard]] store_report check_store(store& what);
[[nodiscard]] store_report check_store(index& rows, blobs& bodies);
// A directory that is there; a missing one is not made. not_found, and what store::open says. `disk` outlives it.
[[nodiscard]] result<std::unique_ptr<store>, failure> open_existing(files& disk, store_options options);
// Opens the directory first, which also puts in order what a crash left behind. A directory that is too damaged to be
// opened is a problem; one that is in use, missing or of a newer version is a failure.
[[nodiscard]] result<store_report, failure> check_directory(const std::string& directory);

}  // namespace stagecoach::store
