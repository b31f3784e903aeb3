// One account in an index of which rows are lost, and others are back that were removed or written anew
// (row_restore.hpp): fed with its rows in the order of their keys, and asked at the end. What was handed out and is not
// known any more must not be handed out again, so every counter goes on far above what is seen of it, and every mailbox
// gets a new UIDVALIDITY. What is seen to have been removed goes again; a mailbox whose row is lost is made anew around
// its messages. The counts are left to account_repair.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "store/check/repair.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

class account_restore {
 public:
  struct outside {
    std::string login;  // empty: nobody signs in to it
    unix_ms now;
    std::function<std::optional<content_row>(const message_row&)> content_of;  // found anew, when its body is there
  };

  account_restore(account_id account, outside what) : account_(account), outside_(std::move(what)) {}

  void row(std::string_view key, std::string_view value);
  // After the last row.
  void finish(repair_plan& into);

 private:
  using place = std::pair<mailbox_id, uid>;

  void note(const message_row& row);
  void note(mailbox_id id, const mailbox_row& row);
  void let_go_of_removed(repair_plan& into);
  void let_go(const place& at, const std::string& why, repair_plan& into);
  void restore_account(repair_plan& into);
  void restore_mailboxes(repair_plan& into);
  void make_mailbox(mailbox_id id, const std::string& name, repair_plan& into);
  void separate_names(repair_plan& into);
  void restore_parents(repair_plan& into);
  void restore_contents(repair_plan& into);
  void go_on_above(repair_plan& into);
  [[nodiscard]] std::set<std::string> names() const;  // of live mailboxes
  [[nodiscard]] std::string here() const;
  [[nodiscard]] std::string name_of(const place& at) const;

  account_id account_;
  outside outside_;
  std::optional<account_row> row_;
  std::map<mailbox_id, mailbox_row> mailboxes_;
  std::map<place, message_row> messages_;
  std::set<place> tombstones_;
  std::set<place> contents_;
  std::set<place> removed_;
  // The highest that is seen of each.
  modseq modseq_{1};
  mailbox_id mailbox_;
  message_id message_;
  uid_validity validity_;
  std::map<mailbox_id, uid> uids_;
};

}  // namespace stagecoach::store
