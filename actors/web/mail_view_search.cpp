// The search of a view: what of its mailboxes it finds, from the newest on, and whether it finds what has changed. Both
// are judged by imap::search_chunk, which says what it must know of the messages.
#include <algorithm>

#include "actors/runtime/stage.hpp"
#include "actors/web/mail_view.hpp"
#include "protocols/imap/search_chunk.hpp"
#include "protocols/imap/uid_chunks.hpp"

namespace stagecoach::web {

namespace {

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

struct mail_view::judging {
  judging(mailbox_id id, const imap::search_program& program, message_rows of, std::function<void(message_rows)> end)
      : mailbox(id),
        rows(std::move(of)),
        map(map_of(rows)),
        chunk(program, map, facts_of(rows)),
        then(std::move(end)) {}
  mailbox_id mailbox;
  message_rows rows;
  imap::uid_map map;
  imap::search_chunk chunk;
  std::function<void(message_rows)> then;
};

struct mail_view::course {
  contents pieces;  // the one to be read next at the end
  located_rows found;
};

// What a page sees of it is filled as it is found; the rest is told when the list is whole.
void mail_view::search(const contents& all) {
  const auto now = std::make_shared<course>();
  for (auto one = all.rbegin(); one != all.rend(); ++one)
    for (imap::uid_chunks left(one->second); !left.done();)
      now->pieces.emplace_back(one->first, left.next(imap::contents_chunk));
  list_.emplace(now->found);
  is_searching_ = true;
  search_next(now);
}

void mail_view::search_next(const std::shared_ptr<course>& now) {
  if (now->pieces.empty()) {
    is_searching_ = false;
    list_.emplace(now->found);
    return begin_with_list();
  }
  const auto [from, uids] = std::move(now->pieces.back());
  now->pieces.pop_back();
  judge(from, uids, [this, now, id = from->id](const message_rows& matches) {
    const bool shows = is_moved_ || (wanted_.known.value == 0 && are_in_window(matches));
    for (const auto& row : matches) now->found.push_back({id, row});
    // Who is slow gets fewer of them.
    if (!shows || is_untaken_ || now->pieces.empty()) return search_next(now);
    is_moved_ = false;
    list_.emplace(now->found);
    show_window(true, [this, now] { search_next(now); });
  });
}

bool mail_view::are_in_window(const message_rows& matches) const {
  const auto end = std::size_t{wanted_.from} + wanted_.count;
  if (list_->total() < end) return !matches.empty();
  if (end == 0) return false;
  const auto oldest = list_->received_at(static_cast<std::uint32_t>(end - 1));
  return std::any_of(matches.begin(), matches.end(), [&](const auto& one) { return oldest <= one.received; });
}

// then(rows): those of `uids` that the view's search finds, as they are now, ascending.
void mail_view::judge(const source_pointer& from, uid_set uids, std::function<void(message_rows)> then) {
  ask(from->actor, answer_deadline, messages::read_rows{trace_, std::move(uids)})
      .then(
          [this, id = from->id, then](messages::rows& m) {
            go_on(std::make_shared<judging>(id, *wanted_.query, std::move(m.messages), then));
          },
          [this, then](caf::error& why) { without(why, [&] { then({}); }); });
}

void mail_view::go_on(const std::shared_ptr<judging>& work) {
  if (const auto need = work->chunk.next_need()) {
    if (const auto* parts = std::get_if<imap::need_structures>(&*need)) return look_up(work, *parts);
    return look_up(work, std::get<imap::need_octets>(*need));
  }
  message_rows found;
  auto row = work->rows.begin();
  for (const auto& match : work->chunk.matches()) {
    while (row->id != match.id) ++row;
    found.push_back(std::move(*row++));
  }
  work->then(std::move(found));
}

void mail_view::look_up(const std::shared_ptr<judging>& work, const imap::need_structures& need) {
  ask(services_.readers.of(who_.account.value), answer_deadline,
      messages::read_structures{trace_, who_.account, work->mailbox, need.uids, need.envelopes_only})
      .then(
          [this, work](messages::structures& m) {
            imap::structures found;
            found.up_to = m.up_to;
            found.messages.reserve(m.messages.size());
            for (auto& from : m.messages) found.messages.push_back({from.id, from.prefix_bytes, std::move(from.parts)});
            if (!work->chunk.answered(std::move(found))) return end("The messages could not be read.");
            go_on(work);
          },
          [this](caf::error& why) { fail(why); });
}

void mail_view::look_up(const std::shared_ptr<judging>& work, const imap::need_octets& need) {
  messages::read_octets question{trace_, who_.account, work->mailbox, {need.message, need.offset, need.length}, {}};
  for (const auto& piece : need.ahead) question.ahead.push_back({piece.message, piece.offset, piece.length});
  ask(services_.readers.of(need.message.value), answer_deadline, std::move(question))
      .then(
          [this, work](messages::octets_read& m) {
            if (!work->chunk.answered(imap::message_octets{std::move(m.octets), std::move(m.ahead)}))
              return end("A message could not be read.");
            go_on(work);
          },
          [this, work](caf::error& why) {
            // A message that went meanwhile is not found; what cannot be read is not hidden.
            if (!work->chunk.answered(imap::refused{runtime::to_failure(why).code})) return fail(why);
            go_on(work);
          });
}

}  // namespace stagecoach::web
