// What changes of a mailbox do to a view, and what its page is told of them.
#include <iterator>

#include "actors/runtime/stage.hpp"
#include "actors/web/mail_view.hpp"
#include "actors/web/shown.hpp"

namespace stagecoach::web {

namespace {

constexpr std::size_t changes_max = 500;  // more than that in one go: the window is shown anew

}  // namespace

void mail_view::take(const messages::changes& m) {
  const auto from = source_of(m.mailbox);
  if (!from || from->actor != current_sender()) return;
  add_job([this, from, m] {
    if (source_of(from->id) != from) return done();
    from->unseen = m.up_to;
    apply(from, m);
  });
}

// What the view's search has to find out about is judged first, by the rows as they are now: what has happened to them
// since comes as a change of its own.
void mail_view::apply(const source_pointer& from, const messages::changes& m) {
  up_to_ = std::max(up_to_, m.up_to);
  if (m.entries.size() > changes_max && !wanted_.query) return list_anew(from, m);
  if (threads_) return apply_to_threads(m);
  std::vector<api::row_change> rows;
  located_rows added;
  uid_set open;
  for (const auto& entry : m.entries) {
    if (const auto* gone = std::get_if<messages::expunged>(&entry)) {
      if (const auto at = list_->remove({from->id, gone->id}))
        rows.emplace_back(api::row_removed{*at, from->id, gone->id});
    } else if (const auto* flags = std::get_if<messages::flags_changed>(&entry)) {
      if (wanted_.query && wanted_.query->looks_at_flags())
        open.add(flags->id);
      else if (list_->contains({from->id, flags->id}))
        rows.emplace_back(api::row_flags{from->id, flags->id, shown_flags(flags->flags)});
    } else if (const auto* fresh = std::get_if<messages::added>(&entry)) {
      if (wanted_.query) {
        open.add(fresh->message.id);
      } else if (const auto at = list_->add({from->id, fresh->message.id}, fresh->message.received)) {
        rows.emplace_back(api::row_added{*at, {}});
        added.push_back({from->id, fresh->message});
      }
    }
  }
  if (open.empty()) return tell_changes(std::move(rows), std::move(added));
  judge_changed(from, open, std::move(rows), std::move(added));
}

void mail_view::judge_changed(const source_pointer& from, const uid_set& open, std::vector<api::row_change> rows,
                              located_rows added) {
  judge(from, open, [this, id = from->id, open, rows, added](const message_rows& matches) mutable {
    for (const auto& row : matches) {
      if (const auto at = list_->add({id, row.id}, row.received)) {
        rows.emplace_back(api::row_added{*at, {}});
        added.push_back({id, row});
      } else {
        rows.emplace_back(api::row_flags{id, row.id, shown_flags(row.flags)});
      }
    }
    auto next = matches.begin();
    open.for_each([&](uid one) {
      while (next != matches.end() && next->id < one) ++next;
      if (next != matches.end() && next->id == one) return;
      if (const auto at = list_->remove({id, one})) rows.emplace_back(api::row_removed{*at, id, one});
    });
    tell_changes(std::move(rows), std::move(added));
  });
}

// One change after the other would cost the length of the list each time.
void mail_view::list_anew(const source_pointer& from, const messages::changes& m) {
  auto uids = threads_ ? threads_->all() : list_->all_of(from->id);
  for (const auto& entry : m.entries)
    if (const auto* fresh = std::get_if<messages::added>(&entry)) uids.add(fresh->message.id);
  ask(from->actor, answer_deadline, messages::read_rows{trace_, std::move(uids)})
      .then(
          [this, id = from->id, m](messages::rows& now) {
            // Those that are gone may be read until everybody has been told.
            uid_set gone;
            for (const auto& entry : m.entries)
              if (const auto* one_gone = std::get_if<messages::expunged>(&entry)) gone.add(one_gone->id);
            std::erase_if(now.messages, [&](const auto& row) { return gone.contains(row.id); });
            if (threads_)
              *threads_ = threads_->with(now.messages);
            else
              list_->replace(id, now.messages);
            show_window(true, [this] { done(); });
          },
          [this](caf::error& why) { without(why, [this] { done(); }); });
}

void mail_view::apply_to_threads(const messages::changes& m) {
  const auto steps = threads_->apply(m.entries);
  std::vector<api::row_change> flags;
  for (const auto& entry : m.entries)
    if (const auto* changed = std::get_if<messages::flags_changed>(&entry); changed && threads_->shows(changed->id))
      flags.emplace_back(api::row_flags{m.mailbox, changed->id, shown_flags(changed->flags)});
  tell_steps(steps, std::move(flags));
}

void mail_view::tell_steps(const thread_list::steps& steps, std::vector<api::row_change> more) {
  const auto mailbox = sources_.front()->id;
  std::vector<api::row_change> rows;
  std::vector<location> wanted;
  for (const auto& step : steps) {
    if (const auto* gone = std::get_if<thread_list::removed>(&step)) {
      rows.emplace_back(api::row_removed{gone->at, mailbox, gone->message});
    } else if (const auto* fresh = std::get_if<thread_list::added>(&step)) {
      api::row_added made{fresh->at, {}};
      put_into_thread(made.item, fresh->what);
      rows.emplace_back(std::move(made));
      wanted.push_back({mailbox, fresh->what.message});
    }
  }
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  with_rows(std::move(wanted),
            [this, rows = std::move(rows)](located_rows added) { tell_changes(rows, std::move(added)); });
}

// `added`: the rows of those of `rows` that are new, in their order.
void mail_view::tell_changes(std::vector<api::row_change> rows, located_rows added) {
  if (rows.size() > changes_max) return show_window(true, [this] { done(); });
  with_items(std::move(added), [this, rows = std::move(rows)](items all) mutable {
    auto next = all.begin();
    for (auto& row : rows)
      if (auto* fresh = std::get_if<api::row_added>(&row)) {
        const auto in_thread = std::exchange(fresh->item, std::move(*next++));
        put_into_thread(fresh->item, in_thread);
      }
    if (rows.empty())
      send(owner_, messages::view_said{trace_, {}, false});
    else
      tell(api::view_changes{wanted_.number, up_to_, total(), std::move(rows)});
    done();
  });
}

}  // namespace stagecoach::web
