// CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE (RFC 3501 6.3.3 to 6.3.7), with the special use of a new mailbox
// (RFC 6154 3). What is possible is decided where the mailboxes are.
#include <algorithm>
#include <array>

#include "protocols/imap/commands/commands.hpp"

namespace stagecoach::imap {

namespace {

// What a mailbox can be made for. RFC 6154 2: \All and \Flagged show messages of other mailboxes, which none does here.
constexpr std::array<std::string_view, 5> special_uses = {"\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash"};

bool is_below(std::string_view name, std::string_view parent) {
  return name.size() > parent.size() && name.starts_with(parent) && name[parent.size()] == '/';
}

class create_command final : public command {
 public:
  create_command(std::string name, std::vector<std::string> uses) : name_(std::move(name)), uses_(std::move(uses)) {}

  step start(session_state& session) override {
    // RFC 3501 6.3.3: a separator at the end says that there will be mailboxes below, and is no part of the name.
    if (name_.size() > 1 && name_.back() == '/') name_.pop_back();
    written_ = name_;
    if (auto no = spell_stored(session, name_)) return *no;
    need_created what{name_, {}};
    if (uses_.size() > 1) return no_such_use();
    if (!uses_.empty()) {
      const auto* found = std::find_if(special_uses.begin(), special_uses.end(),
                                       [&](std::string_view one) { return equal_nocase(one, uses_.front()); });
      if (found == special_uses.end()) return no_such_use();
      what.special_use = *found;
    }
    session.out.put(std::move(what));
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    const auto* no = std::get_if<refused>(&what);
    if (no == nullptr) {
      if (session.is_rev2 && !equal_nocase(written_, name_)) announce_name(session, name_, written_);
      return finished{status::ok, "", "Created"};
    }
    return no->code == fault_code::not_found ? no_such_use() : refusal(no->code);
  }

 private:
  static finished no_such_use() {
    return {status::no, "USEATTR", "No mailbox can be made for this use; nothing was changed"};
  }

  std::string name_;
  std::string written_;  // by the client
  std::vector<std::string> uses_;
};

class delete_command final : public command {
 public:
  explicit delete_command(std::string name) : name_(std::move(name)) {}

  step start(session_state& session) override {
    if (auto no = spell_stored(session, name_)) return *no;
    if (name_ == stored_inbox) return finished{status::no, "CANNOT", "INBOX cannot be deleted"};  // RFC 3501 6.3.4
    // Whatever comes of it: a mailbox that somebody looks at would end with its viewers.
    if (session.selected && session.selected->name == name_) {
      session.leave_selected();
      session.out.line("* OK [CLOSED] The mailbox that is to be deleted was left");
    }
    session.out.put(need_deleted{name_});
    return waiting{};
  }

  step answered(session_state&, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    return finished{status::ok, "", "Deleted"};
  }

 private:
  std::string name_;
};

class rename_command final : public command {
 public:
  rename_command(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}

  step start(session_state& session) override {
    if (auto no = spell_stored(session, from_)) return *no;
    if (auto no = spell_stored(session, to_)) return *no;
    session.out.put(need_renamed{from_, to_});
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what))
      return is_done_ ? renamed() : refusal(no->code);  // it is; only the news did not come
    if (is_done_ || !session.selected) return renamed();
    is_done_ = true;
    auto& name = session.selected->name;
    if (from_ == stored_inbox) {
      // RFC 3501 6.3.5: its messages are elsewhere now; who looks at it is told before the tagged response.
      if (name != from_) return renamed();
      session.out.put(need_changes{});
      return waiting{};
    }
    if (name == from_ || is_below(name, from_)) name.replace(0, from_.size(), to_);
    return renamed();
  }

 private:
  static finished renamed() { return {status::ok, "", "Renamed"}; }

  std::string from_;
  std::string to_;
  bool is_done_ = false;
};

class subscribe_command final : public command {
 public:
  subscribe_command(std::string name, bool is_subscribed) : name_(std::move(name)), is_subscribed_(is_subscribed) {}

  step start(session_state& session) override {
    if (auto no = spell_stored(session, name_)) return *no;
    session.out.put(need_subscribed{name_, is_subscribed_});
    return waiting{};
  }

  step answered(session_state&, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    return finished{status::ok, "", is_subscribed_ ? "Subscribed" : "Not subscribed any more"};
  }

 private:
  std::string name_;
  bool is_subscribed_;
};

// RFC 6154 3, 6: ` (USE (\Drafts))`.
std::vector<std::string> take_uses(reader& in) {
  std::vector<std::string> uses;
  if (!in.skip(' ')) return uses;
  if (!in.skip_nocase("(USE (")) in.fail(fault_code::syntax, "USE is all that can be said of a new mailbox");
  while (in.ok() && in.peek() == '\\') {
    in.skip('\\');
    uses.push_back('\\' + std::string(take_atom(in)));
    if (!in.skip(' ')) break;
  }
  if (!in.skip("))")) in.fail(fault_code::syntax, "a list of uses that does not end");
  return uses;
}

parsed_command parse_subscription(reader& in, bool is_subscribed) {
  expect_space(in);
  auto name = take_astring(in);
  return whole_command(in, std::make_unique<subscribe_command>(std::move(name), is_subscribed));
}

}  // namespace

parsed_command parse_create(reader& in) {
  expect_space(in);
  auto name = take_astring(in);
  auto uses = take_uses(in);
  return whole_command(in, std::make_unique<create_command>(std::move(name), std::move(uses)));
}

parsed_command parse_delete(reader& in) {
  expect_space(in);
  auto name = take_astring(in);
  return whole_command(in, std::make_unique<delete_command>(std::move(name)));
}

parsed_command parse_rename(reader& in) {
  expect_space(in);
  auto from = take_astring(in);
  expect_space(in);
  auto to = take_astring(in);
  return whole_command(in, std::make_unique<rename_command>(std::move(from), std::move(to)));
}

parsed_command parse_subscribe(reader& in) { return parse_subscription(in, true); }
parsed_command parse_unsubscribe(reader& in) { return parse_subscription(in, false); }

}  // namespace stagecoach::imap
