#include "store/local_commit_log.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <limits>

#include "protocols/base/record.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

namespace {

// Whose commit it is, for what becomes stale together: the account of its first row; 0 for the directory's.
std::uint64_t committer_of(const messages::commit& what) {
  if (what.rows.empty()) return 0;
  const auto parts = parse_account_key(what.rows.front().key);
  return parts ? parts->account.value : 0;
}

std::uint64_t new_bytes_of(const messages::commit& what) {
  std::uint64_t bytes = 0;
  for (const auto& use : what.blobs)
    if (use.staged.value != 0) bytes += use.size;
  return bytes;
}

// How many of the commits make the next group: a body above the limit goes alone.
std::size_t group_size(std::span<const pending_commit> commits) {
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  for (const auto& one : commits) {
    bytes += new_bytes_of(one.what);
    if (count == group_commits_max || (count > 0 && bytes > group_bytes_max)) break;
    ++count;
  }
  return count;
}

std::string name_of(const blob_hash& hash) { return "the body " + to_hex(hash); }

}  // namespace

result<std::uint64_t, failure> load_sequence(index& rows) {
  auto stored = rows.get(sequence_key());
  if (!stored) return stored.error();
  if (!*stored) return std::uint64_t{0};
  auto row = read_record<sequence_row>(**stored);
  if (!row) return failure{fault_code::corrupt, "the number of commits in the index cannot be read"};
  return row->commits;
}

local_commit_log::local_commit_log(files& disk, index& rows, blobs& bodies, staging& arriving, space_reserve reserve,
                                   std::uint64_t sequence)
    : disk_(disk),
      rows_(rows),
      bodies_(bodies),
      arriving_(arriving),
      reserve_(reserve),
      ledger_(rows, bodies),
      rewriter_(bodies, ledger_),
      sequence_(sequence) {}

void local_commit_log::append(std::vector<pending_commit> commits) noexcept {
  std::span<pending_commit> rest = commits;
  while (!rest.empty()) {
    const std::size_t count = group_size(rest);
    write_group(rest.first(count));
    rest = rest.subspan(count);
  }
  arriving_.sweep();
}

commit_counters local_commit_log::counters() const {
  const auto value = [](const std::atomic<std::uint64_t>& counter) { return counter.load(std::memory_order_relaxed); };
  commit_counters now;
  now.commits = value(counted_.commits);
  now.refused = value(counted_.refused);
  now.groups = value(counted_.groups);
  now.syncs = bodies_.syncs() + rows_.syncs();
  now.bodies = value(counted_.bodies);
  now.body_bytes = value(counted_.body_bytes);
  now.bodies_shared = value(counted_.shared);
  now.rewritten_bytes = value(counted_.rewritten);
  return now;
}

// --- who may commit ---

bool local_commit_log::is_stale(const messages::commit& what) const {
  if (what.generation < oldest_valid_ || what.generation > generation()) return true;
  const auto found = stale_up_to_.find(committer_of(what));
  return found != stale_up_to_.end() && what.generation <= found->second;
}

// The committer's later commits rest on the one that failed: those on their way are refused until it has loaded again.
void local_commit_log::make_stale(const messages::commit& what) {
  stale_up_to_[committer_of(what)] = generation();
  generation_.fetch_add(1, std::memory_order_acq_rel);
}

// --- a group ---

void local_commit_log::write_group(std::span<pending_commit> commits) {
  group one;
  failures failed = admit_all(commits, one);
  const auto admitted = static_cast<std::uint64_t>(std::count(failed.begin(), failed.end(), std::nullopt));
  const std::uint64_t before = sequence_;
  std::optional<failure> why;
  if (admitted > 0) why = write_out(one, before + admitted);
  for (std::size_t i = 0; why && i < commits.size(); ++i) {
    if (failed[i]) continue;
    failed[i] = why;
    make_stale(commits[i].what);
  }
  // Opened again before anybody is answered, so that who loads again finds the rows as they will stay.
  if (must_reload_) (void)make_ready();
  std::uint64_t position = before;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    auto& counter = failed[i] ? counted_.refused : counted_.commits;
    counter.fetch_add(1, std::memory_order_relaxed);
    if (failed[i]) {
      commits[i].answer(*failed[i]);
    } else {
      commits[i].answer(messages::committed{++position});
    }
  }
}

// What is admitted is in the group, the others have their failure.
local_commit_log::failures local_commit_log::admit_all(std::span<const pending_commit> commits, group& into) {
  failures failed(commits.size());
  const auto why_not = make_ready();
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const auto& what = commits[i].what;
    if (is_stale(what)) {
      failed[i] = failure{fault_code::busy, "an earlier commit was refused; the rows have to be loaded again"};
      continue;
    }
    failed[i] = why_not ? why_not : admit(what, into);
    if (failed[i]) make_stale(what);
  }
  return failed;
}

std::optional<failure> local_commit_log::make_ready() {
  if (is_read_only())
    return failure{fault_code::disk,
                   "the store is read-only: a sync failed; a new start recovers what was acknowledged"};
  auto opened = rows_.make_writable();
  if (!opened) return opened.error();
  if (*opened) must_reload_ = true;
  return must_reload_ ? reload() : std::nullopt;
}

std::optional<failure> local_commit_log::reload() {
  ledger_.forget();
  auto sequence = load_sequence(rows_);
  if (!sequence) return sequence.error();
  auto reloaded = bodies_.reload();
  if (!reloaded) return reloaded.error();
  sequence_ = *sequence;
  oldest_valid_ = generation_.fetch_add(1, std::memory_order_acq_rel) + 1;
  stale_up_to_.clear();
  must_reload_ = false;
  return std::nullopt;
}

std::optional<failure> local_commit_log::admit(const messages::commit& what, group& into) {
  if (auto refused = admit_bodies(what, into)) return refused;
  for (const auto& row : what.rows) {
    if (row.value) {
      into.batch.put(row.key, *row.value);
    } else {
      into.batch.remove(row.key);
    }
  }
  return std::nullopt;
}

std::optional<failure> local_commit_log::admit_bodies(const messages::commit& what, group& into) {
  if (what.blobs.empty()) return std::nullopt;
  std::unordered_map<blob_hash, body_change> changes;
  for (const auto& use : what.blobs) {
    auto& change = changes[use.hash];
    change.delta += use.delta;
    if (use.staged.value != 0) change.staged = &use;
  }
  group planned;
  std::vector<std::pair<blob_hash, blob_row>> rows;
  for (const auto& [hash, change] : changes)
    if (auto refused = plan(hash, change, planned, rows)) return refused;
  if (planned.body_bytes > 0 && !into.room) into.room = room();
  if (planned.body_bytes > 0 && into.body_bytes + planned.body_bytes > *into.room)
    return failure{fault_code::full, "the disk of " + bodies_.directory() + " has no room for new mail"};
  for (const auto& [hash, row] : rows) ledger_.put(hash, row);
  std::move(planned.bodies.begin(), planned.bodies.end(), std::back_inserter(into.bodies));
  into.body_bytes += planned.body_bytes;
  into.shared += planned.shared;
  return std::nullopt;
}

// What becomes of one body's row, and whether its octets have to be stored.
std::optional<failure> local_commit_log::plan(const blob_hash& hash, const body_change& change, group& into,
                                              std::vector<std::pair<blob_hash, blob_row>>& rows) {
  auto found = ledger_.find(hash);
  if (!found) return found.error();
  if (!*found && change.delta < 0)
    return failure{fault_code::corrupt, name_of(hash) + " is to be used less, but is not in the index"};
  if (!*found && change.staged == nullptr)
    return failure{fault_code::not_found, name_of(hash) + " is not in the index"};
  blob_row row = found->value_or(blob_row{});
  if (change.delta < 0 && row.references < static_cast<std::uint64_t>(-change.delta))
    return failure{fault_code::corrupt, name_of(hash) + " is to be used less often than never"};
  row.references += static_cast<std::uint64_t>(change.delta);
  // Mail that has arrived is not entrusted to a body that cannot be read: it is stored again, which heals its other
  // users.
  const bool is_damaged =
      *found && change.staged != nullptr && !ledger_.is_fresh(hash) && !bodies_.verify(hash, **found);
  if (!*found || is_damaged) {
    auto body = staged_for(*change.staged);
    if (!body) return body.error();
    row.size = (*body)->body().size;
    into.body_bytes += row.size;
    into.bodies.push_back({hash, std::move(*body), is_damaged ? *found : std::nullopt});
  } else if (change.staged != nullptr) {
    ++into.shared;
  }
  rows.emplace_back(hash, row);
  return std::nullopt;
}

result<std::shared_ptr<const staged>, failure> local_commit_log::staged_for(const messages::blob_use& use) const {
  auto body = arriving_.find(use.staged);
  if (!body || !body->is_finished())
    return failure{fault_code::not_found, name_of(use.hash) + " has not arrived, or was discarded"};
  if (body->body().hash != use.hash)
    return failure{fault_code::corrupt, name_of(use.hash) + " is not the one that has arrived"};
  return body;
}

// Octets of new bodies that the disk can take without touching the reserve.
std::uint64_t local_commit_log::room() const {
  constexpr auto unlimited = std::numeric_limits<std::uint64_t>::max();
  disk_space space;
  if (disk_.space(bodies_.directory(), space) < 0) return unlimited;  // the write will tell
  const std::uint64_t kept = std::min(reserve_.bytes, space.all_bytes / 100 * reserve_.percent);
  if (kept == 0) return unlimited;
  return space.free_bytes > kept ? space.free_bytes - kept : 0;
}

std::optional<failure> local_commit_log::write_out(group& from, std::uint64_t sequence) {
  auto why = store_bodies(from);
  if (why) {
    undo();
    return why;
  }
  why = write_batch(from.batch, sequence);
  if (why) return why;
  counted_.bodies.fetch_add(from.bodies.size(), std::memory_order_relaxed);
  counted_.body_bytes.fetch_add(from.body_bytes, std::memory_order_relaxed);
  counted_.shared.fetch_add(from.shared, std::memory_order_relaxed);
  return std::nullopt;
}

std::optional<failure> local_commit_log::store_bodies(const group& from) {
  std::vector<std::pair<blob_hash, body_place>> stored;
  std::vector<new_body> appended;
  std::deque<std::string> loaded;
  for (const auto& one : from.bodies) {
    const auto& body = one.from->body();
    if (one.damaged) bodies_.drop(*one.damaged);
    if (one.from->is_synced()) {
      auto place = bodies_.adopt(*one.from);
      if (!place) return place.error();
      stored.emplace_back(body.hash, *place);
    } else if (one.from->is_in_memory()) {
      appended.push_back({body.hash, one.from->octets()});
    } else {
      auto octets = read_body(one.from->on_disk(), segment_header_bytes, {body.hash, body.size}, {0, body.size});
      if (!octets) return octets.error();
      appended.push_back({body.hash, loaded.emplace_back(std::move(*octets))});
    }
  }
  if (!appended.empty()) {
    auto places = bodies_.append(appended, sequence_);
    if (!places) return places.error();
    for (std::size_t i = 0; i < appended.size(); ++i) stored.emplace_back(appended[i].hash, (*places)[i]);
  }
  for (const auto& [hash, place] : stored) {
    auto row = ledger_.find(hash);
    CHECK_STORE(row && *row);
    (*row)->segment = place.segment;
    (*row)->offset = place.offset;
    ledger_.put(hash, **row);
  }
  return std::nullopt;
}

// Everything that the ledger and the bodies have changed, and `batch`, becomes durable; or the outcome is unknown.
std::optional<failure> local_commit_log::write_batch(row_batch& batch, std::uint64_t sequence) {
  auto synced = bodies_.sync();
  if (!synced) {
    is_read_only_.store(true, std::memory_order_release);
    return failure{fault_code::disk, synced.error().what};
  }
  ledger_.put_rows(batch);
  bodies_.put_rows(batch);
  batch.put(sequence_key(), write_record(sequence_row{sequence}));
  auto written = rows_.write(std::move(batch));
  if (!written) {
    must_reload_ = true;
    if (rows_.is_read_only()) is_read_only_.store(true, std::memory_order_release);
    return written.error();
  }
  ledger_.settle();
  bodies_.settle();
  sequence_ = sequence;
  counted_.groups.fetch_add(1, std::memory_order_relaxed);
  return std::nullopt;
}

void local_commit_log::undo() {
  ledger_.undo();
  bodies_.undo();
}

// --- housekeeping ---

bool local_commit_log::tidy() noexcept {
  arriving_.sweep();
  if (make_ready()) return false;
  auto slice = rewriter_.copy_some(sequence_);
  if (!slice) {
    rewriter_.undone();
    undo();
    return false;
  }
  if (*slice == segment_rewriter::slice::none) return false;
  if (*slice == segment_rewriter::slice::unchanged) return true;
  row_batch batch;
  if (write_batch(batch, sequence_)) {
    rewriter_.undone();
    return false;
  }
  rewriter_.settled();
  counted_.rewritten.fetch_add(rewriter_.copied_bytes(), std::memory_order_relaxed);
  return true;
}

}  // namespace stagecoach::store
