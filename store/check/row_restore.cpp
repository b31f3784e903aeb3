#include "store/check/row_restore.hpp"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

#include "protocols/base/record.hpp"
#include "protocols/mime/part_scanner.hpp"
#include "store/account/create.hpp"
#include "store/blobs.hpp"
#include "store/check/account_restore.hpp"
#include "store/keys.hpp"
#include "store/rows_segment.hpp"
#include "store/segment.hpp"
#include "store/store.hpp"

namespace stagecoach::store {

namespace {

constexpr std::size_t batch_bytes = 4 * 1024 * 1024;
constexpr std::uint64_t read_bytes = 1024 * 1024;

class restorer {
 public:
  restorer(files& disk, index& rows, const row_restore_order& order) : disk_(disk), rows_(rows), order_(order) {}

  result<restored_rows, failure> run() {
    for (auto step : {&restorer::restore_accounts, &restorer::restore_bodies, &restorer::restore_segments,
                      &restorer::restore_numbers, &restorer::end_sessions}) {
      auto stepped = (this->*step)();
      if (!stepped) return stepped.error();
    }
    for (const auto& [hash, places] : order_.found.places) {
      if (uses_.contains(hash)) continue;
      ++done_.unused_bodies;
      done_.unused_octets += places.front().size;
    }
    return std::move(done_);
  }

 private:
  result<done, failure> write(repair_plan plan) {
    for (auto& step : plan.steps) done_.steps.push_back(std::move(step));
    row_batch batch;
    for (const auto& [key, value] : plan.rows) {
      if (value)
        batch.put(key, *value);
      else
        batch.remove(key);
      if (batch.bytes() < batch_bytes) continue;
      auto written = rows_.write(std::exchange(batch, row_batch()));
      if (!written) return written;
    }
    return rows_.write(std::move(batch));
  }

  // --- accounts ---

  result<done, failure> restore_accounts() {
    const auto view = rows_.view();
    std::map<account_id, std::string> logins;
    auto read = view.scan(logins_prefix(), [&](auto key, auto value) {
      const auto name = parse_login_key(key);
      const auto row = read_record<login_row>(value);
      if (name && row) logins.emplace(row->account, *name);
      return true;
    });
    if (!read) return read;
    repair_plan plan;
    std::optional<account_restore> one;
    std::optional<account_id> who;
    read = view.scan(all_accounts_prefix(), [&](auto key, auto value) {
      const auto parts = parse_account_key(key);
      if (!parts) return true;
      if (who != parts->account) {
        if (one) one->finish(plan);
        who = parts->account;
        const auto login = logins.extract(parts->account);
        one.emplace(*who, account_restore::outside{login ? login.mapped() : "", order_.now,
                                                   [this](const message_row& row) { return content_of(row); }});
      }
      one->row(key, value);
      return true;
    });
    if (!read) return read;
    if (one) one->finish(plan);
    for (const auto& [account, name] : logins) make_account(account, name, plan);
    return write(std::move(plan));
  }

  // Somebody can sign in to it, and nothing else of it is there.
  void make_account(account_id account, const std::string& name, repair_plan& into) const {
    auto made = create_account({{}, 0, account, name, order_.now, 0});
    into.steps.push_back("make account " + std::to_string(account.value) + " (" + name +
                         ") anew, without mail: all of its rows are lost");
    for (auto& row : made.rows) into.rows.push_back(std::move(row));
  }

  [[nodiscard]] std::optional<content_row> content_of(const message_row& message) const {
    const auto places = order_.found.places.find(message.blob);
    if (places == order_.found.places.end() || places->second.front().size != message.blob_bytes) return std::nullopt;
    const auto& at = places->second.front();
    const auto segment = file::open(disk_, order_.bodies + "/" + segment_name(at.segment), O_RDONLY);
    if (!segment) return std::nullopt;
    mime::part_scanner scanner;
    for (body_range range{0, read_bytes}; range.offset < at.size; range.offset += range.length) {
      const auto octets = read_body(*segment, at.offset, {message.blob, at.size}, range);
      if (!octets) return std::nullopt;
      scanner.received(*octets);
    }
    return content_row{"", scanner.finished()};
  }

  // --- bodies ---

  result<done, failure> restore_bodies() {
    const auto view = rows_.view();
    repair_plan plan;
    const auto count = [this](auto, auto value) {
      if (const auto row = read_record<message_row>(value)) ++uses_[row->blob];
      return true;
    };
    auto read = view.scan(all_accounts_prefix(), [&](auto key, auto value) {
      const auto parts = parse_account_key(key);
      return parts && parts->kind == row_kind::message ? count(key, value) : true;
    });
    const auto aside = set_aside_prefix(set_aside::uses_body);
    if (read)
      read = view.scan(aside, [&](auto key, auto value) {
        const auto row = read_record<message_row>(value);
        if (row && order_.found.places.contains(row->blob)) return count(key, value);
        plan.rows.push_back({std::string(key), std::nullopt});
        plan.rows.push_back({set_aside_key(set_aside::other, key.substr(aside.size())), std::string(value)});
        return true;
      });
    std::unordered_map<blob_hash, blob_row> known;
    if (read)
      read = view.scan(blobs_prefix(), [&](auto key, auto value) {
        const auto hash = parse_blob_key(key);
        const auto row = read_record<blob_row>(value);
        if (hash && row && is_there(*hash, *row)) known.emplace(*hash, *row);
        if (hash && !uses_.contains(*hash)) plan.rows.push_back({std::string(key), std::nullopt});
        return true;
      });
    if (!read) return read;
    place_bodies(known, plan);
    return write(std::move(plan));
  }

  [[nodiscard]] bool is_there(const blob_hash& hash, const blob_row& row) const {
    const auto found = order_.found.places.find(hash);
    return found != order_.found.places.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const auto& at) {
             return at.segment == row.segment && at.offset == row.offset && at.size == row.size;
           });
  }

  void place_bodies(const std::unordered_map<blob_hash, blob_row>& known, repair_plan& into) {
    std::uint64_t found_again = 0;
    for (const auto& [hash, uses] : uses_) {
      const auto places = order_.found.places.find(hash);
      if (places == order_.found.places.end()) continue;  // plan_repair sets its messages aside
      const auto row = known.find(hash);
      found_again += row == known.end() ? 1 : 0;
      blob_row placed = row == known.end() ? places->second.front() : row->second;
      placed.references = uses;
      live_[placed.segment] += record_bytes(placed.size);
      into.rows.push_back({blob_key(hash), write_record(placed)});
    }
    if (found_again > 0)
      into.steps.push_back("enter the places of " + std::to_string(found_again) +
                           " bodies anew, which were found in the segment files");
  }

  // All of them sealed and known to their ends: what recovery takes for the rest of a commit that was never
  // acknowledged may be one whose rows are lost.
  result<done, failure> restore_segments() {
    repair_plan plan;
    auto read = rows_.view().scan(segments_prefix(), [&](auto key, auto) {
      const auto number = parse_segment_key(key);
      if (!number || !order_.found.segments.contains(*number)) plan.rows.push_back({std::string(key), std::nullopt});
      return true;
    });
    if (!read) return read;
    for (const auto& [number, end] : order_.found.segments)
      plan.rows.push_back({segment_key(number), write_record(segment_row{end, live_[number], true, false})});
    return write(std::move(plan));
  }

  result<done, failure> restore_numbers() {
    const auto stored = rows_.get(sequence_key());
    if (!stored) return stored.error();
    const auto row = *stored ? read_record<sequence_row>(**stored) : sequence_row{};
    const std::uint64_t seen = row ? row->commits : 0;
    const std::uint64_t held = std::max({seen, order_.commits, order_.found.newest_sequence});
    repair_plan plan;
    if (held > seen)
      plan.steps.push_back("go on after commit " + std::to_string(held) + "; the rows know of " + std::to_string(seen));
    plan.rows.push_back({sequence_key(), write_record(sequence_row{held})});
    plan.rows.push_back({format_key(), write_record(format_row{format_version})});
    return write(std::move(plan));
  }

  // One that was ended, or that a password of since has ended, could be there again.
  result<done, failure> end_sessions() {
    repair_plan plan;
    auto read = rows_.view().scan(sessions_prefix(), [&](auto key, auto) {
      plan.rows.push_back({std::string(key), std::nullopt});
      return true;
    });
    if (!read) return read;
    if (!plan.rows.empty())
      plan.steps.push_back("end all " + std::to_string(plan.rows.size()) +
                           " sessions of the webmail: some may have been ended before, and everybody signs in anew");
    return write(std::move(plan));
  }

  files& disk_;
  index& rows_;
  const row_restore_order& order_;
  restored_rows done_;
  std::unordered_map<blob_hash, std::uint64_t> uses_;
  std::map<std::uint32_t, std::uint64_t> live_;  // octets in use, by segment
};

}  // namespace

result<restored_rows, failure> restore_rows(files& disk, index& rows, const row_restore_order& order) {
  return restorer(disk, rows, order).run();
}

}  // namespace stagecoach::store
