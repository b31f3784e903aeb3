// Greylisting as a mail program meets it (RFC 6647): the first attempt is turned away, the next one taken. Only for
// who tests against localserve; nothing here keeps unwanted mail away.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace stagecoach::services {

class greylist {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr auto remembered = std::chrono::hours{4};  // an attempt that comes later is a first one again
  static constexpr std::size_t attempts_max = 10'000;        // beyond it the oldest is forgotten

  // `attempt`: client, sender and recipient. What has passed is forgotten, so that each mail is turned away once.
  [[nodiscard]] bool may_pass(const std::string& attempt, time_point now);

 private:
  std::map<std::string, time_point> first_;
};

}  // namespace stagecoach::services
