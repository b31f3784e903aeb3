// A method of the API: its name, who may call it, what it takes and answers. The tables of methods (session.hpp,
// mail.hpp, control.hpp) are read by the dispatcher, by the generator of TypeScript and documentation, and by the tests
// of who may call what.
//
//   POST /api/mail.set_flags   {"mailbox": 1, "uids": [7], "add": ["\\Seen"]}   ->   {"undo": "4"}
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "protocols/base/described.hpp"

namespace stagecoach::api {

enum class needs : std::uint8_t { nobody, user, owner };  // owner: of the server, on its machine
constexpr auto enum_names(needs) {
  return std::array{named(needs::nobody, "nobody"), named(needs::user, "user"), named(needs::owner, "owner")};
}

template <class Question, class Answer>
struct method {
  using question = Question;
  using answer = Answer;
  std::string_view name;
  needs who;
  std::string_view help;
};

// Why a call was refused. What the caller can mend has a status of 400 and above, what we must has 500 and above.
struct refusal {
  std::string code;  // name of a fault_code
  std::string message;
  std::string where;  // path of the value that is wrong; empty: none in particular
  static constexpr auto fields = described(field(1, "code", &refusal::code), field(2, "message", &refusal::message),
                                           field(3, "where", &refusal::where, "path of the wrong value"));
  friend bool operator==(const refusal&, const refusal&) = default;
};

// Of a method that has nothing to say.
struct nothing {
  static constexpr auto fields = described();
  friend bool operator==(const nothing&, const nothing&) = default;
};

// visit(method) for each of a table.
template <class... Methods, class Visit>
constexpr void for_each_method(const std::tuple<Methods...>& table, Visit&& visit) {
  std::apply([&](const auto&... one) { (visit(one), ...); }, table);
}

}  // namespace stagecoach::api
