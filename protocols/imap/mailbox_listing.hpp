// Which names LIST and LSUB show, and what is said of each (RFC 3501 6.3.8, 6.3.9; RFC 5258 3; RFC 6154 2). Decides and
// writes nothing: commands/list.cpp reads the question and writes the answer.
#pragma once

#include <string>
#include <vector>

#include "protocols/imap/list_pattern.hpp"
#include "protocols/imap/needs.hpp"

namespace stagecoach::imap {

struct list_selection {
  bool is_lsub = false;
  bool is_subscribed = false;    // only names that are subscribed; LSUB: always
  bool has_special_use = false;  // only mailboxes that have one
  bool is_recursive = false;     // also names above those that are selected (RECURSIVEMATCH)
  std::vector<list_pattern> patterns;
};

struct listed_name {
  std::string name;
  const mailbox_facts* mailbox = nullptr;  // of the list that was asked; null: there is none of this name
  bool is_subscribed = false;
  bool is_selected = false;         // else it is shown for what is below it
  bool has_children = false;        // mailboxes
  bool has_selected_below = false;  // CHILDINFO
};

// Sorted, each name once.
[[nodiscard]] std::vector<listed_name> choose_names(const mailbox_list& all, const list_selection& wanted);

}  // namespace stagecoach::imap
