// From a conversation (messages/conversation.hpp) to a CAF handle: handle_of<mailbox_talk> is a typed_actor that takes
// exactly what the conversation lists. A handle converts to the handle of any narrower conversation, so an actor that
// speaks joined<viewer_talk, connection_talk> can be passed where a viewer is expected.
#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "messages/conversation.hpp"

namespace stagecoach::runtime {

namespace handles_detail {

template <class... Clauses>
struct clause_list {};

template <class... Clauses>
clause_list<Clauses...> clauses_of(const conversation<Clauses...>*);

template <class Talk>
using clauses_t = decltype(clauses_of(static_cast<const Talk*>(nullptr)));

template <class Clauses>
struct to_handle;

template <class Answer>
struct answer_of {
  using type = Answer;
};
template <class Talk>
struct answer_of<handle_to<Talk>> {
  using type = typename to_handle<clauses_t<Talk>>::type;
};

template <class Clause>
struct signature_of;
template <class Question, class Answer>
struct signature_of<ask_for<Question, Answer>> {
  using type = typename caf::replies_to<Question>::template with<typename answer_of<Answer>::type>;
};
template <class Message>
struct signature_of<tell<Message>> {
  using type = caf::reacts_to<Message>;
};

template <class... Clauses>
struct to_handle<clause_list<Clauses...>> {
  using type = caf::typed_actor<typename signature_of<Clauses>::type...>;
};

template <class... Lists>
struct concatenated;
template <class... Clauses>
struct concatenated<clause_list<Clauses...>> {
  using type = conversation<Clauses...>;
};
template <class... A, class... B, class... More>
struct concatenated<clause_list<A...>, clause_list<B...>, More...> {
  using type = typename concatenated<clause_list<A..., B...>, More...>::type;
};

}  // namespace handles_detail

// The handle of an actor that speaks Talk, a struct derived from conversation<...>.
template <class Talk>
using handle_of = typename handles_detail::to_handle<handles_detail::clauses_t<Talk>>::type;

// Several conversations with one actor.
template <class... Talks>
struct joined : handles_detail::concatenated<handles_detail::clauses_t<Talks>...>::type {};

// What a handler of ask_for<Question, T> returns: a T, a caf::error, or a promise<T> to be delivered later.
template <class T>
using reply = caf::result<T>;
template <class T>
using promise = caf::typed_response_promise<T>;

}  // namespace stagecoach::runtime
