#include "store/check/repair.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <unordered_map>

#include "protocols/base/record.hpp"
#include "store/body_digest.hpp"
#include "store/check/account_repair.hpp"
#include "store/check/index_rebuild.hpp"
#include "store/check/public_key_check.hpp"
#include "store/check/session_check.hpp"
#include "store/keys.hpp"
#include "store/rows_segment.hpp"
#include "store/store.hpp"

namespace stagecoach::store {

namespace {

constexpr std::uint64_t read_bytes = 1024 * 1024;

class planner {
 public:
  planner(index& rows, blobs& bodies) : bodies_(bodies), view_(rows.view()) {}

  result<repair_plan, failure> run() {
    judge_bodies();
    mend_accounts();
    scan(set_aside_prefix(set_aside::uses_body), [this](auto, auto value) {
      if (const auto row = read_record<message_row>(value)) ++uses_[row->blob];
    });
    mend_bodies();
    mend_segments();
    mend_public_keys();
    mend_sessions();
    if (unread_) return *unread_;
    return std::move(plan_);
  }

 private:
  template <class Visit>
  void scan(const std::string& prefix, Visit visit) {
    const auto scanned = view_.scan(prefix, [&](std::string_view key, std::string_view value) {
      visit(key, value);
      return true;
    });
    if (!scanned) unread_ = failure{fault_code::corrupt, "not all rows can be read: " + scanned.error().what};
  }

  void judge_bodies() {
    scan(blobs_prefix(), [this](auto key, auto value) {
      const auto hash = parse_blob_key(key);
      const auto row = read_record<blob_row>(value);
      if (hash && row && is_sound(*hash, *row)) good_[*hash] = *row;
    });
  }
  bool is_sound(const blob_hash& hash, const blob_row& row) const {
    body_digest digest;
    body_range range{0, read_bytes};
    do {
      const auto octets = bodies_.read_at(hash, row, range);
      if (!octets) return false;
      digest.add(*octets);
      range.offset += range.length;
    } while (range.offset < row.size);
    return digest.hash() == hash;
  }

  void mend_accounts() {
    std::optional<account_repair> one;
    account_id who;
    const auto end = [&] {
      if (one) one->finish(plan_, [this](const blob_hash& hash) { ++uses_[hash]; });
    };
    scan(all_accounts_prefix(), [&](auto key, auto value) {
      const auto parts = parse_account_key(key);
      if (!parts) return;
      if (!one || parts->account != who) {
        end();
        who = parts->account;
        one.emplace(who, [this](const blob_hash& hash) {
          const auto found = good_.find(hash);
          return found == good_.end() ? std::nullopt : std::optional(found->second.size);
        });
      }
      one->row(key, value);
    });
    end();
  }

  void mend_bodies() {
    scan(blobs_prefix(), [this](auto key, auto value) {
      const auto hash = parse_blob_key(key);
      const auto good = hash ? good_.find(*hash) : good_.end();
      const std::string name = hash ? "body " + to_hex(*hash) : "the row of a body";
      if (good == good_.end()) {
        plan_.steps.push_back("set aside " + name + ": it is damaged");
        plan_.rows.push_back({std::string(key), std::nullopt});
        plan_.rows.push_back({set_aside_key(set_aside::other, key), std::string(value)});
        return;
      }
      auto row = good->second;
      const auto used = uses_.contains(*hash) ? uses_[*hash] : 0;
      if (used == 0) {
        plan_.steps.push_back("let go of " + name + ", " + std::to_string(row.size) + " octets: nobody uses it");
        plan_.rows.push_back({std::string(key), std::nullopt});
        return;
      }
      live_[row.segment] += record_bytes(row.size);
      if (row.references == used) return;
      plan_.steps.push_back("recount the users of " + name);
      row.references = used;
      plan_.rows.push_back({std::string(key), write_record(row)});
    });
  }

  void mend_segments() {
    scan(segments_prefix(), [this](auto key, auto value) {
      const auto number = parse_segment_key(key);
      auto row = read_record<segment_row>(value);
      if (!number || !row) return;
      const auto live = live_.contains(*number) ? live_[*number] : 0;
      const std::string name = "segment " + std::to_string(*number);
      const auto bytes = row->is_dead ? row->bytes : octets_of(*number);
      if (!bytes && live == 0) {
        plan_.steps.push_back("forget " + name + ": its file is gone");
        plan_.rows.push_back({std::string(key), std::nullopt});
        return;
      }
      const bool is_cut = bytes && *bytes < row->bytes;
      if (!is_cut && row->live_bytes == live) return;
      if (is_cut) {
        plan_.steps.push_back("know less of " + name + ": its file is cut from " + std::to_string(row->bytes) + " to " +
                              std::to_string(*bytes) + " octets");
        row->bytes = *bytes;
        row->is_sealed = true;
      }
      if (row->live_bytes != live) plan_.steps.push_back("recount what is in use of " + name);
      row->live_bytes = live;
      plan_.rows.push_back({std::string(key), write_record(*row)});
    });
  }

  // None: there is no such file.
  std::optional<std::uint64_t> octets_of(std::uint32_t segment) {
    const auto opened = bodies_.segment_file(segment);
    if (!opened && opened.error().code == fault_code::not_found) return std::nullopt;
    const auto size = opened ? (*opened)->size() : opened.error();
    if (!size) unread_ = size.error();
    return size ? *size : 0;
  }

  void mend_public_keys() {
    const auto source = [this](std::string_view prefix, const visit_row& visit) { return view_.scan(prefix, visit); };
    const auto read = find_wrong_public_keys(source, [this](auto key, auto value, const std::string& what) {
      plan_.steps.push_back("set aside " + what);
      plan_.rows.push_back({std::string(key), std::nullopt});
      plan_.rows.push_back({set_aside_key(set_aside::other, key), std::string(value)});
    });
    if (!read) unread_ = failure{fault_code::corrupt, "not all rows can be read: " + read.error().what};
  }

  // Who has one of them signs in anew.
  void mend_sessions() {
    const auto source = [this](std::string_view prefix, const visit_row& visit) { return view_.scan(prefix, visit); };
    const auto read = find_wrong_sessions(source, [this](auto key, auto, const std::string& what) {
      plan_.steps.push_back("remove " + what);
      plan_.rows.push_back({std::string(key), std::nullopt});
    });
    if (!read) unread_ = failure{fault_code::corrupt, "not all rows can be read: " + read.error().what};
  }

  blobs& bodies_;
  index_view view_;
  repair_plan plan_;
  std::optional<failure> unread_;
  std::unordered_map<blob_hash, blob_row> good_;
  std::unordered_map<blob_hash, std::uint64_t> uses_;
  std::map<std::uint32_t, std::uint64_t> live_;  // by segment
};

}  // namespace

result<repair_plan, failure> plan_repair(index& rows, blobs& bodies) { return planner(rows, bodies).run(); }

result<std::string, failure> carry_out(store& in, const repair_plan& plan) {
  namespace fs = std::filesystem;
  const fs::path index = fs::path(in.directory()) / "index";
  fs::path copy;
  for (int number = 1; copy.empty() || fs::exists(copy); ++number)
    copy = in.directory() + "/index.before-repair." + std::to_string(number);
  std::error_code error;
  fs::copy(index, copy, fs::copy_options::recursive, error);
  if (error)
    return failure{fault_code::disk, "cannot copy " + index.string() + " to " + copy.string() + ": " + error.message() +
                                         "; nothing was changed"};
  row_batch batch;
  for (const auto& [key, value] : plan.rows) {
    if (value)
      batch.put(key, *value);
    else
      batch.remove(key);
  }
  const auto written = in.rows().write(std::move(batch));
  if (!written) return written.error();
  return copy.string();
}

namespace {

store_options options_of(const repair_order& order) {
  store_options options;
  options.directory = order.directory;
  options.rows = order.rows;
  return options;
}

// None: there is something that only a rebuilt index can mend, which is `why`.
result<std::optional<repair_report>, failure> repair_rows(files& disk, const repair_order& order,
                                                          const announce_step& announce, std::string& why) {
  const auto opened = open_existing(disk, options_of(order));
  if (!opened && opened.error().code != fault_code::corrupt) return opened.error();
  auto plan = opened ? plan_repair((*opened)->rows(), (*opened)->bodies()) : opened.error();
  if (!plan && plan.error().code != fault_code::corrupt) return plan.error();
  if (!plan) {
    why = plan.error().what;
    return std::optional<repair_report>();
  }
  repair_report report;
  report.steps = plan->steps;
  for (const auto& step : report.steps) announce(step);
  if (!order.only_plan && !plan->steps.empty()) {
    auto done_it = carry_out(**opened, *plan);
    if (!done_it) return done_it.error();
    report.copy = std::move(*done_it);
  }
  report.after = check_store(**opened);
  return std::optional(std::move(report));
}

}  // namespace

result<repair_report, failure> repair_directory(const repair_order& order, const announce_step& announce) {
  const auto system = make_system_files();
  files& disk = order.disk != nullptr ? *order.disk : *system;
  std::error_code error;
  if (!std::filesystem::is_directory(order.directory, error))
    return failure{fault_code::not_found, "there is no data directory " + order.directory};
  auto why = why_rebuild(disk, order);
  if (!why) return why.error();
  if (why->empty()) {
    auto repaired = repair_rows(disk, order, announce, *why);
    if (!repaired) return repaired.error();
    if (*repaired) return std::move(**repaired);
  }
  auto rebuilt = rebuild_index(disk, order, *why, announce);
  if (!rebuilt) return rebuilt.error();
  repair_report report = std::move(*rebuilt);
  if (order.only_plan) return report;
  const auto opened = open_existing(disk, options_of(order));
  if (!opened)
    return failure{opened.error().code, opened.error().what +
                                            "; the rebuilt index is in its place and the damaged one is " +
                                            report.copy + ": run stagecoach verify again"};
  report.after = check_store(**opened);
  return report;
}

}  // namespace stagecoach::store
