// `stagecoach verify --repair`: makes an index consistent again, rebuilt first when it cannot be opened or not be read
// (index_rebuild.hpp). Counts are recomputed; messages
// that cannot be served (their body, their content or their mailbox is missing or damaged) leave tombstones and are set
// aside with their rows, under set_aside_key, as are TLS public keys of nobody; sessions of nobody are removed; the row
// of a body that no message uses goes, as after an EXPUNGE. What it would do is a plan that can be read first. For a
// store that nobody uses meanwhile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "messages/store.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/result.hpp"
#include "store/check/check_store.hpp"
#include "store/files.hpp"
#include "store/index.hpp"

namespace stagecoach::store {

class blobs;
class store;

struct repair_plan {
  std::vector<std::string> steps;         // for a person, each naming account, mailbox and UID; empty: nothing to do
  std::vector<messages::row_write> rows;  // all of the steps, to be written together
};

// corrupt: not all rows can be read, so that the others would be taken for lost; a copy of the directory is needed.
[[nodiscard]] result<repair_plan, failure> plan_repair(index& rows, blobs& bodies);
// All of the plan or nothing; a copy of the index before it stays beside it, whose path is returned. Only reading is
// allowed then until the store is opened anew: what it knows of its segments is of before.
[[nodiscard]] result<std::string, failure> carry_out(store& in, const repair_plan& plan);

struct repair_order {
  std::string directory;
  bool only_plan = false;  // says what it would do, and leaves everything as it is
  unix_ms now;
  index_options rows;
  files* disk = nullptr;  // the system's when null; tests put faults here
};
struct repair_report {
  std::vector<std::string> steps;
  std::vector<std::string> warnings;  // what nobody can know any more
  std::string copy;                   // of the index before them; empty: nothing was done
  store_report after;                 // what is still wrong
};
using announce_step = std::function<void(const std::string& step)>;
// Announces every step before it does any. Failures as check_directory, and corrupt for a directory of which too little
// is left.
[[nodiscard]] result<repair_report, failure> repair_directory(const repair_order& order, const announce_step& announce);

}  // namespace stagecoach::store
