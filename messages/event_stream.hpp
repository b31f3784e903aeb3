// The conversation with an event stream: one open page, which looks at mailboxes.
#pragma once

#include "messages/account.hpp"
#include "messages/api/mail.hpp"
#include "messages/changes.hpp"
#include "messages/web.hpp"

namespace stagecoach::messages {

// Which messages a view has.
struct list_view {
  std::uint32_t view = 0;
  static constexpr auto fields = described(field(1, "view", &list_view::view));
  friend bool operator==(const list_view&, const list_view&) = default;
};
struct view_listed {
  mailbox_id mailbox;
  uid_set uids;
  static constexpr auto fields =
      described(field(1, "mailbox", &view_listed::mailbox), field(2, "uids", &view_listed::uids));
  friend bool operator==(const view_listed&, const view_listed&) = default;
};

struct event_stream_talk : conversation<ask_for<api::open_view, api::nothing>, ask_for<api::move_window, api::nothing>,
                                        ask_for<api::close_view, api::nothing>,
                                        ask_for<api::expand_thread, api::nothing>, ask_for<list_view, view_listed>,
                                        tell<changes>, tell<mailboxes_changed>, tell<more_octets>, tell<end_session>> {
};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::list_view>;
extern template struct record_of<messages::view_listed>;
}  // namespace stagecoach
