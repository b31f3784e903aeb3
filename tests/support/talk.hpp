// Plays a dialogue to a protocol core, the bytes cut at any place: what a peer sees must not depend on the cut.
//
// A dialogue is written as one text in which "|" ends a turn: what the client sends at once, before it reads on. A core
// is anything with received(bytes); what it yields is taken and answered by `react`, which returns what the peer sees.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach {

using turns = std::vector<std::string>;

inline turns split_turns(std::string_view dialogue) {
  turns out(1);
  for (const char c : dialogue) {
    if (c == '|') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

// When the core's outputs are taken: after every piece, as a connection does; or once a turn, as a connection does
// whose reads come faster than it is scheduled.
enum class taking { each_piece, each_turn };

// The dialogue in pieces that end at each of `cuts` (offsets into all its bytes, ascending) and at the end of each
// turn.
template <class Core, class React>
std::string talk(Core& core, const turns& dialogue, const std::vector<std::size_t>& cuts, taking when, React react) {
  std::string seen = react(core);
  std::size_t passed = 0;
  auto cut = cuts.begin();
  for (const std::string_view turn : dialogue) {
    std::size_t from = 0;
    for (; cut != cuts.end() && *cut < passed + turn.size(); ++cut) {
      if (*cut <= passed + from) continue;
      core.received(turn.substr(from, *cut - passed - from));
      from = *cut - passed;
      if (when == taking::each_piece) seen += react(core);
    }
    core.received(turn.substr(from));
    seen += react(core);
    passed += turn.size();
  }
  return seen;
}

inline std::size_t octets_of(const turns& dialogue) {
  std::size_t sum = 0;
  for (const auto& turn : dialogue) sum += turn.size();
  return sum;
}

// Cuts before every octet.
inline std::vector<std::size_t> every_octet(const turns& dialogue) {
  std::vector<std::size_t> out;
  for (std::size_t i = 1; i < octets_of(dialogue); ++i) out.push_back(i);
  return out;
}

}  // namespace stagecoach
