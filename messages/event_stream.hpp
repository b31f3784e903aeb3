// The conversation with an event stream, one open page, and of the stream with its views, which look at mailboxes.
#pragma once

#include <string>
#include <vector>

#include "messages/account.hpp"
#include "messages/api/mail_events.hpp"
#include "messages/changes.hpp"
#include "messages/web.hpp"

namespace stagecoach::messages {

// Which messages a view has.
struct list_view {
  std::uint32_t view = 0;
  static constexpr auto fields = described(field(1, "view", &list_view::view));
  friend bool operator==(const list_view&, const list_view&) = default;
};
struct listed_mailbox {
  mailbox_id mailbox;
  uid_set uids;
  modseq up_to;  // what came after it was not sent to the page yet
  static constexpr auto fields =
      described(field(1, "mailbox", &listed_mailbox::mailbox), field(2, "uids", &listed_mailbox::uids),
                field(3, "up_to", &listed_mailbox::up_to, "what came later was not sent yet"));
  friend bool operator==(const listed_mailbox&, const listed_mailbox&) = default;
};
struct view_listed {
  std::vector<listed_mailbox> mailboxes;  // all that the view looks at
  static constexpr auto fields = described(field(1, "mailboxes", &view_listed::mailboxes));
  friend bool operator==(const view_listed&, const view_listed&) = default;
};

// The request of a page that has lost its connection, passed on to the stream that it had: from now on the stream goes
// to the connection that asks, with what came behind the event `after` first.
struct resume_events {
  trace_context trace;
  std::uint64_t after = 0;
  static constexpr auto fields =
      described(field(1, "trace", &resume_events::trace), field(2, "after", &resume_events::after));
  friend bool operator==(const resume_events&, const resume_events&) = default;
};

struct event_stream_talk
    : conversation<ask_for<api::open_view, api::nothing>, ask_for<api::move_window, api::nothing>,
                   ask_for<api::close_view, api::nothing>, ask_for<api::expand_thread, api::nothing>,
                   ask_for<api::count_view, api::counted>, ask_for<list_view, view_listed>,
                   ask_for<resume_events, http_answer>, tell<api::action_progress>, tell<mailboxes_changed>,
                   tell<more_octets>, tell<end_session>> {};

// --- between a stream and its views ---

// To a view: the page has taken all that the view has said, so its mailboxes may tell more.
struct view_taken {
  trace_context trace;
  static constexpr auto fields = described(field(1, "trace", &view_taken::trace));
  friend bool operator==(const view_taken&, const view_taken&) = default;
};
// To a view of many mailboxes: there is another one.
struct look_into {
  trace_context trace;
  mailbox_id mailbox;
  std::string name;
  static constexpr auto fields =
      described(field(1, "trace", &look_into::trace), field(2, "mailbox", &look_into::mailbox),
                field(3, "name", &look_into::name));
  friend bool operator==(const look_into&, const look_into&) = default;
};
struct mail_view_talk : conversation<ask_for<api::move_window, api::nothing>, ask_for<api::expand_thread, api::nothing>,
                                     ask_for<api::count_view, api::counted>, ask_for<list_view, view_listed>,
                                     tell<changes>, tell<view_taken>, tell<look_into>> {};

// From a view: events for the page, as they are sent. None: it has taken changes that the page sees nothing of.
struct view_said {
  trace_context trace;
  std::string octets;
  bool is_last = false;
  static constexpr auto fields = described(field(1, "trace", &view_said::trace), field(2, "octets", &view_said::octets),
                                           field(3, "is_last", &view_said::is_last));
  friend bool operator==(const view_said&, const view_said&) = default;
};
struct view_owner_talk : conversation<tell<view_said>> {};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::list_view>;
extern template struct record_of<messages::listed_mailbox>;
extern template struct record_of<messages::view_listed>;
extern template struct record_of<messages::resume_events>;
extern template struct record_of<messages::view_taken>;
extern template struct record_of<messages::look_into>;
extern template struct record_of<messages::view_said>;
}  // namespace stagecoach
