#include "actors/web/web_session.hpp"

#include <charconv>

#include "messages/api/tables.hpp"
#include "protocols/http/target.hpp"

namespace stagecoach::web {

namespace {

constexpr std::size_t streams_max = 20;
constexpr std::size_t left_max = 3;
constexpr json_limits call_limits{256 * 1024, unknown_members::refuse};

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

messages::http_answer no_such_page() { return refuse(404, "not_found", "there is no such page"); }

messages::http_answer too_many_pages() { return refuse(429, "too_many", "too many pages are open in this session"); }

}  // namespace

web_session::web_session(caf::actor_config& cfg, runtime::stage& on, services::node_services services,
                         messages::signed_in who, std::string mail_path)
    : watched(cfg, on, "web_session", who.name),
      services_(std::move(services)),
      who_(std::move(who)),
      mail_path_(std::move(mail_path)),
      trace_(runtime::new_trace(on.random())) {
  tracing(trace_);
  set_down_handler([this](const caf::down_msg& down) { lost(down.source); });
}

void web_session::on_exit() {
  for (const auto& [name, stream] : streams_) send(stream.actor, messages::end_session{is_signed_out_});
  for (const auto& [name, collector] : polls_) send(collector, messages::end_session{is_signed_out_});
  end_actions();
  streams_.clear();
  polls_.clear();
  undo_.clear();
  services_ = {};
}

web_session::behavior_type web_session::make_behavior() {
  return {
      [this](const messages::http_request& asked) { return serve(asked); },
      [this](const messages::end_session& m) {
        is_signed_out_ = m.is_signed_out;
        quit();
      },
  };
}

web_session::reply web_session::serve(const messages::http_request& asked) {
  const auto target = http::parse_target(asked.target);
  if (!target) return no_such_page();
  const auto& segments = target->segments;
  if (segments.size() == 2 && segments[0] == "api") return call(asked, segments[1]);
  if (segments.size() == 1 && segments[0] == "events") return open_stream(asked, *target);
  if (asked.method != "GET" && asked.method != "HEAD")
    return refuse(405, "syntax", "only GET and HEAD are possible here");
  // msg/MAILBOX/UID/...
  const auto below = http::segments_below(*target, mail_path_);
  if (!below || below->size() < 4) return no_such_page();
  const auto mailbox = number_of((*below)[1]);
  const auto message = number_of((*below)[2]);
  if (!mailbox || !message) return no_such_page();
  return show_content(asked, mailbox_id{*mailbox}, uid{*message}, {below->begin() + 3, below->end()});
}

// What the table has and nobody fulfils does not compile.
web_session::reply web_session::call(const messages::http_request& asked, const std::string& method) {
  std::optional<reply> given;
  api::for_each_method(api::mail_methods, [&](const auto& one) {
    if (one.name != method) return;
    using question = typename std::remove_cvref_t<decltype(one)>::question;
    const auto read = read_json<question>(asked.body, call_limits);
    if (!read) {
      given.emplace(refuse(read.error()));
      return;
    }
    auto to = make_response_promise<messages::http_answer>();
    fulfil(*read, to);
    given.emplace(to);
  });
  if (!given) return refuse(404, "not_found", "there is no method " + method);
  return std::move(*given);
}

// /events?mailbox=Inbox&query=is:unread&threads=1&count=60
// Who has a stream already goes on with that, by the id of the last event that came (HTML living standard 9.2.4). It is
// told the connection by the request itself.
web_session::reply web_session::open_stream(const messages::http_request& asked, const http::target& target) {
  if (target.find("poll")) return poll(target);
  const auto place = read_event_id(field_of(asked, "last-event-id"));
  const auto known = place ? streams_.find(place->stream) : streams_.end();
  if (known != streams_.end() && !polls_.contains(known->first)) {
    std::erase(left_, known->first);
    known->second.to = caf::actor_cast<caf::actor_addr>(current_sender());
    monitor(known->second.to);
    return delegate(known->second.actor, messages::resume_events{step(), place->number});
  }
  if (streams_.size() >= streams_max) return too_many_pages();
  begin_stream(target, sender_speaking<messages::octet_sink_talk>(), event_stream::when_left::waits);
  return events_answer();
}

// A stream, the connection that one goes to, a collector of polls, or a zip.
void web_session::lost(const caf::actor_addr& gone) {
  std::erase_if(polls_, [&](const auto& one) { return one.second == gone; });
  std::erase(zips_, gone);
  for (auto one = streams_.begin(); one != streams_.end(); ++one) {
    if (one->second.actor == gone) {
      std::erase(left_, one->first);
      streams_.erase(one);
      return;
    }
    if (one->second.to != gone) continue;
    left_.push_back(one->first);
    if (left_.size() <= left_max) return;
    send_exit(streams_.at(left_.front()).actor, caf::exit_reason::user_shutdown);
    left_.pop_front();
    return;
  }
}

// /events?poll=&mailbox=Inbox, and then /events?poll=STREAM&after=1
web_session::reply web_session::poll(const http::target& asked) {
  const auto after = number_of(asked.find("after").value_or("0"));
  if (!after) return refuse(400, "syntax", "after is no number", "after");
  const auto sink = sender_speaking<messages::octet_sink_talk>();
  auto name = std::string(asked.find("poll").value_or(""));
  if (name.empty()) {
    if (streams_.size() >= streams_max) return too_many_pages();
    const auto collector = on().spawn<long_poll>(who_.name);
    monitor(collector);
    name = begin_stream(asked, collector, event_stream::when_left::ends);
    polls_.emplace(name, collector);
  }
  const auto found = polls_.find(name);
  if (found == polls_.end()) return refuse({fault_code::not_found, "there is no such stream"});
  on().spawn<poll_answer>(found->second, messages::poll_events{step(), *after}, sink);
  return events_answer();
}

std::string web_session::begin_stream(const http::target& asked, const octet_sink_handle& to,
                                      event_stream::when_left how) {
  // Under a name that this session had not before a restart.
  const auto name = to_hex(std::string_view(reinterpret_cast<const char*>(trace_.trace.data()), 4)) + "-" +
                    std::to_string(++streams_begun_);
  std::optional<first_view> first;
  if (const auto mailbox = asked.find("mailbox"))
    first = first_view{number_of(asked.find("view").value_or("")).value_or(1),
                       std::string(*mailbox),
                       std::string(asked.find("query").value_or("")),
                       number_of(asked.find("count").value_or("")).value_or(50),
                       asked.find("threads") == "1",
                       asked.find("everywhere") == "1"};
  auto stream = on().spawn<event_stream>(services_, who_, name, std::move(first), to, how);
  monitor(stream);
  page_stream kept{std::move(stream), {}};
  if (how == event_stream::when_left::waits) {
    kept.to = to.address();
    monitor(to);
  }
  streams_.emplace(name, std::move(kept));
  return name;
}

template <class Answer, class Question>
void web_session::to_stream(const Question& asked, promise to) {
  const auto found = streams_.find(asked.stream);
  if (found == streams_.end()) {
    to.deliver(refuse({fault_code::not_found, "there is no such stream"}));
    return;
  }
  ask(found->second.actor, answer_deadline, asked)
      .then([to](const Answer& m) { give(to, m); }, [to](caf::error& why) { refuse_with(to, why); });
}

template void web_session::to_stream<api::nothing>(const api::open_view&, promise);
template void web_session::to_stream<api::nothing>(const api::move_window&, promise);
template void web_session::to_stream<api::nothing>(const api::close_view&, promise);
template void web_session::to_stream<api::nothing>(const api::expand_thread&, promise);
template void web_session::to_stream<api::counted>(const api::count_view&, promise);

}  // namespace stagecoach::web
