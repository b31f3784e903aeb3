// What answers an imap::session in tests and fuzz targets: one account in memory, whose user is ada with password
// "stagecoach", with real behaviour of flags, UIDs, copies and appends. Deterministic; no clock.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/imap/session.hpp"
#include "protocols/mime/part_scanner.hpp"

namespace stagecoach::imap::testing {

struct stored_message {
  message_flags flags;
  unix_ms received;
  std::string octets;
};

struct stored_mailbox {
  uid_validity validity;
  uid next{1};
  std::map<uid, stored_message> messages;
  std::string special_use;

  uid add(std::string octets, message_flags flags, unix_ms received) {
    const uid id = std::exchange(next, next.next());
    messages[id] = {std::move(flags), received, std::move(octets)};
    return id;
  }
};

class small_world {
 public:
  small_world() {
    mailboxes["Inbox"].validity = uid_validity{1001};
    mailboxes["Sent"].validity = uid_validity{1002};
    mailboxes["Sent"].special_use = "\\Sent";
    mailboxes["work"].validity = uid_validity{1003};
    mailboxes["work/Entwürfe"].validity = uid_validity{1004};
    subscriptions = {"Inbox", "Sent"};
    auto& inbox = mailboxes["Inbox"];
    message_flags seen;
    seen.set(flag::seen);
    message_flags kept;
    kept.set(flag::flagged);
    kept.add_keyword("work");
    // 5 Feb 2024, 12:00:00 UTC, and a day more each.
    inbox.add("Subject: one\r\nFrom: a@example.org\r\n\r\nfirst\r\n", seen, unix_ms{1707134400000});
    inbox.add("Subject: two\r\n folded\r\nTo: ada@localhost\r\n\r\nsecond body\r\n", kept, unix_ms{1707220800000});
    inbox.next = uid{7};
    inbox.add("From: c@example.org\r\n\r\n", {}, unix_ms{1707307200000});
  }

  // None for outputs that are no needs.
  std::optional<answer> answer_to(const output& what) {
    return std::visit([this](const auto& one) { return on(one); }, what);
  }

  static message_facts facts_of(uid id, const stored_message& one) {
    message_facts facts;
    facts.id = id;
    facts.flags = one.flags;
    facts.size = one.octets.size();
    const auto end = one.octets.find("\r\n\r\n");
    facts.header_bytes = static_cast<std::uint32_t>(end == std::string::npos ? one.octets.size() : end + 4);
    facts.received = one.received;
    return facts;
  }

  std::map<std::string, stored_mailbox> mailboxes;
  std::set<std::string> subscriptions;
  uid_validity next_validity{1005};
  std::string selected;
  std::string appending;
  std::vector<change> news;          // told with the next need_changes
  std::optional<fault_code> refuse;  // the next need

 private:
  template <class Need>
  std::optional<answer> on(const Need& need) {
    if constexpr (requires { reply(need); }) {
      if (refuse) return answer(refused{*std::exchange(refuse, std::nullopt)});
      return reply(need);
    } else {
      note(need);
      return std::nullopt;
    }
  }

  static void note(const send&) {}
  static void note(const start_tls&) {}
  static void note(const hang_up&) {}
  static void note(const wait&) {}
  void note(const leave_mailbox&) { selected.clear(); }
  void note(const append_octets& more) { appending += more.octets; }
  static void note(const sign_in_ended&) {}
  void note(const abandon_append&) { appending.clear(); }

  answer reply(const need_drained&) { return drained{}; }
  answer reply(const need_sign_in& need) {
    if (need.name == "ada" && need.password == "stagecoach") return signed_in{};
    return refused{fault_code::not_found};
  }
  answer reply(const need_keys& need) {
    const auto password = need.name == "ada" ? "stagecoach" : "of nobody";
    return sasl::key_facts{*derive_scram(need.hash, password, {"salt", 1}), "server-nonce", {"exporter", "end point"}};
  }
  answer reply(const need_owner& need) {  // a key that begins with 1 is ada's
    if (need.key.sha_256[0] == 1 && (need.authorize_as.empty() || need.authorize_as == "ada"))
      return sasl::key_owner{"ada"};
    return refused{need.key.sha_256[0] == 2 ? fault_code::busy : fault_code::not_found};
  }
  answer reply(const need_mailboxes& need) {
    if (!need.only.empty() && !mailboxes.contains(need.only)) return refused{fault_code::not_found};
    mailbox_list list;
    for (const auto& [name, mailbox] : mailboxes)
      if (need.only.empty() || need.only == name) list.all.push_back(facts_of(name, mailbox));
    for (const auto& name : subscriptions)
      if (need.only.empty() && !mailboxes.contains(name)) list.missing.push_back(name);
    return list;
  }
  [[nodiscard]] mailbox_facts facts_of(const std::string& name, const stored_mailbox& mailbox) const {
    mailbox_facts facts;
    facts.name = name;
    facts.validity = mailbox.validity;
    facts.next_uid = mailbox.next;
    facts.messages = static_cast<std::uint32_t>(mailbox.messages.size());
    facts.special_use = mailbox.special_use;
    facts.is_subscribed = subscriptions.contains(name);
    message_flags all;
    for (const auto& [id, one] : mailbox.messages) {
      if (!one.flags.has(flag::seen)) ++facts.unseen;
      if (one.flags.has(flag::deleted)) ++facts.deleted;
      facts.size += one.octets.size();
      for (const auto& keyword : one.flags.keywords) all.add_keyword(keyword);
    }
    facts.keywords = all.keywords;
    return facts;
  }
  stored_mailbox& make(const std::string& name) {
    for (auto at = name.find('/'); at != std::string::npos; at = name.find('/', at + 1))
      if (!mailboxes.contains(name.substr(0, at))) make(name.substr(0, at));
    auto& made = mailboxes[name];
    made.validity = std::exchange(next_validity, next_validity.next());
    return made;
  }
  answer reply(const need_created& need) {
    if (mailboxes.contains(need.name)) return refused{fault_code::duplicate};
    if (need.name.find("//") != std::string::npos || need.name.ends_with('/')) return refused{fault_code::syntax};
    for (const auto& [name, mailbox] : mailboxes)
      if (!need.special_use.empty() && mailbox.special_use == need.special_use) return refused{fault_code::not_found};
    make(need.name).special_use = need.special_use;
    return mailboxes_changed{};
  }
  answer reply(const need_deleted& need) {
    if (!mailboxes.contains(need.name)) return refused{fault_code::not_found};
    for (const auto& [name, mailbox] : mailboxes)
      if (name.starts_with(need.name + "/")) return refused{fault_code::not_empty};
    mailboxes.erase(need.name);
    return mailboxes_changed{};
  }
  answer reply(const need_renamed& need) {
    if (!mailboxes.contains(need.from)) return refused{fault_code::not_found};
    if (mailboxes.contains(need.to)) return refused{fault_code::duplicate};
    if (need.to.starts_with(need.from + "/") && need.from != "Inbox") return refused{fault_code::syntax};
    if (need.from == "Inbox") {
      auto& to = make(need.to);
      for (const auto& [id, one] : std::exchange(mailboxes["Inbox"].messages, {})) {
        to.add(one.octets, one.flags, one.received);
        news.push_back(message_expunged{id});
      }
      return mailboxes_changed{};
    }
    const auto before = mailboxes;
    for (const auto& [name, mailbox] : before) {
      if (name != need.from && !name.starts_with(need.from + "/")) continue;
      mailboxes.erase(name);
      const auto renamed = need.to + name.substr(need.from.size());
      make(renamed);
      mailboxes[renamed] = mailbox;
    }
    return mailboxes_changed{};
  }
  answer reply(const need_subscribed& need) {
    if (need.is_subscribed) subscriptions.insert(need.name);
    if (!need.is_subscribed) subscriptions.erase(need.name);
    return mailboxes_changed{};
  }
  answer reply(const need_mailbox& need) {
    const auto found = mailboxes.find(need.name);
    if (found == mailboxes.end()) return refused{fault_code::not_found};
    selected = need.name;
    mailbox_opened opened;
    opened.facts = facts_of(need.name, found->second);
    for (const auto& [id, one] : found->second.messages) {
      opened.uids.add(id);
      if (!one.flags.has(flag::seen) && opened.first_unseen.value == 0) opened.first_unseen = id;
    }
    return opened;
  }
  answer reply(const need_changes&) { return changes_told{}; }
  answer reply(const need_rows& need) {
    rows found;
    found.messages.reserve(mailboxes[selected].messages.size());
    for (const auto& [id, one] : mailboxes[selected].messages)
      if (need.uids.contains(id)) found.messages.push_back(facts_of(id, one));
    return found;
  }
  answer reply(const need_octets& need) {
    auto bytes = octets_of(need);
    if (!bytes) return refused{fault_code::not_found};
    message_octets found{std::move(*bytes)};
    for (const auto& piece : need.ahead) found.ahead.push_back(octets_of(piece));
    return found;
  }
  std::optional<std::string> octets_of(const octet_piece& piece) {
    const auto& messages = mailboxes[selected].messages;
    const auto found = messages.find(piece.message);
    if (found == messages.end()) return std::nullopt;
    const auto& all = found->second.octets;
    return all.substr(std::min<std::size_t>(piece.offset, all.size()), piece.length);
  }
  answer reply(const need_structures& need) {
    structures found;
    found.up_to = need.uids.ranges().back().last;
    for (const auto& [id, one] : mailboxes[selected].messages) {
      if (!need.uids.contains(id)) continue;
      mime::part_scanner scanner;
      scanner.received(one.octets);
      found.messages.push_back({id, 0, scanner.finished()});
      if (need.envelopes_only) found.messages.back().parts.parts.clear();
    }
    return found;
  }
  answer reply(const need_flags_set& need) {
    flags_set done;
    for (auto& [id, one] : mailboxes[selected].messages) {
      if (!need.uids.contains(id)) continue;
      one.flags = apply(need.delta, one.flags);
      done.messages.push_back(facts_of(id, one));
    }
    return done;
  }
  answer reply(const need_expunged& need) {
    messages_expunged done;
    std::erase_if(mailboxes[selected].messages, [&](const auto& entry) {
      const auto& [id, one] = entry;
      const bool goes = one.flags.has(flag::deleted) && (!need.uids || need.uids->contains(id));
      if (goes) done.uids.add(id);
      return goes;
    });
    return done;
  }
  answer reply(const need_copied& need) {
    const auto to = mailboxes.find(need.to);
    if (to == mailboxes.end()) return refused{fault_code::not_found};
    copied done;
    done.validity = to->second.validity;
    const auto before = mailboxes[selected].messages;
    for (const auto& [id, one] : before) {
      if (!need.uids.contains(id)) continue;
      done.from.push_back(id);
      done.to.push_back(to->second.add(one.octets, one.flags, one.received));
      if (need.to == selected) news.push_back(message_added{done.to.back()});
      if (need.is_move) mailboxes[selected].messages.erase(id);
    }
    return done;
  }
  answer reply(const need_append&) {
    appending.clear();
    return append_ready{};
  }
  answer reply(const need_appended& need) {
    const auto to = mailboxes.find(need.mailbox);
    if (to == mailboxes.end()) return refused{fault_code::not_found};
    const uid id = to->second.add(std::exchange(appending, {}), need.flags, need.received.value_or(unix_ms{}));
    if (need.mailbox == selected) news.push_back(message_added{id});
    return appended{to->second.validity, id};
  }
};

// A session and its world; `say` is what a client sends, `heard` what it gets. Ends of the session show as text.
class conversation {
 public:
  explicit conversation(session_options options) : conversation(options, 0) {}
  // `key`: how that of the client's certificate begins; 0: it has shown none.
  conversation(session_options options, std::uint8_t key) : core(options) {
    if (key != 0) core.client_showed({{key}});
    core.start();
    pump();
  }

  void say(std::string_view bytes) {
    core.received(bytes);
    pump();
  }
  // From another session, at any time.
  void change(std::vector<imap::change> entries) {
    core.changed(entries);
    pump();
  }

  // Answers all needs, until there are none.
  void pump() {
    while (auto what = core.next()) {
      if (const auto* bytes = std::get_if<send>(&*what)) heard += bytes->bytes;
      if (std::holds_alternative<start_tls>(*what)) heard += "<tls>";
      if (std::holds_alternative<hang_up>(*what)) heard += "<closed>";
      if (const auto* late = std::get_if<wait>(&*what)) heard += "<wait " + std::to_string(late->time.count()) + ">";
      auto reply = world.answer_to(*what);
      if (!reply) continue;
      if (std::holds_alternative<changes_told>(*reply)) core.changed(std::exchange(world.news, {}));
      core.answered(std::move(*reply));
    }
  }

  // What was heard since the last call.
  std::string listen() { return std::exchange(heard, {}); }

  small_world world;
  session core;
  std::string heard;
};

inline session_options open_options() {
  session_options options;
  options.login_needs_tls = false;
  options.append_bytes_max = 1000;
  return options;
}

// What every session has, whether it has signed in or not.
inline const std::string first_capabilities = "IMAP4rev1 IMAP4rev2 LITERAL+ BINARY ESEARCH SEARCHRES ";
inline const std::string common_capabilities =
    "ID ENABLE UTF8=ACCEPT NAMESPACE CREATE-SPECIAL-USE CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE STATUS=SIZE "
    "IDLE UNSELECT MOVE UIDPLUS APPENDLIMIT=1000";
inline const std::string plain_mechanisms = "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1 AUTH=PLAIN AUTH=LOGIN ";
inline const std::string bound_mechanisms =  // with TLS there is something to bind to
    "AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-1 AUTH=PLAIN AUTH=LOGIN ";
inline const std::string greeting = "* OK [CAPABILITY " + first_capabilities + "SASL-IR " + plain_mechanisms +
                                    common_capabilities + "] Stagecoach is ready\r\n";
inline constexpr std::string_view login = "l LOGIN ada stagecoach\r\n";
inline const std::string logged_in = "OK [CAPABILITY " + first_capabilities + common_capabilities + "] Logged in\r\n";

// What a client hears that has logged in and, unless `mailbox` is empty, selected it, and then says `in` in two parts.
inline std::string talk(std::string_view mailbox, std::string_view in, std::size_t cut) {
  conversation one(open_options());
  one.say(login);
  if (!mailbox.empty()) one.say("s SELECT " + std::string(mailbox) + "\r\n");
  (void)one.listen();
  one.say(in.substr(0, cut));
  one.say(in.substr(cut));
  return one.listen();
}

}  // namespace stagecoach::imap::testing
