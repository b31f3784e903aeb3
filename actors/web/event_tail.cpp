#include "actors/web/event_tail.hpp"

#include <charconv>
#include <iterator>

namespace stagecoach::web {

std::optional<event_place> read_event_id(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const auto digits = text.substr(dot + 1);
  event_place place{std::string(text.substr(0, dot)), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), place.number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return place;
}

std::string event_tail::number(std::string_view event) {
  std::string numbered = "id: " + stream_ + "." + std::to_string(++numbered_) + "\n";
  numbered += event;
  return numbered;
}

void event_tail::keep(std::string numbered, moment now) {
  ++sent_;
  bytes_ += numbered.size();
  kept_.push_back({std::move(numbered), now});
  while (bytes_ > bytes_max) forget_first();
}

void event_tail::forget_before(moment then) {
  while (!kept_.empty() && kept_.front().at < then) forget_first();
}

void event_tail::forget_first() {
  bytes_ -= kept_.front().octets.size();
  kept_.pop_front();
}

std::optional<std::string> event_tail::after(std::uint64_t number) const {
  if (number > sent_ || sent_ - number > kept_.size()) return std::nullopt;
  std::string all;
  for (auto one = std::prev(kept_.end(), static_cast<std::ptrdiff_t>(sent_ - number)); one != kept_.end(); ++one)
    all += one->octets;
  return all;
}

}  // namespace stagecoach::web
