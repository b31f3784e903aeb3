#include "actors/web/long_action.hpp"

#include <algorithm>
#include <utility>

#include "protocols/base/check.hpp"

namespace stagecoach::web {

namespace {

// Of those of `wanted`, what `flags` has or has not.
message_flags among(const message_flags& wanted, const message_flags& flags, bool are_there) {
  message_flags found;
  found.bits = static_cast<std::uint16_t>(are_there ? wanted.bits & flags.bits : wanted.bits & ~flags.bits);
  for (const auto& one : wanted.keywords)
    if (flags.has_keyword(one) == are_there) found.keywords.push_back(one);
  return found;
}

bool is_none(const message_flags& flags) { return flags.bits == 0 && flags.keywords.empty(); }

void add_all(uid_set& to, const uid_set& from) {
  for (const auto& range : from.ranges()) to.add(range);
}

void merge(std::vector<task>& into, const task& one) {
  const auto same = std::find_if(into.begin(), into.end(), [&](const task& other) {
    return other.mailbox == one.mailbox && other.what == one.what;
  });
  if (same == into.end())
    into.push_back(one);
  else
    add_all(same->uids, one.uids);
}

}  // namespace

long_action::long_action(const std::vector<task>& tasks, modseq up_to) : newest_(up_to) {
  for (const auto& whole : tasks) {
    total_ += whole.uids.size();
    task batch{whole.mailbox, {}, whole.what};
    std::uint64_t room = batch_messages;
    for (auto range : whole.uids.ranges()) {
      if (room == 0) {
        batches_.push_back(std::exchange(batch, {whole.mailbox, {}, whole.what}));
        room = batch_messages;
      }
      while (std::uint64_t{range.last.value} - range.first.value >= room) {
        const uid last{static_cast<std::uint32_t>(range.first.value + room - 1)};
        batch.uids.add(uid_range{range.first, last});
        batches_.push_back(std::exchange(batch, {whole.mailbox, {}, whole.what}));
        range.first = last.next();
        room = batch_messages;
      }
      batch.uids.add(range);
      room -= std::uint64_t{range.last.value} - range.first.value + 1;
    }
    if (!batch.uids.empty()) batches_.push_back(std::move(batch));
  }
}

std::optional<long_action::question> long_action::next() {
  if (!is_over() && questions_.empty()) begin_batch();
  if (is_over()) return std::nullopt;
  return questions_.front().asked;
}

// Flags are compared with what each message has already, or has not: that is not taken away or given back by undo.
void long_action::begin_batch() {
  const auto& batch = batches_.front();
  if (std::holds_alternative<flags_to_be>(batch.what) || newest_.value > 0)
    questions_.push_back({{batch.mailbox, messages::read_rows{{}, batch.uids}, {}}, {}});
  else if (const auto* moving = std::get_if<move_to>(&batch.what))
    plan(*moving, batch.uids);
  else
    plan(delete_for_ever(), batch.uids);
}

// What came while somebody was deciding was not meant.
void long_action::answered(const messages::rows& m) {
  CHECK(!questions_.empty());
  questions_.pop_front();
  messages::rows meant;
  for (const auto& one : m.messages)
    if (newest_.value == 0 || one.created <= newest_) meant.messages.push_back(one);
  if (const auto* flags = std::get_if<flags_to_be>(&batches_.front().what)) {
    plan(*flags, meant);
  } else {
    uid_set uids;
    for (const auto& one : meant.messages) uids.add(one.id);
    if (const auto* moving = std::get_if<move_to>(&batches_.front().what))
      plan(*moving, uids);
    else
      plan(delete_for_ever(), uids);
  }
  if (questions_.empty()) end_batch();
}

// Messages that get and lose the same are changed together.
void long_action::plan(const flags_to_be& what, const messages::rows& m) {
  std::vector<std::pair<flags_to_be, uid_set>> groups;
  for (const auto& one : m.messages) {
    const flags_to_be now{among(what.add, one.flags, false), among(what.remove, one.flags, true)};
    if (is_none(now.add) && is_none(now.remove)) continue;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& other) { return other.first == now; });
    if (group == groups.end()) group = groups.insert(group, {now, {}});
    group->second.add(one.id);
  }
  const auto mailbox = batches_.front().mailbox;
  const auto put = [&](flag_change change, const message_flags& flags, const uid_set& uids, const flags_to_be& back) {
    if (is_none(flags)) return;
    questions_.push_back({{mailbox, messages::set_flags{{}, mailbox, uids, {change, flags}}, {}}, back});
  };
  for (const auto& [now, uids] : groups) {
    put(flag_change::add, now.add, uids, {{}, now.add});
    put(flag_change::remove, now.remove, uids, {now.remove, now.add});
  }
}

void long_action::plan(const move_to& what, const uid_set& uids) {
  const auto mailbox = batches_.front().mailbox;
  if (!uids.empty()) questions_.push_back({{mailbox, messages::copy{{}, mailbox, uids, {}, true}, what.mailbox}, {}});
}

// \Deleted, and EXPUNGE of these.
void long_action::plan(delete_for_ever, const uid_set& uids) {
  if (uids.empty()) return;
  const auto mailbox = batches_.front().mailbox;
  flag_delta delta{flag_change::add, {}};
  delta.flags.set(flag::deleted);
  questions_.push_back({{mailbox, messages::set_flags{{}, mailbox, uids, delta}, {}}, {}});
  questions_.push_back({{mailbox, messages::expunge{{}, mailbox, uids}, {}}, {}});
}

void long_action::answered(const messages::flags_set& m) {
  CHECK(!questions_.empty());
  const auto& [asked, back] = questions_.front();
  if (std::holds_alternative<flags_to_be>(batches_.front().what)) {
    const auto& uids = std::get<messages::set_flags>(asked.what).uids;
    // What a message gets and what it loses are two commits, and one thing to take back.
    if (!batch_undo_.empty() && batch_undo_.back().uids == uids)
      batch_undo_.back().what = back;
    else
      batch_undo_.push_back({asked.mailbox, uids, back});
  } else {
    keep_mark(m);
  }
  up_to_ = std::max(up_to_, m.changed);
  next_question();
}

// Until they are gone: the next EXPUNGE of anybody would take them.
void long_action::keep_mark(const messages::flags_set& m) {
  task back{batches_.front().mailbox, {}, flags_to_be{}};
  std::get<flags_to_be>(back.what).remove.set(flag::deleted);
  for (const auto& one : m.messages)
    if (one.changed == m.changed) back.uids.add(one.id);
  if (!back.uids.empty()) batch_undo_.push_back(std::move(back));
}

void long_action::answered(const messages::copied& m) {
  const auto& batch = batches_.front();
  task back{std::get<move_to>(batch.what).mailbox, {}, move_to{batch.mailbox}};
  for (const auto one : m.to) back.uids.add(one);
  if (!back.uids.empty()) batch_undo_.push_back(std::move(back));
  up_to_ = std::max(up_to_, m.changed);
  next_question();
}

void long_action::answered(const messages::messages_expunged& m) {
  batch_undo_.clear();
  messages_ += m.uids.size();
  up_to_ = std::max(up_to_, m.changed);
  next_question();
}

void long_action::next_question() {
  CHECK(!questions_.empty());
  questions_.pop_front();
  if (questions_.empty()) end_batch();
}

void long_action::end_batch() {
  keep_undo();
  done_ += batches_.front().uids.size();
  batches_.pop_front();
}

void long_action::keep_undo() {
  for (const auto& one : std::exchange(batch_undo_, {})) {
    messages_ += one.uids.size();
    merge(undo_, one);
  }
}

// What of the batch was committed before is done.
void long_action::failed(failure why) {
  keep_undo();
  failure_ = std::move(why);
}

api::acted long_action::outcome() const {
  return {static_cast<std::uint32_t>(messages_),
          {},
          up_to_,
          is_cancelled_ && !batches_.empty(),
          static_cast<std::uint32_t>(total_),
          failure_ ? failure_->what : std::string()};
}

}  // namespace stagecoach::web
