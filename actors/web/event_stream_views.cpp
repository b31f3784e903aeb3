// The views of a page. Each is a viewer of its mailbox; its list is read once and kept by the mailbox's changes.
#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "actors/runtime/stage.hpp"
#include "actors/web/event_stream.hpp"
#include "actors/web/shown.hpp"
#include "protocols/imap/date_time.hpp"
#include "protocols/query/mail_query.hpp"

namespace stagecoach::web {

using namespace std::chrono_literals;

namespace {

constexpr auto answer_deadline = 60s;
constexpr std::size_t unsent_max = 1024 * 1024;  // what a page has asked for and not taken
constexpr std::size_t jobs_max = 100;            // of one view, that wait
constexpr std::size_t changes_max = 500;         // more than that in one go: the window is shown anew

void decorate(api::list_item& item, const thread_list::row& row) {
  item.depth = row.depth;
  item.hidden = row.hidden;
  item.hidden_unread = row.hidden_unread;
}

}  // namespace

std::optional<failure> event_stream::open(const api::open_view& asked) {
  if (asked.count > api::window_max)
    return failure{fault_code::out_of_range, "count is more than a view shows at once"};
  std::optional<imap::search_program> query;
  if (!asked.query.empty()) {
    auto read = query::parse_query(asked.query, imap::day_of(on().clock().wall()));
    if (!read) return failure{read.error().code, std::string(read.error().what)};
    query = std::move(*read);
  }
  if (const auto found = views_.find(asked.view); found != views_.end()) close(view_pointer(found->second));
  if (views_.size() >= api::views_max) return failure{fault_code::full, "this stream has as many views as it can"};
  const auto box = mailboxes_.find(asked.mailbox);
  if (box == mailboxes_.end() || !account_) return failure{fault_code::not_found, "there is no such mailbox"};
  // To the mailbox this stream is one viewer: two views would take each other's changes.
  const auto others = views_;
  for (const auto& [number, other] : others)
    if (other->mailbox == asked.mailbox) end_view(other, "Another view of this mailbox was opened.");
  const auto one = std::make_shared<view>();
  one->number = asked.view;
  one->mailbox = asked.mailbox;
  one->mailbox_name = box->second.name;
  one->from = asked.from;
  one->count = asked.count;
  one->query = std::move(query);
  one->wants_threads = asked.threads && !one->query;
  views_[asked.view] = one;
  add_job(one, [this, one, known = asked.known] { watch(one, known); });
  return std::nullopt;
}

runtime::reply<api::nothing> event_stream::move(const api::move_window& asked) {
  const auto found = views_.find(asked.view);
  if (found == views_.end()) return runtime::to_error({fault_code::not_found, "there is no such view"});
  if (asked.count > api::window_max)
    return runtime::to_error(failure{fault_code::out_of_range, "count is more than a view shows at once"});
  if (unsent_.size() > unsent_max)
    return runtime::to_error(failure{fault_code::busy, "the stream has not taken what it asked for before"});
  const auto one = found->second;
  if (one->is_searching) {
    one->from = asked.from;
    one->count = asked.count;
    one->is_moved = true;
    return api::nothing();
  }
  if (one->jobs.size() > jobs_max)
    return runtime::to_error(failure{fault_code::busy, "the view has not done what was asked of it before"});
  add_job(one, [this, one, from = asked.from, count = asked.count] {
    one->from = from;
    one->count = count;
    show_window(one, [this, one] { done(one); });
  });
  return api::nothing();
}

runtime::reply<messages::view_listed> event_stream::list(const messages::list_view& asked) {
  const auto found = views_.find(asked.view);
  if (found == views_.end()) return runtime::to_error({fault_code::not_found, "there is no such view"});
  const auto& one = *found->second;
  if (one.is_searching || (!one.threads && !one.list))
    return runtime::to_error({fault_code::busy, "the view is not whole yet"});
  return messages::view_listed{one.mailbox, one.threads ? one.threads->all() : one.list->all()};
}

runtime::reply<api::nothing> event_stream::expand(const api::expand_thread& asked) {
  const auto found = views_.find(asked.view);
  if (found == views_.end()) return runtime::to_error({fault_code::not_found, "there is no such view"});
  add_job(found->second, [this, one = found->second, asked] {
    if (!one->threads) return done(one);
    tell_steps(one, one->threads->expand(asked.thread, asked.is_expanded), {});
  });
  return api::nothing();
}

void event_stream::close(const view_pointer& one) {
  one->is_closed = true;
  one->jobs.clear();
  if (one->actor) {
    demonitor(one->actor.address());
    send(one->actor, messages::look_away{trace_});
    one->actor = services::mailbox_handle();
  }
  views_.erase(one->number);
}

void event_stream::end_view(const view_pointer& one, std::string why) {
  if (one->is_closed) return;
  close(one);
  tell(api::view_ended{one->number, std::move(why)}, modseq());
}

void event_stream::view_failed(const view_pointer& one, const caf::error& why) {
  end_view(one, runtime::to_failure(why).what);
}

void event_stream::add_job(const view_pointer& one, std::function<void()> job) {
  one->jobs.push_back(std::move(job));
  if (!one->is_busy) done(one);
}

void event_stream::done(const view_pointer& one) {
  one->is_busy = false;
  if (one->is_closed || one->jobs.empty()) return;
  one->is_busy = true;
  const auto next = std::move(one->jobs.front());
  one->jobs.pop_front();
  next();
}

void event_stream::watch(const view_pointer& one, modseq known) {
  ask(account_, answer_deadline, messages::open_mailbox{trace_, one->mailbox_name})
      .then(
          [this, one, known](const services::mailbox_handle& mailbox) {
            if (one->is_closed) return;
            one->actor = mailbox;
            monitor(one->actor);
            ask(one->actor, answer_deadline, messages::watch{trace_})
                .then(
                    [this, one, known](const messages::watching& m) {
                      // Another one may have the name now.
                      if (m.status.id != one->mailbox) return end_view(one, "The mailbox is gone.");
                      one->up_to = m.status.highest;
                      if (one->query) return search(one, known, m.uids);
                      list(one, known, m.uids);
                    },
                    [this, one](caf::error& why) { view_failed(one, why); });
          },
          [this, one](caf::error& why) { view_failed(one, why); });
}

void event_stream::list(const view_pointer& one, modseq known, uid_set uids) {
  if (one->is_closed) return;
  ask(one->actor, answer_deadline, messages::read_rows{trace_, std::move(uids)})
      .then(
          [this, one, known](const messages::rows& m) {
            if (one->is_closed) return;
            if (one->wants_threads)
              one->threads.emplace(m.messages);
            else
              one->list.emplace(m.messages);
            begin_with(one, known);
          },
          [this, one](caf::error& why) { view_failed(one, why); });
}

// The list is whole.
void event_stream::begin_with(const view_pointer& one, modseq known) {
  if (known.value == 0 || known != one->up_to) return show_window(one, [this, one] { done(one); });
  tell(api::view_items{one->number, one->up_to, total(*one), one->from, {}, false}, one->up_to);
  done(one);
}

std::uint32_t event_stream::total(const view& one) { return one.threads ? one.threads->total() : one.list->total(); }

std::vector<thread_list::row> event_stream::window(const view& one) {
  if (one.threads) return one.threads->window(one.from, one.count);
  std::vector<thread_list::row> rows;
  for (const auto id : one.list->window(one.from, one.count)) rows.push_back({id, message_id(), 0, {}, 0});
  return rows;
}

void event_stream::show_window(const view_pointer& one, std::function<void()> then) {
  const auto shown = window(*one);
  std::vector<uid> wanted;
  wanted.reserve(shown.size());
  for (const auto& row : shown) wanted.push_back(row.message);
  with_rows(one, wanted, [this, one, shown, then](message_rows rows) {
    with_items(one, std::move(rows), [this, one, shown, then](items all) {
      for (std::size_t i = 0; i < all.size(); ++i) decorate(all[i], shown[i]);
      tell(api::view_items{one->number, one->up_to, total(*one), one->from, std::move(all), one->is_searching},
           one->up_to);
      then();
    });
  });
}

// then(rows), in the order of `wanted`; a message that went meanwhile keeps its place until that is told.
void event_stream::with_rows(const view_pointer& one, const std::vector<uid>& wanted,
                             std::function<void(message_rows)> then) {
  uid_set uids;
  for (const auto id : wanted) uids.add(id);
  if (uids.empty()) return then({});
  ask(one->actor, answer_deadline, messages::read_rows{trace_, std::move(uids)})
      .then(
          [one, wanted, then](const messages::rows& m) {
            if (one->is_closed) return;
            std::unordered_map<uid, const messages::message_view*> by_uid;
            for (const auto& row : m.messages) by_uid[row.id] = &row;
            message_rows rows;
            rows.reserve(wanted.size());
            for (const auto id : wanted) {
              const auto found = by_uid.find(id);
              rows.push_back(found != by_uid.end() ? *found->second : messages::message_view());
              rows.back().id = id;
            }
            then(std::move(rows));
          },
          [this, one](caf::error& why) { view_failed(one, why); });
}

// then(items), in the order of `rows`.
void event_stream::with_items(const view_pointer& one, message_rows rows, std::function<void(items)> then) {
  uid_set uids;
  for (const auto& row : rows) uids.add(row.id);
  read_structures(one, std::move(uids), {},
                  [rows = std::move(rows), then](const std::vector<messages::message_structure>& found) {
                    std::unordered_map<uid, const messages::message_structure*> by_uid;
                    for (const auto& structure : found) by_uid[structure.id] = &structure;
                    items all;
                    all.reserve(rows.size());
                    for (const auto& row : rows) {
                      const auto at = by_uid.find(row.id);
                      all.push_back(list_item_of(row, at == by_uid.end() ? nullptr : at->second));
                    }
                    then(std::move(all));
                  });
}

void event_stream::read_structures(const view_pointer& one, uid_set uids,
                                   std::vector<messages::message_structure> found,
                                   std::function<void(std::vector<messages::message_structure>)> then) {
  if (uids.empty()) return then(std::move(found));
  ask(services_.readers.of(who_.account.value), answer_deadline,
      messages::read_structures{trace_, who_.account, one->mailbox, uids, false})
      .then(
          [this, one, uids, found = std::move(found), then](messages::structures& m) mutable {
            if (one->is_closed) return;
            std::move(m.messages.begin(), m.messages.end(), std::back_inserter(found));
            uid_set rest;
            uids.for_each([&](uid id) {
              if (m.up_to < id) rest.add(id);
            });
            read_structures(one, std::move(rest), std::move(found), std::move(then));
          },
          [this, one](caf::error& why) { view_failed(one, why); });
}

void event_stream::take(const messages::changes& m) {
  for (const auto& [number, one] : views_) {
    if (one->mailbox != m.mailbox || one->actor != current_sender()) continue;
    add_job(one, [this, view = one, m] { apply(view, m); });
    return;
  }
}

// What the view's search has to find out about is judged first, by the rows as they are now: what has happened to them
// since comes as a change of its own.
void event_stream::apply(const view_pointer& one, const messages::changes& m) {
  one->up_to = m.up_to;
  one->unseen = m.up_to;
  if (m.entries.size() > changes_max && !one->query) return list_anew(one, m);
  if (one->threads) return apply_to_threads(one, m);
  std::vector<api::row_change> rows;
  message_rows added;
  uid_set open;
  for (const auto& entry : m.entries) {
    if (const auto* gone = std::get_if<messages::expunged>(&entry)) {
      if (const auto at = one->list->remove(gone->id)) rows.emplace_back(api::row_removed{*at, gone->id});
    } else if (const auto* flags = std::get_if<messages::flags_changed>(&entry)) {
      if (one->query && one->query->looks_at_flags())
        open.add(flags->id);
      else if (one->list->contains(flags->id))
        rows.emplace_back(api::row_flags{flags->id, shown_flags(flags->flags)});
    } else if (const auto* fresh = std::get_if<messages::added>(&entry)) {
      if (one->query) {
        open.add(fresh->message.id);
      } else if (const auto at = one->list->add(fresh->message.id, fresh->message.received)) {
        rows.emplace_back(api::row_added{*at, {}});
        added.push_back(fresh->message);
      }
    }
  }
  if (open.empty()) return tell_changes(one, std::move(rows), std::move(added));
  judge(one, open, [this, one, open, rows, added](const message_rows& matches) mutable {
    for (const auto& row : matches) {
      if (const auto at = one->list->add(row.id, row.received)) {
        rows.emplace_back(api::row_added{*at, {}});
        added.push_back(row);
      } else {
        rows.emplace_back(api::row_flags{row.id, shown_flags(row.flags)});
      }
    }
    auto next = matches.begin();
    open.for_each([&](uid id) {
      while (next != matches.end() && next->id < id) ++next;
      if (next != matches.end() && next->id == id) return;
      if (const auto at = one->list->remove(id)) rows.emplace_back(api::row_removed{*at, id});
    });
    tell_changes(one, std::move(rows), std::move(added));
  });
}

// One change after the other would cost the length of the list each time.
void event_stream::list_anew(const view_pointer& one, const messages::changes& m) {
  auto uids = one->threads ? one->threads->all() : one->list->all();
  for (const auto& entry : m.entries)
    if (const auto* fresh = std::get_if<messages::added>(&entry)) uids.add(fresh->message.id);
  ask(one->actor, answer_deadline, messages::read_rows{trace_, std::move(uids)})
      .then(
          [this, one, m](messages::rows& now) {
            if (one->is_closed) return;
            // Those that are gone may be read until everybody has been told.
            uid_set gone;
            for (const auto& entry : m.entries)
              if (const auto* one_gone = std::get_if<messages::expunged>(&entry)) gone.add(one_gone->id);
            std::erase_if(now.messages, [&](const auto& row) { return gone.contains(row.id); });
            if (one->threads)
              *one->threads = one->threads->with(now.messages);
            else
              one->list.emplace(now.messages);
            show_window(one, [this, one] { done(one); });
          },
          [this, one](caf::error& why) { view_failed(one, why); });
}

void event_stream::apply_to_threads(const view_pointer& one, const messages::changes& m) {
  auto steps = one->threads->apply(m.entries);
  std::vector<api::row_change> flags;
  for (const auto& entry : m.entries)
    if (const auto* changed = std::get_if<messages::flags_changed>(&entry); changed && one->threads->shows(changed->id))
      flags.emplace_back(api::row_flags{changed->id, shown_flags(changed->flags)});
  tell_steps(one, steps, std::move(flags));
}

void event_stream::tell_steps(const view_pointer& one, const thread_list::steps& steps,
                              std::vector<api::row_change> more) {
  std::vector<api::row_change> rows;
  std::vector<uid> wanted;
  for (const auto& step : steps) {
    if (const auto* gone = std::get_if<thread_list::removed>(&step)) {
      rows.emplace_back(api::row_removed{gone->at, gone->message});
    } else if (const auto* fresh = std::get_if<thread_list::added>(&step)) {
      api::list_item item;
      decorate(item, fresh->what);
      rows.emplace_back(api::row_added{fresh->at, std::move(item)});
      wanted.push_back(fresh->what.message);
    }
  }
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  with_rows(one, wanted, [this, one, rows = std::move(rows)](message_rows added) mutable {
    tell_changes(one, std::move(rows), std::move(added));
  });
}

// `added`: the rows of those of `rows` that are new, in their order.
void event_stream::tell_changes(const view_pointer& one, std::vector<api::row_change> rows, message_rows added) {
  if (rows.size() > changes_max) return show_window(one, [this, one] { done(one); });
  with_items(one, std::move(added), [this, one, rows = std::move(rows)](items all) mutable {
    auto next = all.begin();
    for (auto& row : rows)
      if (auto* fresh = std::get_if<api::row_added>(&row)) {
        const auto in_thread = std::exchange(fresh->item, std::move(*next++));
        decorate(fresh->item,
                 {in_thread.message, in_thread.thread, in_thread.depth, in_thread.hidden, in_thread.hidden_unread});
      }
    if (rows.empty()) {
      if (has_credit_) taken();
    } else {
      tell(api::view_changes{one->number, one->up_to, total(*one), std::move(rows)}, one->up_to);
    }
    done(one);
  });
}

}  // namespace stagecoach::web
