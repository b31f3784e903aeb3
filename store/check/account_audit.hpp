// One account under the checker (account_check.hpp): fed with its rows in the order of their keys (account, mailboxes,
// messages, tombstones, contents, subscriptions, removed messages, threads), and asked at the end.
#pragma once

#include <bitset>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocols/base/uid_set.hpp"
#include "store/check/account_check.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

class account_audit {
 public:
  account_audit(account_id account, const report_problem& report);

  void row(std::string_view key, std::string_view value);
  // After the last row.
  void finish();

 private:
  struct audited_mailbox {
    std::optional<mailbox_row> row;   // none: it is there and cannot be read
    messages::mailbox_counts counts;  // of the messages so far
    uid_set live;
    uid_set gone;  // has a tombstone
  };
  struct place {
    std::string text;
  };

  struct expected_content {
    std::pair<mailbox_id, uid> of;
    std::uint32_t prefix_bytes = 0;
    std::uint64_t blob_bytes = 0;
  };
  struct expected_thread {
    std::uint64_t hash = 0;
    mailbox_id mailbox;
    uid message;
    std::uint64_t digest = 0;  // of the row
    [[nodiscard]] auto order() const { return std::tuple(hash, mailbox, message); }
  };
  struct found_content {
    std::uint64_t prefix_bytes = 0;
    std::uint64_t end = 0;  // of the last part
  };

  void account(std::string_view value);
  void mailbox(mailbox_id id, std::string_view value);
  void mailbox_sequences(const place& at, const mailbox_row& row);
  void mailbox_names(const place& at, const mailbox_row& row);
  void mailbox_parent(const place& at, std::string_view name);
  void message(const account_key_parts& key, std::string_view value);
  void tombstone(const account_key_parts& key, std::string_view value);
  void content(const account_key_parts& key, std::string_view value);
  void compare_content(const place& at, const found_content& found, const expected_content& expected);
  void removed(const account_key_parts& key, std::string_view value);
  void expect_threads(const place& at, const account_key_parts& key, const message_row& row);
  void thread(const account_key_parts& key, std::string_view value);
  void sort_threads();
  void report_missing_thread();                     // the next one
  void report_missing_contents(std::size_t count);  // of the next ones
  void subscription(const std::string& name, std::string_view value);
  // What holds for a message as for a tombstone.
  struct traces {
    uid id;
    message_id message;
    modseq created;
    modseq changed;
  };
  void message_traces(const place& at, const mailbox_row& box, const traces& row);
  // Where the message is; null when the mailbox is missing (reported) or cannot be read (reported with its row).
  audited_mailbox* mailbox_of(const account_key_parts& key, const place& at);

  [[nodiscard]] place here() const;
  [[nodiscard]] place at(mailbox_id mailbox) const;
  [[nodiscard]] place at(mailbox_id mailbox, uid message) const;
  void problem(const place& where, std::string what);
  // False when it was there before.
  bool note_message_id(message_id id);

  account_id account_;
  const report_problem& report_;
  std::size_t problems_ = 0;
  bool has_account_key_ = false;
  std::optional<account_row> row_;
  std::map<mailbox_id, audited_mailbox> mailboxes_;
  std::set<std::string, std::less<>> live_names_;
  std::size_t subscriptions_ = 0;
  std::set<std::string> special_uses_;
  std::set<uid_validity> validities_;
  std::deque<expected_content> contents_;                              // still to come, in order
  std::map<std::pair<mailbox_id, uid>, found_content> lone_contents_;  // perhaps of removed messages
  std::vector<expected_thread> threads_;
  std::size_t next_thread_ = 0;
  bool are_threads_sorted_ = false;
  // Message ids count up from 1, so pages of bits are small.
  static constexpr std::size_t ids_per_page = 1024;
  std::unordered_map<std::uint64_t, std::bitset<ids_per_page>> message_ids_;
};

}  // namespace stagecoach::store
