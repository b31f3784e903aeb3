#include "store/check/index_rebuild.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "store/check/body_search.hpp"
#include "store/check/index_copy.hpp"
#include "store/check/row_restore.hpp"
#include "store/index_swap.hpp"
#include "store/keys.hpp"
#include "store/last_commit.hpp"
#include "store/rows_segment.hpp"
#include "store/store.hpp"

namespace stagecoach::store {

namespace {

constexpr std::uint64_t copies_at_once = 3;  // the copy, its logs as tables, its tables merged
constexpr std::uint64_t room_beside = 4 * 1024 * 1024;

std::string date_of(unix_ms now) {
  const std::chrono::sys_time<std::chrono::milliseconds> moment{std::chrono::milliseconds(now.value)};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(moment)};
  const auto two = [](unsigned number) { return (number < 10 ? "-0" : "-") + std::to_string(number); };
  return std::to_string(static_cast<int>(day.year())) + two(static_cast<unsigned>(day.month())) +
         two(static_cast<unsigned>(day.day()));
}

class rebuild {
 public:
  rebuild(files& disk, const repair_order& order, const std::string& directory)
      : disk_(disk), order_(order), directory_(directory) {}

  // The copy is there and in order; it is not in its place.
  result<done, failure> make(const std::string& why) {
    for (auto step : {&rebuild::remove_what_was_left, &rebuild::ask_for_room, &rebuild::look_at_bodies}) {
      auto stepped = (this->*step)();
      if (!stepped) return stepped;
    }
    if (is_whole_with_new_current()) {
      report_.steps.push_back("give the index " + path("index") + " a new CURRENT, and nothing else: " + why);
      return done{};
    }
    report_.steps.clear();
    report_.steps.push_back("rebuild the index " + path("index") + " of what can be read of it: " + why);
    // Opening the bodies with the copy may have moved them.
    for (auto step : {&rebuild::remove_what_was_left, &rebuild::look_at_bodies}) {
      auto stepped = (this->*step)();
      if (!stepped) return stepped;
    }
    return make_of_what_can_be_read();
  }

  // Empty: nothing. Then, too, the copy is there.
  result<std::string, failure> what_is_wrong() {
    for (auto step : {&rebuild::remove_what_was_left, &rebuild::look_at_bodies}) {
      auto stepped = (this->*step)();
      if (!stepped) return stepped.error();
    }
    file_status there;
    if (const int seen = disk_.status(path("index"), there); seen < 0)
      return disk_failure(seen, "look at", path("index"));
    if (there.what != file_status::kind::directory) return path("index") + " is missing";
    auto copied = copy_as_it_is(disk_, copy_order());
    if (!copied) return copied.error();
    const auto rows = index::open(disk_, path(rebuilding_name), order_.rows);
    const auto commits = rows ? load_sequence(**rows) : rows.error();
    auto read = commits ? (*rows)->view().scan("", [](auto, auto) { return true; }) : commits.error();
    if (!read && read.error().code != fault_code::corrupt) return read.error();
    if (!read) return in_its_place(read.error().what);
    const auto known = std::max(noted_commit_, found_.newest_sequence);
    if (*commits >= known) return std::string();
    return path("index") + " holds " + std::to_string(*commits) + " commits, and held " + std::to_string(known) +
           ": rows are lost";
  }

  result<std::string, failure> name_to_set_aside() {
    const std::string name = "index.set-aside-" + date_of(order_.now);
    for (int number = 1;; ++number) {
      const std::string tried = number == 1 ? name : name + "." + std::to_string(number);
      file_status found;
      if (const int seen = disk_.status(path(tried), found); seen < 0)
        return disk_failure(seen, "look at", path(tried));
      if (found.what == file_status::kind::none) return tried;
    }
  }

  result<done, failure> remove_what_was_left() {
    for (const auto* name : {rebuilding_name, rebuilt_name})
      if (auto removed = remove_folder(path(name)); !removed) return removed;
    return done{};
  }

  repair_report& report() { return report_; }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/" + name; }

 private:
  // A text that speaks of the copy, of the index.
  [[nodiscard]] std::string in_its_place(std::string text) const {
    for (auto at = text.find(rebuilding_name); at != std::string::npos; at = text.find(rebuilding_name, at + 1))
      text.replace(at, std::string_view(rebuilding_name).size(), "index");
    return text;
  }
  [[nodiscard]] index_copy_order copy_order() const { return {path("index"), path(rebuilding_name), order_.rows}; }

  result<done, failure> ask_for_room() {
    file_status there;
    if (const int seen = disk_.status(path("index"), there); seen < 0)
      return disk_failure(seen, "look at", path("index"));
    if (there.what != file_status::kind::directory)
      return failure{fault_code::corrupt,
                     path("index") + " is missing: nothing of it can be repaired. Put back a copy of " + directory_};
    const auto octets = octets_in(disk_, path("index"));
    if (!octets) return octets.error();
    const std::uint64_t needed = *octets * copies_at_once + room_beside;
    disk_space space;
    if (const int asked = disk_.space(directory_, space); asked < 0) return disk_failure(asked, "look at", directory_);
    if (space.free_bytes >= needed) return done{};
    return failure{fault_code::full, "a repair of " + path("index") + " needs " + std::to_string(needed / 1024) +
                                         " KiB on its disk, of which " + std::to_string(space.free_bytes / 1024) +
                                         " are free"};
  }

  result<done, failure> look_at_bodies() {
    auto found = find_bodies(disk_, path("bodies"));
    if (!found) return found.error();
    found_ = std::move(*found);
    const auto noted = read_last_commit(disk_, directory_);
    if (!noted) return noted.error();
    noted_commit_ = noted->value_or(0);
    return done{};
  }

  // --- nothing but CURRENT is wrong ---

  bool is_whole_with_new_current() {
    const auto copied = copy_with_new_current(disk_, copy_order());
    if (!copied || !copied->left_out.empty()) return false;
    const auto rows = index::open(disk_, path(rebuilding_name), order_.rows);
    if (!rows) return false;
    const auto commits = load_sequence(**rows);
    if (!commits || *commits < noted_commit_ || *commits < found_.newest_sequence || !knows_all_segments(**rows))
      return false;
    const auto bodies = blobs::open(disk_, path("bodies"), **rows, {}, *commits);
    return bodies && check_store(**rows, **bodies).problems.empty();
  }

  // Otherwise opening the bodies would remove some.
  bool knows_all_segments(index& rows) const {
    for (const auto& [number, end] : found_.segments) {
      const auto row = rows.get(segment_key(number));
      if (!row || !*row) return false;
    }
    return true;
  }

  // --- rows are lost ---

  result<done, failure> make_of_what_can_be_read() {
    const auto copied = copy_what_can_be_read(disk_, copy_order());
    if (!copied) return copied.error();
    for (const auto& one : copied->left_out) report_.steps.push_back(one);
    const auto rows = index::open(disk_, path(rebuilding_name), order_.rows);
    if (!rows) return rows.error();
    bool has_rows = false;
    const auto read = (*rows)->view().scan("", [&](auto, auto) { return !(has_rows = true); });
    if (!read) return read.error();
    if (!has_rows)
      return failure{fault_code::corrupt,
                     "nothing of " + path("index") + " can be read. Put back a copy of " + directory_};
    const auto restored = restore_rows(disk_, **rows, {path("bodies"), found_, noted_commit_, order_.now});
    if (!restored) return restored.error();
    for (const auto& step : restored->steps) report_.steps.push_back(step);
    warn(*restored);
    return repair_rows_of(**rows);
  }

  result<done, failure> repair_rows_of(index& rows) {
    const auto commits = load_sequence(rows);
    if (!commits) return commits.error();
    const auto bodies = blobs::open(disk_, path("bodies"), rows, {}, *commits);
    if (!bodies) return bodies.error();
    const auto plan = plan_repair(rows, **bodies);
    if (!plan) return plan.error();
    for (const auto& step : plan->steps) report_.steps.push_back(step);
    row_batch batch;
    for (const auto& [key, value] : plan->rows) value ? batch.put(key, *value) : batch.remove(key);
    auto written = rows.write(std::move(batch));
    if (!written) return written;
    const auto after = check_store(rows, **bodies);
    if (after.problems.empty()) return done{};
    return failure{fault_code::corrupt, "the rebuilt index has " + std::to_string(after.problems.size()) +
                                            " problems that no repair mends, the first: " + after.problems.front() +
                                            ". Put back a copy of " + directory_};
  }

  void warn(const restored_rows& restored) {
    report_.warnings.push_back(
        "rows are lost, and nobody can say which: mails may be missing, removed ones may be there again, and flags, "
        "names "
        "of mailboxes, passwords and keys may be as they once were");
    if (restored.unused_bodies > 0)
      report_.warnings.push_back(std::to_string(restored.unused_bodies) + " bodies of " +
                                 std::to_string(restored.unused_octets) + " octets in " + path("bodies") +
                                 " belong to no message: of removed mail, or of mail whose rows are lost. They go when "
                                 "their segments are rewritten; copy that folder first if mail is missing");
  }

  files& disk_;
  const repair_order& order_;
  std::string directory_;
  repair_report report_;
  found_bodies found_;
  std::uint64_t noted_commit_ = 0;
};

failure unchanged(const failure& why) { return {why.code, why.what + "; nothing was changed"}; }

}  // namespace

result<std::string, failure> why_rebuild(files& disk, const repair_order& order) {
  store_options options;
  options.directory = order.directory;
  const auto held = store::take(disk, std::move(options));
  if (!held) return held.error();
  rebuild one(disk, order, (*held)->directory());
  auto why = one.what_is_wrong();
  auto removed = one.remove_what_was_left();
  if (!why) return unchanged(why.error());
  if (!removed) return removed.error();
  return why;
}

result<repair_report, failure> rebuild_index(files& disk, const repair_order& order, const std::string& why,
                                             const announce_step& announce) {
  store_options options;
  options.directory = order.directory;
  const auto held = store::take(disk, std::move(options));
  if (!held) return held.error();
  rebuild one(disk, order, (*held)->directory());
  auto made = one.make(why);
  if (made) made = sync_folder(disk, one.path(rebuilding_name));
  const auto aside = one.name_to_set_aside();
  if (made && !aside) made = aside.error();
  if (!made) {
    (void)one.remove_what_was_left();
    return unchanged(made.error());
  }
  auto& report = one.report();
  report.steps.push_back("set the index as it is aside, as " + one.path(*aside));
  for (const auto& step : report.steps) announce(step);
  if (order.only_plan) {
    report.after.problems.push_back(why);
    auto removed = one.remove_what_was_left();
    if (!removed) return removed.error();
    return std::move(report);
  }
  auto swapped = swap_index(disk, (*held)->directory(), *aside);
  if (!swapped) return swapped.error();
  report.copy = one.path(*aside);
  return std::move(report);
}

}  // namespace stagecoach::store
