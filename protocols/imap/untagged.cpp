#include "protocols/imap/untagged.hpp"

#include <algorithm>

#include "protocols/imap/flags.hpp"

namespace stagecoach::imap {

void untagged::changed(const change& one) {
  if (const auto* added = std::get_if<message_added>(&one)) {
    added_.add(added->id);
  } else if (const auto* flags = std::get_if<flags_changed>(&one)) {
    // A message that the client has not been told of is fetched with its flags when it is.
    if (!added_.contains(flags->id) && !gone_.contains(flags->id)) flags_[flags->id] = flags->flags;
  } else {
    uid_set gone;
    gone.add(std::get<message_expunged>(one).id);
    expunged(gone);
  }
}

void untagged::expunged(const uid_set& gone) {
  gone.for_each([this](uid one) {
    flags_.erase(one);
    if (added_.contains(one)) {
      added_.remove(one);  // came and went: never told
    } else {
      gone_.add(one);
    }
  });
}

void untagged::tell_gone(std::string& out, uid_map& map, std::size_t bytes) {
  constexpr std::size_t line_bytes = 16;  // of `* 123456 EXPUNGE`, about
  uid_set now;
  std::size_t room = bytes / line_bytes + 1;
  for (const auto& range : gone_.ranges()) {
    if (room == 0) break;
    const std::uint64_t count = std::min<std::uint64_t>(room, std::uint64_t{range.last.value} - range.first.value + 1);
    now.add(uid_range{range.first, uid{static_cast<std::uint32_t>(range.first.value + count - 1)}});
    room -= static_cast<std::size_t>(count);
  }
  for (const auto number : map.remove(now)) out += "* " + std::to_string(number) + " EXPUNGE\r\n";
  uid_set left;
  const uid last = now.ranges().back().last;
  for (const auto& range : gone_.ranges())
    if (last < range.last) left.add(uid_range{std::max(range.first, last.next()), range.last});
  gone_ = std::move(left);
}

void untagged::tell(std::string& out, uid_map& map, std::vector<std::string>& keywords, const telling& how) {
  const std::size_t until = out.size() + how.bytes;
  if (how.may_expunge && !gone_.empty()) tell_gone(out, map, how.bytes);
  if (how.may_expunge && !gone_.empty()) return;
  if (!added_.empty()) {
    const auto before = map.size();
    map.append(added_);
    added_ = {};
    // RFC 3501 7.3.2: \Recent is kept for nobody here, as in RFC 9051 2.3.2.
    if (map.size() != before) {
      out += "* " + std::to_string(map.size()) + " EXISTS\r\n";
      if (how.with_recent) out += "* 0 RECENT\r\n";
    }
  }
  while (!flags_.empty() && out.size() < until) {
    const auto& [id, flags] = *flags_.begin();
    if (const auto number = map.number_of(id); number != 0) {
      put_new_keywords(out, flags, keywords);
      out += "* " + std::to_string(number) + " FETCH (UID " + std::to_string(id.value) + " FLAGS (";
      put_flags(out, flags);
      out += "))\r\n";
    }
    flags_.erase(flags_.begin());
  }
}

void put_new_keywords(std::string& out, const message_flags& flags, std::vector<std::string>& keywords) {
  bool is_new = false;
  for (const auto& keyword : flags.keywords) {
    const auto at = std::lower_bound(keywords.begin(), keywords.end(), keyword);
    if (at != keywords.end() && *at == keyword) continue;
    keywords.insert(at, keyword);
    is_new = true;
  }
  if (!is_new) return;
  out += "* FLAGS (";
  put_known_flags(out, keywords);
  out += ")\r\n";
}

}  // namespace stagecoach::imap
