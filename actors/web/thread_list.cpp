#include "actors/web/thread_list.hpp"

#include <algorithm>

namespace stagecoach::web {

namespace {

constexpr std::uint32_t depth_max = 20;
constexpr std::size_t thread_max = 1000;  // messages: a row names all that it stands for

bool is_unread(const message_flags& flags) { return !flags.has(flag::seen); }

}  // namespace

thread_list::thread_list(const std::vector<messages::message_view>& messages) {
  for (const auto& one : messages) (void)put(one);
  order_.reserve(threads_.size());
  for (const auto& [id, one] : threads_) order_.push_back(rank_of(id, one));
  std::sort(order_.begin(), order_.end());
}

thread_list thread_list::with(const std::vector<messages::message_view>& messages) const {
  thread_list made(messages);
  for (const auto& [id, one] : threads_)
    if (one.is_expanded) (void)made.expand(id, true);
  return made;
}

message_id thread_list::thread_for(const messages::message_view& message) const {
  const auto found = threads_.find(message.thread);
  return found != threads_.end() && found->second.members.size() >= thread_max ? message.message : message.thread;
}

message_id thread_list::put(const messages::message_view& message) {
  const member one{message.id, message.received, message.message, message.parent, is_unread(message.flags)};
  const auto in = thread_for(message);
  auto& members = threads_[in].members;
  const auto is_older = [](const member& a, const member& b) {
    return std::pair(a.received, a.message) < std::pair(b.received, b.message);
  };
  members.insert(std::upper_bound(members.begin(), members.end(), one, is_older), one);
  thread_of_[message.id] = in;
  return in;
}

void thread_list::take(uid message) {
  const auto id = thread_of_.at(message);
  thread_of_.erase(message);
  auto& members = threads_.at(id).members;
  std::erase_if(members, [&](const member& one) { return one.message == message; });
  if (members.empty()) threads_.erase(id);
}

void thread_list::note(uid message, const message_flags& flags) {
  for (auto& one : threads_.at(thread_of_.at(message)).members)
    if (one.message == message) one.is_unread = is_unread(flags);
}

thread_list::rank thread_list::rank_of(message_id id, const thread& of) {
  const auto& newest = of.members.back();
  return {newest.received, newest.message, id};
}

std::vector<thread_list::row> thread_list::rows_of(message_id id, const thread& of) {
  std::vector<row> rows;
  if (!of.is_expanded || of.members.size() == 1) {
    row one{of.members.back().message, id, 0, {}, 0};
    for (std::size_t i = 0; i + 1 < of.members.size(); ++i) {
      one.hidden.push_back(of.members[i].message);
      one.hidden_unread += of.members[i].is_unread ? 1 : 0;
    }
    rows.push_back(std::move(one));
    return rows;
  }
  // Below its parent, or below the first when that is gone.
  std::unordered_map<message_id, std::uint32_t> depths;
  for (const auto& one : of.members) {
    const auto parent = depths.find(one.parent);
    const auto depth = rows.empty() ? 0 : parent == depths.end() ? 1 : std::min(parent->second + 1, depth_max);
    depths.emplace(one.id, depth);
    rows.push_back({one.message, id, depth, {}, 0});
  }
  return rows;
}

std::uint32_t thread_list::total() const {
  std::size_t rows = order_.size();
  for (const auto& [which, more] : expanded_) rows += more;
  return static_cast<std::uint32_t>(rows);
}

uid_set thread_list::all() const {
  std::vector<uid> sorted;
  sorted.reserve(thread_of_.size());
  for (const auto& [message, id] : thread_of_) sorted.push_back(message);
  std::sort(sorted.begin(), sorted.end());
  uid_set uids;
  for (const auto one : sorted) uids.add(one);
  return uids;
}

std::uint32_t thread_list::place_of(const rank& of) const {
  auto place = static_cast<std::uint32_t>(order_.end() - std::upper_bound(order_.begin(), order_.end(), of));
  for (const auto& [which, more] : expanded_) {
    if (which <= of) break;
    place += more;
  }
  return place;
}

std::vector<thread_list::row> thread_list::window(std::uint32_t from, std::uint32_t count) const {
  std::vector<row> found;
  std::uint32_t at = 0;
  for (auto one = order_.rbegin(); one != order_.rend() && found.size() < count; ++one) {
    const auto more = expanded_.find(*one);
    const std::uint32_t length = more == expanded_.end() ? 1 : more->second + 1;
    if (at + length <= from) {
      at += length;
      continue;
    }
    for (auto& next : rows_of(one->of, threads_.at(one->of)))
      if (at++ >= from && found.size() < count) found.push_back(std::move(next));
  }
  return found;
}

bool thread_list::shows(uid message) const {
  const auto found = thread_of_.find(message);
  if (found == thread_of_.end()) return false;
  const auto& of = threads_.at(found->second);
  return of.is_expanded || of.members.back().message == message;
}

void thread_list::retract(message_id id, steps& out) {
  const auto found = threads_.find(id);
  if (found == threads_.end()) return;
  const auto where = rank_of(id, found->second);
  const auto place = place_of(where);
  for (const auto& one : rows_of(id, found->second)) out.emplace_back(removed{place, one.message});
  expanded_.erase(where);
  order_.erase(std::lower_bound(order_.begin(), order_.end(), where));
}

void thread_list::present(message_id id, steps& out) {
  const auto found = threads_.find(id);
  if (found == threads_.end()) return;
  const auto where = rank_of(id, found->second);
  order_.insert(std::lower_bound(order_.begin(), order_.end(), where), where);
  auto rows = rows_of(id, found->second);
  auto place = place_of(where);
  if (rows.size() > 1) expanded_[where] = static_cast<std::uint32_t>(rows.size() - 1);
  for (auto& one : rows) out.emplace_back(added{place++, std::move(one)});
}

thread_list::steps thread_list::apply(const std::vector<messages::change>& changes) {
  // Which threads they touch, in their order; each is shown anew once.
  std::vector<message_id> touched;
  std::set<message_id> known;
  const auto touch = [&](message_id id) {
    if (known.insert(id).second) touched.push_back(id);
  };
  for (const auto& entry : changes) {
    if (const auto* fresh = std::get_if<messages::added>(&entry)) {
      if (!thread_of_.contains(fresh->message.id)) touch(thread_for(fresh->message));
    } else if (const auto* gone = std::get_if<messages::expunged>(&entry)) {
      if (const auto found = thread_of_.find(gone->id); found != thread_of_.end()) touch(found->second);
    } else if (const auto* flags = std::get_if<messages::flags_changed>(&entry)) {
      // What is in a row is told by itself; here it matters what the row stands for.
      if (thread_of_.contains(flags->id) && !shows(flags->id)) touch(thread_of_.at(flags->id));
    }
  }
  steps out;
  for (const auto id : touched) retract(id, out);
  for (const auto& entry : changes) {
    if (const auto* fresh = std::get_if<messages::added>(&entry)) {
      if (!thread_of_.contains(fresh->message.id)) touch(put(fresh->message));
    } else if (const auto* flags = std::get_if<messages::flags_changed>(&entry)) {
      if (thread_of_.contains(flags->id)) note(flags->id, flags->flags);
    } else if (const auto* gone = std::get_if<messages::expunged>(&entry)) {
      if (thread_of_.contains(gone->id)) take(gone->id);
    }
  }
  for (const auto id : touched) present(id, out);
  return out;
}

thread_list::steps thread_list::expand(message_id id, bool is_expanded) {
  steps out;
  const auto found = threads_.find(id);
  if (found == threads_.end() || found->second.is_expanded == is_expanded) return out;
  if (found->second.members.size() == 1) {
    found->second.is_expanded = is_expanded;
    return out;
  }
  retract(id, out);
  found->second.is_expanded = is_expanded;
  present(id, out);
  return out;
}

}  // namespace stagecoach::web
