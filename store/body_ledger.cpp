#include "store/body_ledger.hpp"

#include "protocols/base/record.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

namespace {

constexpr std::size_t known_max = 4096;  // rows; some 400 KB

}  // namespace

result<std::optional<blob_row>, failure> body_ledger::find(const blob_hash& hash) {
  if (const auto found = changed_.find(hash); found != changed_.end()) return std::optional(found->second);
  if (const auto found = known_.find(hash); found != known_.end()) return std::optional(found->second);
  auto stored = rows_.get(blob_key(hash));
  if (!stored) return stored.error();
  if (!*stored) return std::optional<blob_row>();
  auto row = read_record<blob_row>(**stored);
  if (!row) return failure{fault_code::corrupt, "the row of the body " + to_hex(hash) + " cannot be read"};
  return std::optional(*row);
}

void body_ledger::put_rows(row_batch& batch) {
  for (const auto& [hash, row] : changed_) {
    if (row.references > 0) {
      batch.put(blob_key(hash), write_record(row));
    } else {
      batch.remove(blob_key(hash));
      bodies_.drop(row);
    }
  }
}

void body_ledger::settle() {
  if (known_.size() + changed_.size() > known_max) known_.clear();
  for (const auto& [hash, row] : changed_) {
    if (row.references > 0) {
      known_[hash] = row;
    } else {
      known_.erase(hash);
    }
  }
  changed_.clear();
}

void body_ledger::forget() {
  changed_.clear();
  known_.clear();
}

}  // namespace stagecoach::store
