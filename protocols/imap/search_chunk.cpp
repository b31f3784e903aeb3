#include "protocols/imap/search_chunk.hpp"

#include <algorithm>

#include "protocols/imap/limits.hpp"
#include "protocols/mime/decoded.hpp"

namespace stagecoach::imap {

search_chunk::search_chunk(const search_program& program, const uid_map& map,
                           const std::vector<message_facts>& messages)
    : program_(program), texts_(program.contents) {
  candidates_.reserve(messages.size());
  for (const auto& facts : messages) {
    judged one{facts, map.number_of(facts.id), truth::unknown,
               std::vector<truth>(program.contents.size(), truth::unknown)};
    if (one.number == 0) continue;
    judge(one);
    if (one.verdict != truth::no) candidates_.push_back(std::move(one));
  }
}

void search_chunk::judge(judged& one) { one.verdict = program_.matches(one.facts, one.number, one.known); }

// Everything was looked at.
void search_chunk::settle(judged& one) {
  for (auto& known : one.known)
    if (known == truth::unknown) known = truth::no;
  judge(one);
}

std::optional<output> search_chunk::next_need() {
  while (!jobs_.empty() && candidates_[jobs_.front().of].verdict != truth::unknown) jobs_.pop_front();
  if (!jobs_.empty()) {
    need_octets need{jobs_.front().piece, {}};
    asked_ = 1;
    std::uint64_t room = octets_chunk - need.length;
    for (auto at = jobs_.begin() + 1; at != jobs_.end() && need.ahead.size() < pieces_ahead_max; ++at, ++asked_) {
      if (at->piece.length > room) break;
      room -= at->piece.length;
      need.ahead.push_back(at->piece);
    }
    return need;
  }
  need_structures need{{}, !texts_.needs_parts()};
  for (const auto& one : candidates_)
    if (one.verdict == truth::unknown) need.uids.add(one.facts.id);
  if (need.uids.empty()) return std::nullopt;
  return need;
}

bool search_chunk::answered(structures&& found) {
  structures_ = std::move(found);
  bool has_moved = false;
  auto next = structures_.messages.begin();
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    auto& one = candidates_[i];
    if (one.verdict != truth::unknown) continue;
    if (one.facts.id > structures_.up_to) break;
    has_moved = true;
    while (next != structures_.messages.end() && next->id < one.facts.id) ++next;
    if (next == structures_.messages.end() || next->id != one.facts.id) {
      one.verdict = truth::no;  // it has gone
      continue;
    }
    texts_.look_at(next->parts, one.known);
    judge(one);
    if (one.verdict == truth::unknown) plan(i, *next);
  }
  return has_moved;
}

void search_chunk::plan(std::size_t of, const message_structure& structure) {
  auto& one = candidates_[of];
  const auto before = jobs_.size();
  const uid id = one.facts.id;
  if (texts_.wants_header(one.known)) {
    const auto bytes = std::min({one.facts.header_bytes, header_bytes_max,
                                 static_cast<std::uint32_t>(std::min<std::uint64_t>(one.facts.size, UINT32_MAX))});
    if (bytes > 0) jobs_.push_back({of, nullptr, {id, 0, bytes}, true, false, true});
  }
  if (texts_.wants_body(one.known)) {
    for (const auto& part : structure.parts.parts) {
      if (!mime::is_searched(part)) continue;
      const auto end = std::min(part.end() + structure.prefix_bytes, one.facts.size);
      for (auto at = part.body_offset() + structure.prefix_bytes; at < end; at += octets_chunk) {
        const auto length = static_cast<std::uint32_t>(std::min<std::uint64_t>(end - at, octets_chunk));
        const bool begins = at == part.body_offset() + structure.prefix_bytes;
        jobs_.push_back({of, &part, {id, at, length}, begins, false, at + length == end});
      }
    }
  }
  if (jobs_.size() == before) return settle(one);
  jobs_.back().is_last = true;
}

bool search_chunk::answered(message_octets&& found) {
  if (found.bytes.size() != jobs_.front().piece.length) return false;
  found.ahead.insert(found.ahead.begin(), std::move(found.bytes));
  for (std::size_t i = 0; i < std::min(asked_, found.ahead.size()); ++i) {
    const auto& bytes = found.ahead[i];
    if (!bytes || bytes->size() != jobs_.front().piece.length) break;
    carry_out(jobs_.front(), *bytes);
    jobs_.pop_front();
  }
  return true;
}

void search_chunk::carry_out(const job& what, std::string_view bytes) {
  auto& one = candidates_[what.of];
  if (one.verdict != truth::unknown) return;
  if (what.part == nullptr) {
    texts_.look_at_header(bytes, one.known);
  } else {
    if (what.begins) texts_.begin_part(*what.part);
    texts_.received(bytes, one.known);
    if (what.ends) texts_.end_part(one.known);
  }
  if (what.is_last)
    settle(one);
  else
    judge(one);
}

bool search_chunk::answered(const refused& why) {
  if (why.code != fault_code::not_found) return false;
  candidates_[jobs_.front().of].verdict = truth::no;
  return true;
}

std::vector<search_chunk::match> search_chunk::matches() const {
  std::vector<match> all;
  all.reserve(candidates_.size());
  for (const auto& one : candidates_)
    if (one.verdict == truth::yes) all.push_back({one.facts.id, one.number});
  return all;
}

}  // namespace stagecoach::imap
