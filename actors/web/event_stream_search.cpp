// The search of a view: what of its mailbox it finds, from the newest on, and whether it finds what has changed. Both
// are judged by imap::search_chunk, which says what it must know of the messages.
#include "actors/runtime/stage.hpp"
#include "actors/web/event_stream.hpp"
#include "protocols/imap/search_chunk.hpp"
#include "protocols/imap/uid_chunks.hpp"

namespace stagecoach::web {

using namespace std::chrono_literals;

namespace {

constexpr auto answer_deadline = 60s;

imap::message_facts facts_of(const messages::message_view& row) {
  return {row.id, row.flags, row.size, row.header_bytes, row.received};
}

imap::uid_map map_of(const std::vector<messages::message_view>& rows) {
  uid_set uids;
  for (const auto& row : rows) uids.add(row.id);
  return imap::uid_map(uids);
}

std::vector<imap::message_facts> facts_of(const std::vector<messages::message_view>& rows) {
  std::vector<imap::message_facts> all;
  all.reserve(rows.size());
  for (const auto& row : rows) all.push_back(facts_of(row));
  return all;
}

}  // namespace

struct event_stream::judging {
  judging(const imap::search_program& program, message_rows of, std::function<void(message_rows)> end)
      : rows(std::move(of)), map(map_of(rows)), chunk(program, map, facts_of(rows)), then(std::move(end)) {}
  message_rows rows;
  imap::uid_map map;
  imap::search_chunk chunk;
  std::function<void(message_rows)> then;
};

// What a page sees of it is filled as it is found; the rest is told when the list is whole.
void event_stream::search(const view_pointer& one, modseq known, const uid_set& uids) {
  struct course {
    std::vector<uid_set> pieces;  // the newest last
    message_rows found;
    std::function<void()> next;
  };
  const auto all = std::make_shared<course>();
  for (imap::uid_chunks left(uids); !left.done();) all->pieces.push_back(left.next(imap::contents_chunk));
  one->list.emplace(all->found);
  one->is_searching = true;
  all->next = [this, one, known, course_of = std::weak_ptr(all)] {
    const auto now = course_of.lock();
    if (one->is_closed || !now) return;
    if (now->pieces.empty()) {
      one->is_searching = false;
      one->list.emplace(now->found);
      return begin_with(one, known);
    }
    const auto piece = std::move(now->pieces.back());
    now->pieces.pop_back();
    judge(one, piece, [this, one, known, now](const message_rows& matches) {
      const bool is_short = now->found.size() < std::size_t{one->from} + one->count && known.value == 0;
      const bool shows = std::exchange(one->is_moved, false) || (is_short && !matches.empty());
      now->found.insert(now->found.end(), matches.begin(), matches.end());
      if (!shows || now->pieces.empty()) return now->next();
      one->list.emplace(now->found);
      show_window(one, [now] { now->next(); });
    });
  };
  all->next();
}

// then(rows): those of `uids` that the view's search finds, as they are now, ascending.
void event_stream::judge(const view_pointer& one, uid_set uids, std::function<void(message_rows)> then) {
  ask(one->actor, answer_deadline, messages::read_rows{trace_, std::move(uids)})
      .then(
          [this, one, then](messages::rows& m) {
            if (one->is_closed) return;
            go_on(one, std::make_shared<judging>(*one->query, std::move(m.messages), then));
          },
          [this, one](caf::error& why) { view_failed(one, why); });
}

void event_stream::go_on(const view_pointer& one, const std::shared_ptr<judging>& work) {
  if (const auto need = work->chunk.next_need()) {
    if (const auto* parts = std::get_if<imap::need_structures>(&*need)) return look_up(one, work, *parts);
    return look_up(one, work, std::get<imap::need_octets>(*need));
  }
  message_rows found;
  auto row = work->rows.begin();
  for (const auto& match : work->chunk.matches()) {
    while (row->id != match.id) ++row;
    found.push_back(std::move(*row++));
  }
  work->then(std::move(found));
}

void event_stream::look_up(const view_pointer& one, const std::shared_ptr<judging>& work,
                           const imap::need_structures& need) {
  ask(services_.readers.of(who_.account.value), answer_deadline,
      messages::read_structures{trace_, who_.account, one->mailbox, need.uids, need.envelopes_only})
      .then(
          [this, one, work](messages::structures& m) {
            if (one->is_closed) return;
            imap::structures found;
            found.up_to = m.up_to;
            found.messages.reserve(m.messages.size());
            for (auto& from : m.messages) found.messages.push_back({from.id, from.prefix_bytes, std::move(from.parts)});
            if (!work->chunk.answered(std::move(found))) return end_view(one, "The messages could not be read.");
            go_on(one, work);
          },
          [this, one](caf::error& why) { view_failed(one, why); });
}

void event_stream::look_up(const view_pointer& one, const std::shared_ptr<judging>& work,
                           const imap::need_octets& need) {
  messages::read_octets question{trace_, who_.account, one->mailbox, {need.message, need.offset, need.length}, {}};
  for (const auto& piece : need.ahead) question.ahead.push_back({piece.message, piece.offset, piece.length});
  ask(services_.readers.of(need.message.value), answer_deadline, std::move(question))
      .then(
          [this, one, work](messages::octets_read& m) {
            if (one->is_closed) return;
            if (!work->chunk.answered(imap::message_octets{std::move(m.octets), std::move(m.ahead)}))
              return end_view(one, "A message could not be read.");
            go_on(one, work);
          },
          [this, one, work](caf::error& why) {
            // A message that went meanwhile is not found; what cannot be read is not hidden.
            if (one->is_closed) return;
            if (!work->chunk.answered(imap::refused{runtime::to_failure(why).code})) return view_failed(one, why);
            go_on(one, work);
          });
}

}  // namespace stagecoach::web
