// The order of commits, whoever keeps it: one node's disk (store/local_commit_log.hpp) or a shard's replicated log. A
// commit is all or nothing, and answered only when it can no longer be lost. Called by the store_writer actor.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "messages/store.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::store {

// Called once for each commit, on the thread of `append` or a later one, in the order of the commits.
using commit_answer = std::function<void(result<messages::committed, failure>)>;

struct pending_commit {
  messages::commit what;
  commit_answer answer;
};

struct commit_counters {
  std::uint64_t commits = 0;        // answered with success
  std::uint64_t refused = 0;        // answered with a failure
  std::uint64_t groups = 0;         // written
  std::uint64_t syncs = 0;          // of files and directories, the index's own included
  std::uint64_t bodies = 0;         // stored
  std::uint64_t body_bytes = 0;     // of these
  std::uint64_t bodies_shared = 0;  // that were there already
  std::uint64_t rewritten_bytes = 0;
};

inline constexpr std::size_t group_commits_max = 256;          // of one group: measured, see docs/formats/segments.md
inline constexpr std::uint64_t group_bytes_max = 1024 * 1024;  // of new bodies in one group; a larger one goes alone

class commit_log {
 public:
  virtual ~commit_log() = default;

  // Commits that wait together share their syncs. More than fit one group are written as several. noexcept: what throws
  // in the middle, for want of memory, ends the process, since LevelDB and what is remembered of it are half changed
  // then.
  virtual void append(std::vector<pending_commit> commits) noexcept = 0;

  // What a committer writes into its commits; to be asked before it loads the rows that they rest on. After a refused
  // commit the same committer's later ones are refused as well (busy) until it has loaded its rows again; after a write
  // of unknown outcome everybody's are. Any thread.
  [[nodiscard]] virtual std::uint64_t generation() const = 0;

  // A bounded piece of housekeeping; true while there is more to do. On the thread of append.
  [[nodiscard]] virtual bool tidy() noexcept = 0;

  [[nodiscard]] virtual commit_counters counters() const = 0;  // any thread
};

}  // namespace stagecoach::store
