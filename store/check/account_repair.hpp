// One account under repair (repair.hpp): fed with its rows in the order of their keys, and asked at the end.
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

class account_repair {
 public:
  using use_body = std::function<void(const blob_hash&)>;
  // The octets of a body that can be served whole; none: it is missing or damaged.
  using body_size = std::function<std::optional<std::uint64_t>(const blob_hash&)>;

  account_repair(account_id account, body_size good_body) : account_(account), good_body_(std::move(good_body)) {}

  void row(std::string_view key, std::string_view value);
  // After the last row. `use` is called for each row that still uses a body, set aside or not.
  void finish(repair_plan& into, const use_body& use);

 private:
  using place = std::pair<mailbox_id, uid>;
  struct stored {
    std::string key;
    std::string value;
  };
  struct found_message {
    stored as;
    std::optional<message_row> row;  // none: it cannot be read
  };
  struct found_content {
    stored as;
    std::optional<content_row> row;
  };

  [[nodiscard]] std::string why_not(const place& at, const found_message& message) const;  // empty: it can be served
  static void put_aside(const stored& row, set_aside as, repair_plan& into);
  // With its content.
  void drop(const place& at, const found_message& message, const use_body& use, repair_plan& into);
  void leave_tombstone(const place& at, const message_row& row, repair_plan& into);
  [[nodiscard]] bool has_good_body(const found_message& message) const;
  void keep_threads(const place& at, const message_row& row);
  void mend_threads(repair_plan& into);
  void mend_mailboxes(repair_plan& into);
  void mend_account(repair_plan& into);
  [[nodiscard]] std::string name_of(const place& at) const;
  [[nodiscard]] std::string name_of(mailbox_id mailbox) const;

  account_id account_;
  body_size good_body_;
  std::optional<account_row> row_;
  bool is_row_changed_ = false;
  std::map<mailbox_id, mailbox_row> mailboxes_;
  std::map<mailbox_id, messages::mailbox_counts> counts_;
  std::set<mailbox_id> touched_;
  std::map<place, found_message> messages_;
  std::map<place, found_content> contents_;
  std::map<place, found_message> removed_;  // and still readable
  std::map<std::string, std::string, std::less<>> threads_;
  std::map<std::string, std::string, std::less<>> wanted_threads_;
};

}  // namespace stagecoach::store
