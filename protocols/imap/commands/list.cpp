// LIST and LSUB (RFC 3501 6.3.8, 6.3.9).
#include <set>

#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/list_pattern.hpp"
#include "protocols/imap/mailbox_name.hpp"
#include "protocols/text/utf7_mailbox.hpp"

namespace stagecoach::imap {

namespace {

enum class listing : std::uint8_t { all, subscribed };

// The levels above a name: of a/b/c, a and a/b.
template <class Visit>
void for_each_parent(std::string_view name, Visit visit) {
  for (auto at = name.find('/'); at != std::string_view::npos; at = name.find('/', at + 1)) visit(name.substr(0, at));
}

class list final : public command {
 public:
  list(listing what, std::string pattern) : what_(what), pattern_(std::move(pattern)) {}

  step start(session_state& session) override {
    if (pattern_.empty()) {
      // RFC 3501 6.3.8: an empty pattern asks for the separator.
      put(session, "\\Noselect", {});
      return done();
    }
    session.out.put(need_mailboxes{});
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    const auto pattern = from_utf7_mailbox(pattern_);
    if (!pattern) return done();  // a pattern that no name is spelled as matches none
    const list_pattern wanted(*pattern);
    const auto& found = std::get<mailbox_list>(what);
    std::set<std::string, std::less<>> known;
    std::set<std::string, std::less<>> parents;
    for (const auto& one : found.all) {
      if (what_ == listing::subscribed && !one.is_subscribed) continue;
      known.emplace(one.name);
      for_each_parent(one.name, [&](std::string_view parent) { parents.emplace(parent); });
    }
    // A level that is no mailbox of its own is shown where the pattern ends with it: LSUB "" % (RFC 3501 6.3.9).
    for (const auto& parent : parents)
      if (!known.contains(parent) && wanted.matches(parent)) put(session, "\\Noselect \\HasChildren", parent);
    for (const auto& one : found.all) {
      if (!known.contains(one.name) || !wanted.matches(one.name)) continue;
      std::string attributes = parents.contains(one.name) ? "\\HasChildren" : "\\HasNoChildren";
      if (!one.special_use.empty()) attributes += ' ' + one.special_use;  // RFC 6154 2
      put(session, attributes, one.name);
    }
    return done();
  }

 private:
  void put(session_state& session, std::string_view attributes, std::string_view name) const {
    std::string line = what_ == listing::all ? "* LIST (" : "* LSUB (";
    line += attributes;
    line += ") \"/\" ";
    if (name.empty()) {
      line += "\"\"";
    } else {
      put_mailbox(line, name);
    }
    session.out.line(line);
  }
  [[nodiscard]] finished done() const { return {status::ok, "", "Listed"}; }

  listing what_;
  std::string pattern_;  // modified UTF-7
};

parsed_command parse(reader& in, listing what) {
  expect_space(in);
  auto pattern = take_astring(in);  // the reference
  expect_space(in);
  const auto last = take_list_mailbox(in);
  if (last.empty()) {
    pattern.clear();
  } else {
    pattern += last;
  }
  if (pattern.size() > list_pattern_bytes_max) in.fail(fault_code::too_long, "a pattern too long");
  return whole_command(in, std::make_unique<list>(what, std::move(pattern)));
}

}  // namespace

parsed_command parse_list(reader& in) { return parse(in, listing::all); }
parsed_command parse_lsub(reader& in) { return parse(in, listing::subscribed); }

}  // namespace stagecoach::imap
