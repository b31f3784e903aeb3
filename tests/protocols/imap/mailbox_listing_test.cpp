#include "protocols/imap/mailbox_listing.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>

namespace stagecoach::imap {
namespace {

// "a a/b" exist, those with a '+' in front are subscribed, those with a '-' are subscribed and missing.
mailbox_list list_of(std::initializer_list<std::string_view> names) {
  mailbox_list list;
  for (auto name : names) {
    const bool is_subscribed = name.front() == '+' || name.front() == '-';
    const bool is_missing = name.front() == '-';
    if (is_subscribed) name.remove_prefix(1);
    if (is_missing) {
      list.missing.emplace_back(name);
      continue;
    }
    mailbox_facts facts;
    facts.name = name;
    facts.is_subscribed = is_subscribed;
    if (name.ends_with("Sent")) facts.special_use = "\\Sent";
    list.all.push_back(std::move(facts));
  }
  return list;
}

std::string shown(const std::vector<listed_name>& chosen) {
  std::string text;
  for (const auto& one : chosen) {
    if (!text.empty()) text += ' ';
    text += one.name;
    if (one.mailbox == nullptr) text += '?';
    if (!one.is_selected) text += '!';
    if (one.has_children) text += '/';
    if (one.has_selected_below) text += '^';
  }
  return text;
}

struct row {
  const char* name;
  mailbox_list all;
  list_selection wanted;
  const char* out;
};

list_selection selecting(std::string_view pattern) {
  list_selection wanted;
  wanted.patterns.emplace_back(pattern);
  return wanted;
}
list_selection lsub(std::string_view pattern) {
  auto wanted = selecting(pattern);
  wanted.is_lsub = true;
  return wanted;
}
list_selection subscribed(std::string_view pattern, bool is_recursive) {
  auto wanted = selecting(pattern);
  wanted.is_subscribed = true;
  wanted.is_recursive = is_recursive;
  return wanted;
}
list_selection special(std::string_view pattern, bool is_recursive) {
  auto wanted = selecting(pattern);
  wanted.has_special_use = true;
  wanted.is_recursive = is_recursive;
  return wanted;
}

// ? no mailbox, ! shown for what is below, / has children, ^ has selected ones below.
TEST(MailboxListing, ChoosesNames) {
  const auto tree = list_of({"Inbox", "a", "+a/b", "+a/b/c", "d", "d/Sent", "-e/f", "-g"});
  const row rows[] = {
      {"everything", tree, selecting("*"), "Inbox a/ a/b/ a/b/c d/ d/Sent"},
      {"a level", tree, selecting("%"), "Inbox a/ d/"},
      {"nothing", tree, list_selection{}, ""},
      {"LSUB", tree, lsub("*"), "a/b/ a/b/c e/f? g?"},
      {"LSUB of a level", tree, lsub("%"), "a!/^ e?!^ g?"},
      {"LSUB of what is cut off deep", tree, lsub("a/%"), "a/b/^"},
      {"subscribed", tree, subscribed("*", false), "a/b/ a/b/c e/f? g?"},
      {"subscribed, and above", tree, subscribed("*", true), "a!/^ a/b/^ a/b/c e?!^ e/f? g?"},
      {"subscribed, and above, a level", tree, subscribed("%", true), "a!/^ e?!^ g?"},
      {"special", tree, special("*", false), "d/Sent"},
      {"special, and above", tree, special("%", true), "d!/^"},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    EXPECT_EQ(shown(choose_names(r.all, r.wanted)), r.out);
  }
}

// Against the words of RFC 5258 3.1 and RFC 3501 6.3.9, name by name.
TEST(MailboxListing, AgreesWithTheRules) {
  std::mt19937 random(1);
  const auto below = [&](std::uint32_t bound) { return random() % bound; };
  for (int round = 0; round < 500; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::map<std::string, std::pair<bool, bool>> known;  // there is one, it is subscribed
    std::set<std::string> candidates;
    mailbox_list list;
    for (int i = 0; i < 8; ++i) {
      std::string name(1, static_cast<char>('a' + below(3)));
      for (auto levels = below(3); levels > 0; --levels) name += std::string("/") + static_cast<char>('a' + below(2));
      known[name] = {below(2) == 0, below(2) == 0};
      if (!known[name].first) known[name].second = true;
      for (std::size_t at = 0; at != std::string::npos;) {
        at = name.find('/', at + 1);
        candidates.insert(name.substr(0, at));
      }
    }
    for (const auto& [name, facts] : known) {
      if (!facts.first) {
        list.missing.push_back(name);
        continue;
      }
      auto& one = list.all.emplace_back();
      one.name = name;
      one.is_subscribed = facts.second;
    }
    constexpr const char* patterns[] = {"*", "%", "a/%", "%/%", "a*", "b"};
    list_selection wanted = selecting(patterns[below(6)]);
    wanted.is_lsub = below(3) == 0;
    wanted.is_subscribed = below(2) == 0;
    wanted.is_recursive = !wanted.is_lsub && wanted.is_subscribed && below(2) == 0;
    const auto is_selected = [&](const std::string& name) {
      if (!known.contains(name)) return false;
      return wanted.is_lsub || wanted.is_subscribed ? known[name].second : known[name].first;
    };
    const auto matches = [&](const std::string& name) { return wanted.patterns.front().matches(name); };
    std::set<std::string> expected;
    for (const auto& name : candidates) {
      bool has_reason = is_selected(name);
      for (const auto& [other, facts] : known) {
        if (!other.starts_with(name + "/") || !is_selected(other)) continue;
        has_reason |= wanted.is_recursive || (wanted.is_lsub && !matches(other));
      }
      if (has_reason && matches(name)) expected.insert(name);
    }
    std::set<std::string> chosen;
    for (const auto& one : choose_names(list, wanted)) chosen.insert(one.name);
    EXPECT_EQ(chosen, expected);
  }
}

// IM07: 10,000 mailboxes.
TEST(MailboxListing, TakesAMoment) {
  mailbox_list list;
  for (int i = 0; i < 10'000; ++i)
    list.all.emplace_back().name = "a/" + std::to_string(i % 100) + "/" + std::to_string(i);
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*%";
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(choose_names(list, selecting(pattern)).size(), 10'000U);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

}  // namespace
}  // namespace stagecoach::imap
