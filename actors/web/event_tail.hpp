// The last events of a stream under their numbers, for a page that comes back and has not got them all. As server-sent
// events have it (HTML living standard 9.2.6), each has an id, "STREAM.NUMBER", by which a page says up to where it
// got.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::web {

struct event_place {
  std::string stream;
  std::uint64_t number = 0;
  friend bool operator==(const event_place&, const event_place&) = default;
};
// None: this is no id of ours.
[[nodiscard]] std::optional<event_place> read_event_id(std::string_view text);

class event_tail {
 public:
  using moment = std::chrono::steady_clock::time_point;
  static constexpr std::size_t bytes_max = 64 * 1024;

  explicit event_tail(std::string stream) : stream_(std::move(stream)) {}

  // As it goes to the page: with the next number as its id.
  [[nodiscard]] std::string number(std::string_view event);
  // It was sent: it may be lost on its way. Only the last 64 KiB are kept.
  void keep(std::string numbered, moment now);
  void forget_before(moment then);

  // Those that were kept behind the event `number`, to be sent again; none: one of them is not there, or was never
  // sent.
  [[nodiscard]] std::optional<std::string> after(std::uint64_t number) const;

 private:
  struct kept {
    std::string octets;
    moment at;
  };

  void forget_first();

  std::string stream_;
  std::uint64_t numbered_ = 0;
  std::uint64_t sent_ = 0;  // the number of the last that was
  std::list<kept> kept_;    // up to that one
  std::size_t bytes_ = 0;
};

}  // namespace stagecoach::web
