// LIST and LSUB (RFC 3501 6.3.8, 6.3.9), with the options of LIST-EXTENDED (RFC 5258), SPECIAL-USE (RFC 6154) and
// LIST-STATUS (RFC 5819).
#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/mailbox_listing.hpp"
#include "protocols/imap/status_items.hpp"

namespace stagecoach::imap {

namespace {

struct list_request {
  list_selection selection;           // its patterns are read when the command runs
  std::vector<std::string> patterns;  // as they were written, the reference before each
  status_items status;                // RETURN (STATUS ...)
  bool shows_subscribed = false;      // RETURN (SUBSCRIBED)
  bool is_extended = false;           // has something that RFC 3501 does not know
};

class list_command final : public command {
 public:
  explicit list_command(list_request what) : what_(std::move(what)) {}

  step start(session_state& session) override {
    // RFC 3501 6.3.8: an empty pattern asks for the separator.
    if (!what_.is_extended && what_.patterns.front().empty()) {
      session.out.line(std::string(verb()) + " (\\Noselect) \"/\" \"\"");
      return done();
    }
    // A pattern that no name is spelled as matches none.
    for (const auto& written : what_.patterns)
      if (const auto pattern = to_stored_pattern(written, session.spelling()))
        what_.selection.patterns.emplace_back(*pattern);
    session.out.put(need_mailboxes{});
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    if (auto* found = std::get_if<mailbox_list>(&what)) {
      found_ = std::move(*found);
      chosen_ = choose_names(found_, what_.selection);
    }
    while (next_ < chosen_.size()) {
      if (session.out.is_full()) {
        session.out.put(need_drained{});
        return waiting{};
      }
      const auto& one = chosen_[next_++];
      put(session, one);
      // RFC 5819 2: of what is no mailbox there is no status.
      if (!what_.status.empty() && one.mailbox != nullptr && one.is_selected)
        put_status(session, *one.mailbox, what_.status);
    }
    return done();
  }

 private:
  [[nodiscard]] std::string_view verb() const { return what_.selection.is_lsub ? "* LSUB" : "* LIST"; }
  static finished done() { return {status::ok, "", "Listed"}; }

  void put(session_state& session, const listed_name& one) const {
    std::string line(verb());
    line += " (" + attributes(one) + ") \"/\" ";
    put_mailbox(line, one.name, session.spelling());
    if (what_.selection.is_recursive && one.has_selected_below) {
      line += " (\"CHILDINFO\" (";  // RFC 5258 3.5
      if (what_.selection.is_subscribed) line += "\"SUBSCRIBED\"";
      if (what_.selection.is_subscribed && what_.selection.has_special_use) line += ' ';
      if (what_.selection.has_special_use) line += "\"SPECIAL-USE\"";
      line += "))";
    }
    session.out.line(line);
  }

  [[nodiscard]] std::string attributes(const listed_name& one) const {
    const bool is_lsub = what_.selection.is_lsub;
    std::string all;
    // RFC 3501 6.3.9: what is shown for what is below it has \Noselect in LSUB, even if there is such a mailbox.
    if (is_lsub ? one.mailbox == nullptr || !one.is_selected : one.mailbox == nullptr)
      all = is_lsub ? "\\Noselect " : "\\NonExistent ";
    all += one.has_children ? "\\HasChildren" : "\\HasNoChildren";
    if (what_.shows_subscribed && one.is_subscribed) all += " \\Subscribed";
    if (one.mailbox != nullptr && !one.mailbox->special_use.empty()) all += ' ' + one.mailbox->special_use;
    return all;
  }

  list_request what_;
  mailbox_list found_;
  std::vector<listed_name> chosen_;
  std::size_t next_ = 0;
};

// RFC 5258 6: `(SUBSCRIBED RECURSIVEMATCH) ` before the reference.
void take_selection(reader& in, list_request& what) {
  if (!in.skip('(')) return;
  what.is_extended = true;
  while (in.ok() && in.peek() != ')') {
    const auto option = take_atom(in);
    if (equal_nocase(option, "SUBSCRIBED")) {
      what.selection.is_subscribed = what.shows_subscribed = true;
    } else if (equal_nocase(option, "SPECIAL-USE")) {
      what.selection.has_special_use = true;
    } else if (equal_nocase(option, "RECURSIVEMATCH")) {
      what.selection.is_recursive = true;
    } else if (!equal_nocase(option, "REMOTE")) {  // none of our mailboxes is elsewhere
      in.fail(fault_code::syntax, "no such option to select by");
    }
    if (!in.skip(' ')) break;
  }
  in.expect(')', "a list of options that does not end");
  // RFC 5258 3.1: it says nothing alone.
  if (what.selection.is_recursive && !what.selection.is_subscribed && !what.selection.has_special_use)
    in.fail(fault_code::syntax, "RECURSIVEMATCH belongs to an option to select by");
  expect_space(in);
}

void take_patterns(reader& in, const std::string& reference, list_request& what) {
  const bool is_many = in.skip('(');
  do {
    const auto pattern = take_list_mailbox(in);
    // RFC 3501 6.3.8: of an empty pattern the reference is nothing either.
    what.patterns.push_back(pattern.empty() ? pattern : reference + pattern);
    if (what.patterns.size() > list_patterns_max) in.fail(fault_code::too_long, "too many patterns");
  } while (is_many && in.ok() && in.skip(' '));
  if (is_many) in.expect(')', "a list of patterns that does not end");
  what.is_extended |= is_many;
  std::size_t bytes = 0;
  for (const auto& one : what.patterns) bytes += one.size();
  if (bytes > list_pattern_bytes_max) in.fail(fault_code::too_long, "a pattern too long");
}

void take_return(reader& in, list_request& what) {
  if (!in.skip_nocase(" RETURN (")) return;
  what.is_extended = true;
  while (in.ok() && in.peek() != ')') {
    const auto option = take_atom(in);
    if (equal_nocase(option, "SUBSCRIBED")) {
      what.shows_subscribed = true;
    } else if (equal_nocase(option, "STATUS")) {
      expect_space(in);
      what.status = take_status_items(in);
    } else if (!equal_nocase(option, "CHILDREN") && !equal_nocase(option, "SPECIAL-USE")) {  // which are always told
      in.fail(fault_code::syntax, "no such option to return");
    }
    if (!in.skip(' ')) break;
  }
  in.expect(')', "a list of options that does not end");
}

}  // namespace

parsed_command parse_list(reader& in) {
  list_request what;
  expect_space(in);
  take_selection(in, what);
  const auto reference = take_astring(in);
  expect_space(in);
  take_patterns(in, reference, what);
  take_return(in, what);
  return whole_command(in, std::make_unique<list_command>(std::move(what)));
}

parsed_command parse_lsub(reader& in) {
  list_request what;
  what.selection.is_lsub = true;
  expect_space(in);
  const auto reference = take_astring(in);
  expect_space(in);
  auto pattern = take_list_mailbox(in);
  if (!pattern.empty()) pattern.insert(0, reference);
  if (pattern.size() > list_pattern_bytes_max) in.fail(fault_code::too_long, "a pattern too long");
  what.patterns.push_back(std::move(pattern));
  return whole_command(in, std::make_unique<list_command>(std::move(what)));
}

}  // namespace stagecoach::imap
