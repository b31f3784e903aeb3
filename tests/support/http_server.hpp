// A client's view of the HTTP core: each request is answered with what it asked, so that a test sees what was read.
// "GET /x" is answered 200 with "GET /x"; a body is wanted, and stands in brackets behind it; "/unwanted" is answered
// before its body; "/chunks" in two chunks; "/304" and "/204" by their number.
#pragma once

#include <string>

#include "protocols/http/session.hpp"
#include "tests/support/talk.hpp"

namespace stagecoach::http {

class answering_server {
 public:
  std::string talk(const turns& dialogue, const std::vector<std::size_t>& cuts, taking when) {
    return stagecoach::talk(core_, dialogue, cuts, when, [this](session&) { return take(); });
  }
  [[nodiscard]] session& core() { return core_; }
  // What was read: "GET /x[body] POST /y[]..."; a body that was not wanted is left out.
  [[nodiscard]] const std::string& read() const { return read_; }

  std::string take() {
    std::string seen;
    while (auto one = core_.next()) seen += std::visit([this](auto& what) { return on(what); }, *one);
    return seen;
  }

 private:
  std::string on(send& what) { return std::move(what.bytes); }
  std::string on(cancelled&) { return {}; }
  std::string on(refused&) { return {}; }
  std::string on(close&) { return "[close]"; }
  std::string on(request& what) {
    number_ = what.number;
    asked_ = what.head.method + " " + what.head.target;
    read_ += asked_ + " ";
    body_.clear();
    const bool has_body = !std::holds_alternative<no_body>(what.head.body);
    if (!has_body || what.head.target == "/unwanted") {
      answer(what.head.target);
    } else {
      core_.want_body(number_);
    }
    return {};
  }
  std::string on(body_octets& what) {
    body_ += what.octets;
    if (!what.is_last) return {};
    read_ += "[" + body_ + "] ";
    asked_ += "[" + body_ + "]";
    answer("");
    return {};
  }
  void answer(const std::string& target) {
    if (target == "/304" || target == "/204") {
      core_.respond(number_, {static_cast<std::uint16_t>(target == "/304" ? 304 : 204), {}}, std::nullopt);
    } else if (target == "/chunks") {
      core_.respond(number_, {200, {}}, std::nullopt);
      core_.send_body(number_, "one");
      core_.send_body(number_, "and two");
    } else {
      core_.respond(number_, {200, {}}, asked_.size());
      core_.send_body(number_, asked_);
    }
    core_.end_body(number_);
  }

  session core_;
  exchange_number number_;
  std::string asked_;
  std::string body_;
  std::string read_;
};

}  // namespace stagecoach::http
