// The messages of a thread, wherever they are. All is read from the index, so that no mailbox is opened for it: what it
// costs depends on the thread alone. What is on its way to the disk is not seen; the page hears of it when it is there.
#include <map>
#include <unordered_map>

#include "actors/web/shown.hpp"
#include "actors/web/thread_members.hpp"
#include "actors/web/web_session.hpp"
#include "protocols/base/record.hpp"
#include "store/account/views.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::web {

namespace {

// Where a message is and how, of its row; none: the row cannot be read.
std::optional<located> located_in(const messages::stored_row& from) {
  const auto key = store::parse_account_key(from.key);
  const auto row = read_record<store::message_row>(from.value);
  if (!key || !row) return std::nullopt;
  return located{key->mailbox, store::view_of(key->message, *row)};
}

}  // namespace

// A thread while it is read, one mailbox after the other.
struct web_session::reading_thread {
  std::vector<located> rows;
  bool is_cut = false;
  std::map<mailbox_id, uid_set> left;
  std::unordered_map<location, messages::message_structure> structures;
  promise to;
};

void web_session::with_stored(messages::scan_rows which, const promise& to,
                              std::function<void(const std::vector<messages::stored_row>&)> then) {
  ask(services_.readers.of(who_.account.value), answer_deadline, std::move(which))
      .then([then = std::move(then)](const messages::scanned_rows& m) { then(m.rows); },
            [to](caf::error& why) { refuse_with(to, why); });
}

void web_session::fulfil(const api::read_thread& asked, promise to) {
  with_stored({{store::message_key(who_.account, asked.mailbox, asked.message)}, 0}, to,
              [this, to](const std::vector<messages::stored_row>& found) mutable {
                const auto one = found.empty() ? std::nullopt : located_in(found.front());
                if (!one) {
                  to.deliver(refuse({fault_code::not_found, "this message is gone"}));
                  return;
                }
                with_stored(
                    {{store::threads_prefix(who_.account, store::thread_hash(one->row.thread))}, thread_rows_max}, to,
                    [this, one, to](const std::vector<messages::stored_row>& rows) {
                      show_thread(members_of(one->row.thread, *one, rows), to);
                    });
              });
}

void web_session::show_thread(const thread_members& members, const promise& to) {
  messages::scan_rows wanted;
  for (const auto& [mailbox, message] : members.messages)
    wanted.prefixes.push_back(store::message_key(who_.account, mailbox, message));
  with_stored(std::move(wanted), to,
              [this, is_cut = members.is_cut, to](const std::vector<messages::stored_row>& rows) {
                const auto thread = std::make_shared<reading_thread>();
                thread->is_cut = is_cut;
                thread->to = to;
                for (const auto& one : rows) {
                  auto found = located_in(one);
                  if (!found) continue;
                  thread->left[found->mailbox].add(found->row.id);
                  thread->rows.push_back(std::move(*found));
                }
                read_structures(thread);
              });
}

void web_session::read_structures(const std::shared_ptr<reading_thread>& thread) {
  if (thread->left.empty()) return give_thread(*thread);
  const auto [mailbox, uids] = *thread->left.begin();
  thread->left.erase(thread->left.begin());
  ask(services_.readers.of(who_.account.value), answer_deadline,
      messages::read_structures{step(), who_.account, mailbox, uids, false})
      .then(
          [this, thread, mailbox = mailbox, uids = uids](messages::structures& m) {
            for (auto& one : m.messages) thread->structures.emplace(location{mailbox, one.id}, std::move(one));
            if (auto rest = unanswered(uids, m); !rest.empty()) thread->left.emplace(mailbox, std::move(rest));
            read_structures(thread);
          },
          [thread](caf::error& why) { refuse_with(thread->to, why); });
}

void web_session::give_thread(const reading_thread& thread) {
  api::shown_thread made;
  made.is_cut = thread.is_cut;
  for (const auto& one : thread.rows) {
    const auto structure = thread.structures.find({one.mailbox, one.row.id});
    made.messages.push_back(list_item_of(one.row, structure == thread.structures.end() ? nullptr : &structure->second));
    made.messages.back().mailbox = one.mailbox;
  }
  give(thread.to, made);
}

}  // namespace stagecoach::web
