// A conversation, declared without CAF: what an actor answers (ask_for) and what it is told (tell).
//
//   struct mailbox_talk : conversation<ask_for<set_flags, flags_set>, tell<look_away>> {};
//
// actors/runtime/handles.hpp makes `handle_of<mailbox_talk>` of it, a CAF typed actor handle.
#pragma once

namespace stagecoach {

template <class Question, class Answer>
struct ask_for {};

template <class Message>
struct tell {};

template <class... Clauses>
struct conversation {};

// An answer that is itself a handle to an actor that speaks Talk (which may be incomplete here):
// ask_for<open_mailbox, handle_to<mailbox_talk>>.
template <class Talk>
struct handle_to {};

}  // namespace stagecoach
