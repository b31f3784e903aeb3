#include "store/index_swap.hpp"

namespace stagecoach::store {

namespace {

result<done, failure> rename_durably(files& disk, const std::string& directory, const std::string& from,
                                     const std::string& to) {
  if (const int renamed = disk.rename(directory + "/" + from, directory + "/" + to); renamed < 0)
    return disk_failure(renamed, "rename", directory + "/" + from);
  if (const int synced = disk.sync_directory(directory); synced < 0) return disk_failure(synced, "sync", directory);
  return done{};
}

result<bool, failure> is_there(files& disk, const std::string& path) {
  file_status found;
  if (const int seen = disk.status(path, found); seen < 0) return disk_failure(seen, "look at", path);
  return found.what != file_status::kind::none;
}

}  // namespace

result<done, failure> swap_index(files& disk, const std::string& directory, const std::string& aside) {
  const auto ready = rename_durably(disk, directory, rebuilding_name, rebuilt_name);
  if (!ready) return failure{ready.error().code, ready.error().what + "; nothing was changed"};
  auto gone = rename_durably(disk, directory, "index", aside);
  if (gone) gone = rename_durably(disk, directory, rebuilt_name, "index");
  if (gone) return done{};
  // Back to where it was, unless the new one is in its place already and only its sync has failed.
  const auto in_place = is_there(disk, directory + "/index");
  if (in_place && !*in_place && disk.rename(directory + "/" + aside, directory + "/index") == 0)
    return failure{gone.error().code, gone.error().what + "; nothing was changed"};
  return failure{gone.error().code, gone.error().what + "; run stagecoach verify on " + directory +
                                        " to see which index is in its place. The damaged one is index or " + aside};
}

result<done, failure> finish_swap(files& disk, const std::string& directory) {
  const auto has_index = is_there(disk, directory + "/index");
  if (!has_index) return has_index.error();
  if (*has_index) return done{};
  const auto has_rebuilt = is_there(disk, directory + "/" + rebuilt_name);
  if (!has_rebuilt) return has_rebuilt.error();
  if (!*has_rebuilt) return done{};
  return rename_durably(disk, directory, rebuilt_name, "index");
}

}  // namespace stagecoach::store
