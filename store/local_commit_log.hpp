// The commit log of one node: bodies appended and synced, then one synced batch of the index, then the answers
// (docs/formats/segments.md). Nothing here knows actors; everything but generation and counters belongs to one thread,
// which may block.
#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/blobs.hpp"
#include "store/body_ledger.hpp"
#include "store/commit_log.hpp"
#include "store/index.hpp"
#include "store/segment_rewriter.hpp"
#include "store/staging.hpp"

namespace stagecoach::store {

// Room that is left free on the disk: commits that bring new bodies are refused (full) below it, so that flags and
// deletions still work. The smaller of the two counts.
struct space_reserve {
  std::uint64_t bytes = 256ULL * 1024 * 1024;
  unsigned percent = 5;
};

// How many commits the index holds.
[[nodiscard]] result<std::uint64_t, failure> load_sequence(index& rows);

class local_commit_log final : public commit_log {
 public:
  // `sequence`: how many commits the index holds.
  local_commit_log(files& disk, index& rows, blobs& bodies, staging& arriving, space_reserve reserve,
                   std::uint64_t sequence);

  void append(std::vector<pending_commit> commits) noexcept override;
  [[nodiscard]] std::uint64_t generation() const override { return generation_.load(std::memory_order_acquire); }
  [[nodiscard]] bool tidy() noexcept override;
  [[nodiscard]] commit_counters counters() const override;
  // How many commits the index holds for certain. When nobody appends.
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }

  // A sync failed: what reached the disk is not known, and every commit is refused (disk) until a new start.
  [[nodiscard]] bool is_read_only() const { return is_read_only_.load(std::memory_order_acquire); }

 private:
  struct arriving_body {
    blob_hash hash;
    std::shared_ptr<const staged> from;
    std::optional<blob_row> damaged;  // where it was, but cannot be read any more
  };
  struct group {
    std::vector<arriving_body> bodies;
    std::uint64_t body_bytes = 0;
    std::uint64_t shared = 0;
    std::optional<std::uint64_t> room;  // asked of the disk once for all
    row_batch batch;
  };
  struct body_change {  // by one commit, all of its uses together
    std::int64_t delta = 0;
    const messages::blob_use* staged = nullptr;
  };
  using failures = std::vector<std::optional<failure>>;

  void write_group(std::span<pending_commit> commits);
  [[nodiscard]] failures admit_all(std::span<const pending_commit> commits, group& into);
  [[nodiscard]] std::optional<failure> make_ready();
  [[nodiscard]] std::optional<failure> reload();
  [[nodiscard]] std::optional<failure> admit(const messages::commit& what, group& into);
  [[nodiscard]] std::optional<failure> admit_bodies(const messages::commit& what, group& into);
  [[nodiscard]] std::optional<failure> plan(const blob_hash& hash, const body_change& change, group& into,
                                            std::vector<std::pair<blob_hash, blob_row>>& rows);
  [[nodiscard]] result<std::shared_ptr<const staged>, failure> staged_for(const messages::blob_use& use) const;
  [[nodiscard]] std::uint64_t room() const;
  [[nodiscard]] std::optional<failure> write_out(group& from, std::uint64_t sequence);
  [[nodiscard]] std::optional<failure> store_bodies(const group& from);
  [[nodiscard]] std::optional<failure> write_batch(row_batch& batch, std::uint64_t sequence);
  void undo();
  [[nodiscard]] bool is_stale(const messages::commit& what) const;
  void make_stale(const messages::commit& what);

  files& disk_;
  index& rows_;
  blobs& bodies_;
  staging& arriving_;
  space_reserve reserve_;
  body_ledger ledger_;
  segment_rewriter rewriter_;
  std::uint64_t sequence_;
  bool must_reload_ = false;  // the outcome of the last write is not known

  std::atomic<bool> is_read_only_{false};
  std::atomic<std::uint64_t> generation_{1};
  std::uint64_t oldest_valid_ = 1;                                // of every committer
  std::unordered_map<std::uint64_t, std::uint64_t> stale_up_to_;  // of one, by its account

  struct {
    std::atomic<std::uint64_t> commits{0}, refused{0}, groups{0}, bodies{0}, body_bytes{0}, shared{0}, rewritten{0};
  } counted_;
};

}  // namespace stagecoach::store
