// What a mail page asks for and does. Results of views come as events (mail_events.hpp) on the stream that is named.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "messages/api/method.hpp"
#include "protocols/base/ids.hpp"

namespace stagecoach::api {

inline constexpr std::size_t uids_max = 10'000;          // of one action
inline constexpr std::uint32_t window_max = 1'000;       // rows that a view shows at once
inline constexpr std::size_t thread_messages_max = 200;  // that are shown of one
inline constexpr std::size_t views_max = 200;            // of one stream, which all tabs of a browser share
inline constexpr std::size_t labels_counted_max = 100;   // with names, of one view
inline constexpr std::size_t senders_counted_max = 20;

// --- views: a mailbox as a list, newest first ---

// The rows `from` on come as view_items. With `known`, of before the stream was lost, none come when nothing is
// different: the client's own are right. A view of everything has no use for it.
struct open_view {
  std::string stream;
  std::uint32_t view = 0;
  mailbox_id mailbox;
  std::uint32_t from = 0;
  std::uint32_t count = 50;
  modseq known;
  std::string query;           // search line; empty: all messages
  bool threads = false;        // one row for a thread, unless it is searched or of everything
  bool is_everywhere = false;  // all mailboxes but those for junk and trash, and `mailbox` first
  static constexpr auto fields = described(
      field(1, "stream", &open_view::stream), field(2, "view", &open_view::view, "the client's number for it"),
      field(3, "mailbox", &open_view::mailbox), field(4, "from", &open_view::from, "place in the list, from 0"),
      field(5, "count", &open_view::count, "rows, at most 1000"),
      field(6, "known", &open_view::known, "up_to of the view's last event; 0: none"),
      field(7, "query", &open_view::query, "what to look for: from:ada is:unread \"two words\""),
      field(8, "threads", &open_view::threads, "one row for a thread; not of a search"),
      field(9, "is_everywhere", &open_view::is_everywhere,
            "`mailbox`, and all others but those for junk and trash; without threads"));
  static constexpr std::array<std::string_view, 3> required = {"stream", "view", "mailbox"};
  friend bool operator==(const open_view&, const open_view&) = default;
};

// The rows that are on the screen, and some around them: what the client does not hold of them is sent.
struct move_window {
  std::string stream;
  std::uint32_t view = 0;
  std::uint32_t from = 0;  // place in the list, from 0
  std::uint32_t count = 0;
  static constexpr auto fields =
      described(field(1, "stream", &move_window::stream), field(2, "view", &move_window::view),
                field(3, "from", &move_window::from, "place in the list, from 0"),
                field(4, "count", &move_window::count, "rows, at most 1000"));
  static constexpr std::array<std::string_view, 4> required = {"stream", "view", "from", "count"};
  friend bool operator==(const move_window&, const move_window&) = default;
};

// A thread is one row, or with `is_expanded` one for each of its messages.
struct expand_thread {
  std::string stream;
  std::uint32_t view = 0;
  message_id thread;
  bool is_expanded = false;
  static constexpr auto fields =
      described(field(1, "stream", &expand_thread::stream), field(2, "view", &expand_thread::view),
                field(3, "thread", &expand_thread::thread), field(4, "is_expanded", &expand_thread::is_expanded));
  static constexpr std::array<std::string_view, 4> required = {"stream", "view", "thread", "is_expanded"};
  friend bool operator==(const expand_thread&, const expand_thread&) = default;
};

struct close_view {
  std::string stream;
  std::uint32_t view = 0;
  static constexpr auto fields =
      described(field(1, "stream", &close_view::stream), field(2, "view", &close_view::view));
  static constexpr std::array<std::string_view, 2> required = {"stream", "view"};
  friend bool operator==(const close_view&, const close_view&) = default;
};

// What the messages of a view are, to narrow it down: all that it stands for, not rows.
struct count_view {
  std::string stream;
  std::uint32_t view = 0;
  static constexpr auto fields =
      described(field(1, "stream", &count_view::stream), field(2, "view", &count_view::view));
  static constexpr std::array<std::string_view, 2> required = {"stream", "view"};
  friend bool operator==(const count_view&, const count_view&) = default;
};
struct year_count {
  std::int32_t year = 0;  // in which they were received, in UTC, as since: and until: have it
  std::uint32_t messages = 0;
  static constexpr auto fields = described(field(1, "year", &year_count::year, "in which they were received, in UTC"),
                                           field(2, "messages", &year_count::messages));
  friend bool operator==(const year_count&, const year_count&) = default;
};
struct label_count {
  std::string name;
  std::uint32_t messages = 0;
  static constexpr auto fields =
      described(field(1, "name", &label_count::name), field(2, "messages", &label_count::messages));
  friend bool operator==(const label_count&, const label_count&) = default;
};
struct sender_count {
  std::string name;     // as one of the messages has it, decoded; empty: none
  std::string address;  // case folded, as from: compares it
  std::uint32_t messages = 0;
  static constexpr auto fields =
      described(field(1, "name", &sender_count::name), field(2, "address", &sender_count::address, "case folded"),
                field(3, "messages", &sender_count::messages));
  friend bool operator==(const sender_count&, const sender_count&) = default;
};
// A message has one year, and any number of labels and senders.
struct counted {
  modseq up_to;  // of a view of one mailbox: changes after it may be counted or not
  std::uint32_t total = 0;
  std::uint32_t unread = 0;
  std::vector<year_count> years;      // newest first
  std::vector<label_count> labels;    // of most messages first, then by name
  std::vector<sender_count> senders;  // of most messages first, then by address
  std::uint32_t more_labels = 0;      // that are not among them
  std::uint32_t more_senders = 0;
  static constexpr auto fields =
      described(field(1, "up_to", &counted::up_to, "of one mailbox: changes after it may be counted or not"),
                field(2, "total", &counted::total, "messages"), field(3, "unread", &counted::unread),
                field(4, "years", &counted::years, "newest first"),
                field(5, "labels", &counted::labels, "of most messages first, then by name; at most 100"),
                field(6, "senders", &counted::senders, "of most messages first, then by address; at most 20"),
                field(7, "more_labels", &counted::more_labels, "that are not among them"),
                field(8, "more_senders", &counted::more_senders));
  friend bool operator==(const counted&, const counted&) = default;
};

// --- one message ---

struct read_message {
  mailbox_id mailbox;
  uid message;
  static constexpr auto fields =
      described(field(1, "mailbox", &read_message::mailbox), field(2, "uid", &read_message::message));
  static constexpr std::array<std::string_view, 2> required = {"mailbox", "uid"};
  friend bool operator==(const read_message&, const read_message&) = default;
};

struct shown_address {
  std::string name;     // decoded; empty: none
  std::string address;  // local part and domain; of a group: empty
  static constexpr auto fields =
      described(field(1, "name", &shown_address::name), field(2, "address", &shown_address::address));
  friend bool operator==(const shown_address&, const shown_address&) = default;
};

struct list_item {
  mailbox_id mailbox;
  uid message;
  unix_ms received;
  std::uint64_t bytes = 0;
  std::vector<std::string> flags;  // "\\Seen", and keywords
  std::vector<shown_address> from;
  std::vector<shown_address> to;
  std::string subject;
  bool has_attachments = false;
  message_id thread;
  std::uint32_t depth = 0;          // in a thread that is expanded
  std::vector<uid> hidden;          // others of its thread, which this row stands for
  std::uint32_t hidden_unread = 0;  // of those
  static constexpr auto fields =
      described(field(1, "uid", &list_item::message), field(2, "received", &list_item::received),
                field(3, "bytes", &list_item::bytes), field(4, "flags", &list_item::flags, "system flags and keywords"),
                field(5, "from", &list_item::from), field(6, "to", &list_item::to),
                field(7, "subject", &list_item::subject), field(8, "has_attachments", &list_item::has_attachments),
                field(9, "thread", &list_item::thread), field(10, "depth", &list_item::depth, "in a thread"),
                field(11, "hidden", &list_item::hidden, "others of the thread, for which the row stands"),
                field(12, "hidden_unread", &list_item::hidden_unread), field(13, "mailbox", &list_item::mailbox));
  friend bool operator==(const list_item&, const list_item&) = default;
};

// The messages of its thread, in whichever mailboxes they are.
struct read_thread {
  mailbox_id mailbox;
  uid message;
  static constexpr auto fields =
      described(field(1, "mailbox", &read_thread::mailbox), field(2, "uid", &read_thread::message));
  static constexpr std::array<std::string_view, 2> required = {"mailbox", "uid"};
  friend bool operator==(const read_thread&, const read_thread&) = default;
};

struct shown_thread {
  std::vector<list_item> messages;  // the oldest first, the one that was named among them
  bool is_cut = false;              // there are more, most of them older
  static constexpr auto fields =
      described(field(1, "messages", &shown_thread::messages, "oldest first, at most 200"),
                field(2, "is_cut", &shown_thread::is_cut, "there are more, most of them older"));
  friend bool operator==(const shown_thread&, const shown_thread&) = default;
};

struct shown_field {
  std::string name;
  std::string value;  // unfolded, decoded
  static constexpr auto fields =
      described(field(1, "name", &shown_field::name), field(2, "value", &shown_field::value));
  friend bool operator==(const shown_field&, const shown_field&) = default;
};

struct shown_part {
  std::string path;            // "1.2", as in /mail/msg/MAILBOX/UID/view/1.2
  std::string type;            // "image/png"
  std::string name;            // of the file; empty: none
  std::uint64_t bytes = 0;     // as transferred
  bool is_attachment = false;  // not one of the texts that are shown
  static constexpr auto fields = described(
      field(1, "path", &shown_part::path), field(2, "type", &shown_part::type), field(3, "name", &shown_part::name),
      field(4, "bytes", &shown_part::bytes, "as transferred"), field(5, "is_attachment", &shown_part::is_attachment));
  friend bool operator==(const shown_part&, const shown_part&) = default;
};

struct shown_message {
  mailbox_id mailbox;
  uid message;
  std::string subject;
  std::string date;  // as spelled
  unix_ms received;
  std::uint64_t bytes = 0;
  std::vector<shown_address> from;
  std::vector<shown_address> reply_to;
  std::vector<shown_address> to;
  std::vector<shown_address> cc;
  std::vector<shown_address> bcc;
  std::string message_id;
  std::vector<shown_field> header;  // all of it, in its order
  std::string text;                 // the text parts, in UTF-8 with LF; of HTML when there are none
  bool is_text_cut = false;         // there is more: see raw
  std::vector<shown_part> parts;    // leaves, in their order
  bool has_html = false;            // see /mail/msg/MAILBOX/UID/html
  static constexpr auto fields = described(
      field(1, "mailbox", &shown_message::mailbox), field(2, "uid", &shown_message::message),
      field(3, "subject", &shown_message::subject), field(4, "date", &shown_message::date, "as spelled"),
      field(5, "received", &shown_message::received), field(6, "bytes", &shown_message::bytes),
      field(7, "from", &shown_message::from), field(8, "reply_to", &shown_message::reply_to),
      field(9, "to", &shown_message::to), field(10, "cc", &shown_message::cc), field(11, "bcc", &shown_message::bcc),
      field(12, "message_id", &shown_message::message_id), field(13, "header", &shown_message::header),
      field(14, "text", &shown_message::text, "the text parts"), field(15, "is_text_cut", &shown_message::is_text_cut),
      field(16, "parts", &shown_message::parts, "leaves"),
      field(17, "has_html", &shown_message::has_html, "see /mail/msg/MAILBOX/UID/html"));
  friend bool operator==(const shown_message&, const shown_message&) = default;
};

// --- actions ---

inline constexpr std::size_t op_bytes_max = 64;

// All messages of a view that is open, also those that no page has seen. Of a view of everything, those of the action's
// mailbox.
struct view_name {
  std::string stream;
  std::uint32_t view = 0;
  modseq up_to;
  static constexpr auto fields =
      described(field(1, "stream", &view_name::stream), field(2, "view", &view_name::view),
                field(3, "up_to", &view_name::up_to, "not what has come after this; 0: all"));
  static constexpr std::array<std::string_view, 2> required = {"stream", "view"};
  friend bool operator==(const view_name&, const view_name&) = default;
};

struct set_flags {
  mailbox_id mailbox;
  std::vector<uid> uids;
  std::optional<view_name> all_of;
  std::vector<std::string> add;  // "\\Seen", "$Junk", "todo"
  std::vector<std::string> remove;
  std::string op;  // by which action_progress and action.cancel name it; empty: neither is wanted
  static constexpr auto fields =
      described(field(1, "mailbox", &set_flags::mailbox), field(2, "uids", &set_flags::uids),
                field(3, "add", &set_flags::add, "flags and keywords"), field(4, "remove", &set_flags::remove),
                field(5, "all_of", &set_flags::all_of, "all of a view in `mailbox` but `uids`"),
                field(6, "op", &set_flags::op,
                      "the client's name for it, at most 64 characters, to hear of its progress and to cancel it"));
  static constexpr std::array<std::string_view, 2> required = {"mailbox", "uids"};
  friend bool operator==(const set_flags&, const set_flags&) = default;
};

struct move_messages {
  mailbox_id mailbox;
  std::vector<uid> uids;
  std::optional<view_name> all_of;
  mailbox_id to;
  std::string op;
  static constexpr auto fields =
      described(field(1, "mailbox", &move_messages::mailbox), field(2, "uids", &move_messages::uids),
                field(3, "to", &move_messages::to),
                field(4, "all_of", &move_messages::all_of, "all of a view in `mailbox` but `uids`"),
                field(5, "op", &move_messages::op, "the client's name for it"));
  static constexpr std::array<std::string_view, 3> required = {"mailbox", "uids", "to"};
  friend bool operator==(const move_messages&, const move_messages&) = default;
};

// For ever.
struct delete_messages {
  mailbox_id mailbox;
  std::vector<uid> uids;
  std::optional<view_name> all_of;
  std::string op;
  static constexpr auto fields =
      described(field(1, "mailbox", &delete_messages::mailbox), field(2, "uids", &delete_messages::uids),
                field(3, "all_of", &delete_messages::all_of, "all of a view in `mailbox` but `uids`"),
                field(4, "op", &delete_messages::op, "the client's name for it"));
  static constexpr std::array<std::string_view, 2> required = {"mailbox", "uids"};
  friend bool operator==(const delete_messages&, const delete_messages&) = default;
};

// What an action has done. `undo` takes it back for ten minutes; empty: it cannot be. One that was cancelled, or failed
// after it had done something, has done a part of it.
struct acted {
  std::uint32_t messages = 0;  // that are different now
  std::string undo;
  modseq up_to;  // views that have told this one have told of all of it; 0: nothing is different
  bool is_cancelled = false;
  std::uint32_t total = 0;  // messages that were meant
  std::string why;          // the rest was not done; empty: nothing has failed
  static constexpr auto fields =
      described(field(1, "messages", &acted::messages, "that are different now"), field(2, "undo", &acted::undo),
                field(3, "up_to", &acted::up_to, "of a view that has told of it; 0: nothing is different"),
                field(4, "is_cancelled", &acted::is_cancelled, "before all was done"),
                field(5, "total", &acted::total, "messages that were meant"),
                field(6, "why", &acted::why, "the rest was not done; empty: nothing has failed"));
  friend bool operator==(const acted&, const acted&) = default;
};

// What is left of it after a cancel or a failure can be taken back by the same name.
struct undo {
  std::string what;
  std::string op;
  static constexpr auto fields = described(field(1, "what", &undo::what, "`undo` of an action"),
                                           field(2, "op", &undo::op, "the client's name for it"));
  static constexpr std::array<std::string_view, 1> required = {"what"};
  friend bool operator==(const undo&, const undo&) = default;
};

// It ends after the batch of messages that it is at; its own answer says what it has done.
struct cancel_action {
  std::string op;
  static constexpr auto fields = described(field(1, "op", &cancel_action::op, "the client's name for the action"));
  static constexpr std::array<std::string_view, 1> required = {"op"};
  friend bool operator==(const cancel_action&, const cancel_action&) = default;
};

struct new_mailbox {
  std::string name;
  static constexpr auto fields = described(field(1, "name", &new_mailbox::name, "with its parents: Lists/actors"));
  static constexpr std::array<std::string_view, 1> required = {"name"};
  friend bool operator==(const new_mailbox&, const new_mailbox&) = default;
};
struct renamed_mailbox {
  std::string from;
  std::string to;
  static constexpr auto fields =
      described(field(1, "from", &renamed_mailbox::from), field(2, "to", &renamed_mailbox::to));
  static constexpr std::array<std::string_view, 2> required = {"from", "to"};
  friend bool operator==(const renamed_mailbox&, const renamed_mailbox&) = default;
};
struct removed_mailbox {
  std::string name;
  static constexpr auto fields = described(field(1, "name", &removed_mailbox::name));
  static constexpr std::array<std::string_view, 1> required = {"name"};
  friend bool operator==(const removed_mailbox&, const removed_mailbox&) = default;
};

inline constexpr std::tuple mail_methods{
    method<open_view, nothing>{"view.open", needs::user, "Show a mailbox on a stream; the rows come as events."},
    method<move_window, nothing>{"view.window", needs::user, "Say which rows of a view are on the screen."},
    method<expand_thread, nothing>{"view.expand", needs::user,
                                   "Show the messages of a thread of a view, or one of them."},
    method<close_view, nothing>{"view.close", needs::user, "End a view."},
    method<count_view, counted>{"view.count", needs::user,
                                "Count the messages of a view by year, label and sender; busy while it is searched, "
                                "and when somebody else asks for it before it is done."},
    method<read_message, shown_message>{"mail.read", needs::user, "One message: its header, its text, its parts."},
    method<read_thread, shown_thread>{"mail.thread", needs::user,
                                      "The messages of a message's thread, of all mailboxes."},
    method<set_flags, acted>{"mail.set_flags", needs::user, "Set and clear flags and keywords."},
    method<move_messages, acted>{"mail.move", needs::user, "Move messages to another mailbox."},
    method<delete_messages, acted>{"mail.delete", needs::user, "Remove messages for ever."},
    method<undo, acted>{"mail.undo", needs::user, "Take an action back."},
    method<cancel_action, nothing>{"action.cancel", needs::user, "Leave the rest of an action undone."},
    method<new_mailbox, nothing>{"mailbox.create", needs::user, "Make a mailbox, and its parents."},
    method<renamed_mailbox, nothing>{"mailbox.rename", needs::user, "Rename a mailbox, and what is below it."},
    method<removed_mailbox, nothing>{"mailbox.delete", needs::user, "Remove a mailbox with its messages."},
};

}  // namespace stagecoach::api
