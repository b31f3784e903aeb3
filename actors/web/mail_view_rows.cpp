// What the rows of a list are made of: how each message is now, and its structure.
#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_map>

#include "actors/runtime/stage.hpp"
#include "actors/web/mail_view.hpp"
#include "actors/web/shown.hpp"

namespace stagecoach::web {

// One mailbox after the other.
struct mail_view::gathering {
  std::map<mailbox_id, uid_set> left;
  std::unordered_map<location, messages::message_view> rows;
  std::unordered_map<location, messages::message_structure> structures;
  std::function<void()> then;
};

// then(rows), in the order of `wanted`; a message that went meanwhile keeps its place until that is told.
void mail_view::with_rows(std::vector<location> wanted, std::function<void(located_rows)> then) {
  const auto work = std::make_shared<gathering>();
  for (const auto& one : wanted) work->left[one.mailbox].add(one.message);
  work->then = [found = std::weak_ptr(work), wanted = std::move(wanted), then = std::move(then)] {
    located_rows rows;
    rows.reserve(wanted.size());
    for (const auto& one : wanted) {
      const auto row = found.lock()->rows.find(one);
      rows.push_back({one.mailbox, row != found.lock()->rows.end() ? row->second : messages::message_view()});
      rows.back().row.id = one.message;
    }
    then(std::move(rows));
  };
  gather_rows(work);
}

void mail_view::gather_rows(const std::shared_ptr<gathering>& work) {
  while (!work->left.empty()) {
    const auto [id, uids] = *work->left.begin();
    work->left.erase(work->left.begin());
    const auto from = source_of(id);
    if (!from) continue;
    ask(from->actor, answer_deadline, messages::read_rows{trace_, uids})
        .then(
            [this, work, id = id](messages::rows& m) {
              for (auto& row : m.messages) work->rows.emplace(location{id, row.id}, std::move(row));
              gather_rows(work);
            },
            [this, work](caf::error& why) { without(why, [&] { gather_rows(work); }); });
    return;
  }
  work->then();
}

// then(items), in the order of `rows`.
void mail_view::with_items(located_rows rows, std::function<void(items)> then) {
  const auto work = std::make_shared<gathering>();
  for (const auto& one : rows) work->left[one.mailbox].add(one.row.id);
  work->then = [found = std::weak_ptr(work), rows = std::move(rows), then = std::move(then)] {
    const auto now = found.lock();
    items all;
    all.reserve(rows.size());
    for (const auto& one : rows) {
      const auto at = now->structures.find({one.mailbox, one.row.id});
      all.push_back(list_item_of(one.row, at == now->structures.end() ? nullptr : &at->second));
      all.back().mailbox = one.mailbox;
    }
    then(std::move(all));
  };
  gather_structures(work);
}

void mail_view::gather_structures(const std::shared_ptr<gathering>& work) {
  if (work->left.empty()) return work->then();
  const auto [id, uids] = *work->left.begin();
  work->left.erase(work->left.begin());
  ask(services_.readers.of(who_.account.value), answer_deadline,
      messages::read_structures{trace_, who_.account, id, uids, false})
      .then(
          [this, work, id = id, uids = uids](messages::structures& m) {
            for (auto& one : m.messages) work->structures.emplace(location{id, one.id}, std::move(one));
            if (auto rest = unanswered(uids, m); !rest.empty()) work->left.emplace(id, std::move(rest));
            gather_structures(work);
          },
          [this](caf::error& why) { fail(why); });
}

}  // namespace stagecoach::web
