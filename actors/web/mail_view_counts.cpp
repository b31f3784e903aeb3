// What the messages of a view are, beside its jobs: changes do not wait for it, and may be counted or not. They are
// read in chunks, of which one at a time is held.
#include <algorithm>
#include <deque>
#include <utility>

#include "actors/runtime/stage.hpp"
#include "actors/web/facets.hpp"
#include "actors/web/mail_view.hpp"
#include "actors/web/shown.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/uid_chunks.hpp"

namespace stagecoach::web {

struct mail_view::counting {
  runtime::promise<api::counted> to;
  modseq up_to;
  facets found;
  std::deque<std::pair<source_pointer, imap::uid_chunks>> left;
  std::vector<source_pointer> gone;
};

runtime::reply<api::counted> mail_view::count() {
  if (!is_whole()) return runtime::to_error(not_whole());
  stop_counting({fault_code::busy, "the view is counted for somebody who has asked later"});
  counting_ = std::make_shared<counting>();
  counting_->to = make_response_promise<api::counted>();
  auto to = counting_->to;
  begin_counting();
  return to;
}

void mail_view::stop_counting(const failure& why) {
  if (const auto work = std::exchange(counting_, nullptr)) work->to.deliver(runtime::to_error(why));
}

void mail_view::begin_counting() {
  const auto work = counting_;
  work->up_to = up_to_;
  work->found = facets();
  work->left.clear();
  for (const auto& one : sources_)
    if (std::find(work->gone.begin(), work->gone.end(), one) == work->gone.end())
      work->left.emplace_back(one, imap::uid_chunks(uids_of(*one)));
  count_next(work);
}

void mail_view::count_next(const std::shared_ptr<counting>& work) {
  while (!work->left.empty() && work->left.front().second.done()) work->left.pop_front();
  if (work->left.empty()) {
    counting_ = nullptr;
    work->to.deliver(work->found.counted(work->up_to));
    return;
  }
  auto& [from, chunks] = work->left.front();
  ask(from->actor, answer_deadline, messages::read_rows{trace_, chunks.next(imap::contents_chunk)})
      .then(
          [this, work, from = from](const messages::rows& m) {
            if (counting_ != work) return;
            uid_set there;
            for (const auto& row : m.messages) {
              work->found.add(row);
              there.add(row.id);
            }
            count_senders(work, from->id, there);
          },
          [this, work, from = from](caf::error& why) {
            if (counting_ != work) return;
            if (!wanted_.is_everywhere || !runtime::is_down(why)) return stop_counting(runtime::to_failure(why));
            // What was counted of it is not there any more.
            work->gone.push_back(from);
            begin_counting();
          });
}

void mail_view::count_senders(const std::shared_ptr<counting>& work, mailbox_id mailbox, const uid_set& uids) {
  if (uids.empty()) return count_next(work);
  ask(services_.readers.of(who_.account.value), answer_deadline,
      messages::read_structures{trace_, who_.account, mailbox, uids, true})
      .then(
          [this, work, mailbox, uids](const messages::structures& m) {
            if (counting_ != work) return;
            for (const auto& one : m.messages) work->found.add_senders(one.parts.envelope.from);
            count_senders(work, mailbox, unanswered(uids, m));
          },
          [this, work](caf::error& why) {
            if (counting_ == work) stop_counting(runtime::to_failure(why));
          });
}

}  // namespace stagecoach::web
