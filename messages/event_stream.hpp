// The conversation with an event stream: one open page, which looks at mailboxes.
#pragma once

#include "messages/account.hpp"
#include "messages/api/mail.hpp"
#include "messages/changes.hpp"
#include "messages/web.hpp"

namespace stagecoach::messages {

struct event_stream_talk
    : conversation<ask_for<api::open_view, api::nothing>, ask_for<api::move_window, api::nothing>,
                   ask_for<api::close_view, api::nothing>, ask_for<api::expand_thread, api::nothing>, tell<changes>,
                   tell<mailboxes_changed>, tell<more_octets>, tell<end_session>> {};

}  // namespace stagecoach::messages
