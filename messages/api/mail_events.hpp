// What a mail page is told on its event stream (GET or POST /events), one JSON object an event, `kind` first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/api/mail.hpp"

namespace stagecoach::api {

struct shown_mailbox {
  mailbox_id id;
  std::string name;         // UTF-8, levels with "/"; INBOX is "Inbox"
  std::string special_use;  // RFC 6154, "\\Sent"; empty: none
  std::uint32_t total = 0;
  std::uint32_t unread = 0;
  std::vector<std::string> keywords;  // ever used here
  static constexpr auto fields = described(
      field(1, "id", &shown_mailbox::id), field(2, "name", &shown_mailbox::name, "levels with /"),
      field(3, "special_use", &shown_mailbox::special_use, "RFC 6154"), field(4, "total", &shown_mailbox::total),
      field(5, "unread", &shown_mailbox::unread), field(6, "keywords", &shown_mailbox::keywords));
  friend bool operator==(const shown_mailbox&, const shown_mailbox&) = default;
};

// First on every stream that is new.
struct hello {
  static constexpr std::string_view kind = "hello";
  std::string stream;    // its name in view.open
  std::string name;      // who is signed in
  std::string protocol;  // of the API: another one than the page's: load the page again
  std::vector<shown_mailbox> mailboxes;
  static constexpr auto fields = described(field(1, "stream", &hello::stream), field(2, "name", &hello::name),
                                           field(3, "protocol", &hello::protocol, "changes when the API does"),
                                           field(4, "mailboxes", &hello::mailboxes));
  friend bool operator==(const hello&, const hello&) = default;
};

// First where a stream goes on over another connection: what the page has not got of it follows (Last-Event-ID).
struct resumed {
  static constexpr std::string_view kind = "resumed";
  static constexpr auto fields = described();
  friend bool operator==(const resumed&, const resumed&) = default;
};

// A mailbox is new, or its name, use, counts or keywords are different.
struct mailbox_changed {
  static constexpr std::string_view kind = "mailbox_changed";
  shown_mailbox mailbox;
  static constexpr auto fields = described(field(1, "mailbox", &mailbox_changed::mailbox));
  friend bool operator==(const mailbox_changed&, const mailbox_changed&) = default;
};
struct mailbox_removed {
  static constexpr std::string_view kind = "mailbox_removed";
  mailbox_id mailbox;
  static constexpr auto fields = described(field(1, "mailbox", &mailbox_removed::mailbox));
  friend bool operator==(const mailbox_removed&, const mailbox_removed&) = default;
};

// The rows of a view from `from` on. A list is `total` rows long.
struct view_items {
  static constexpr std::string_view kind = "view_items";
  std::uint32_t view = 0;
  modseq up_to;
  std::uint32_t total = 0;
  std::uint32_t from = 0;
  std::vector<list_item> items;
  bool is_searching = false;  // more may be found: total grows
  bool is_anew = false;       // rows that came before are not right any more
  static constexpr auto fields = described(
      field(1, "view", &view_items::view), field(2, "up_to", &view_items::up_to), field(3, "total", &view_items::total),
      field(4, "from", &view_items::from, "place of the first, from 0"), field(5, "items", &view_items::items),
      field(6, "is_searching", &view_items::is_searching, "more may be found"),
      field(7, "is_anew", &view_items::is_anew, "rows that came before are not right any more"));
  friend bool operator==(const view_items&, const view_items&) = default;
};

// A row is new at the place `at`; those from there on move down.
struct row_added {
  static constexpr std::string_view kind = "row_added";
  std::uint32_t at = 0;
  list_item item;
  static constexpr auto fields = described(field(1, "at", &row_added::at), field(2, "item", &row_added::item));
  friend bool operator==(const row_added&, const row_added&) = default;
};
struct row_flags {
  static constexpr std::string_view kind = "row_flags";
  mailbox_id mailbox;
  uid message;
  std::vector<std::string> flags;  // all that it has now
  static constexpr auto fields = described(field(1, "uid", &row_flags::message), field(2, "flags", &row_flags::flags),
                                           field(3, "mailbox", &row_flags::mailbox));
  friend bool operator==(const row_flags&, const row_flags&) = default;
};
// The row at the place `at` is gone; those behind it move up.
struct row_removed {
  static constexpr std::string_view kind = "row_removed";
  std::uint32_t at = 0;
  mailbox_id mailbox;
  uid message;
  static constexpr auto fields = described(field(1, "at", &row_removed::at), field(2, "uid", &row_removed::message),
                                           field(3, "mailbox", &row_removed::mailbox));
  friend bool operator==(const row_removed&, const row_removed&) = default;
};
using row_change = std::variant<row_added, row_flags, row_removed>;

// In their order: each place is as of the changes before it.
struct view_changes {
  static constexpr std::string_view kind = "view_changes";
  std::uint32_t view = 0;
  modseq up_to;
  std::uint32_t total = 0;  // after them
  std::vector<row_change> changes;
  static constexpr auto fields =
      described(field(1, "view", &view_changes::view), field(2, "up_to", &view_changes::up_to),
                field(3, "total", &view_changes::total), field(4, "changes", &view_changes::changes));
  friend bool operator==(const view_changes&, const view_changes&) = default;
};

// Its mailbox is gone, or could not be read.
struct view_ended {
  static constexpr std::string_view kind = "view_ended";
  std::uint32_t view = 0;
  std::string why;
  static constexpr auto fields = described(field(1, "view", &view_ended::view), field(2, "why", &view_ended::why));
  friend bool operator==(const view_ended&, const view_ended&) = default;
};

// An action that takes more than a moment is so far; to all streams of its session, and to a slow page only the last.
struct action_progress {
  static constexpr std::string_view kind = "action_progress";
  std::string op;
  std::uint32_t done = 0;  // messages that were looked at
  std::uint32_t total = 0;
  static constexpr auto fields =
      described(field(1, "op", &action_progress::op, "the client's name for the action"),
                field(2, "done", &action_progress::done, "messages"), field(3, "total", &action_progress::total));
  friend bool operator==(const action_progress&, const action_progress&) = default;
};

// Last: the session has ended, or the server stops.
struct bye {
  static constexpr std::string_view kind = "bye";
  bool is_signed_out = false;
  static constexpr auto fields = described(field(1, "is_signed_out", &bye::is_signed_out));
  friend bool operator==(const bye&, const bye&) = default;
};

using event = std::variant<hello, resumed, mailbox_changed, mailbox_removed, view_items, view_changes, view_ended,
                           action_progress, bye>;

}  // namespace stagecoach::api
