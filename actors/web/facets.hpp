// What the messages of a view are, counted by year, label and sender as they are read, one after the other. Knows no
// actor. It keeps names of those senders alone that are among the first, and of each other one a number: 40 octets.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "messages/api/mail.hpp"
#include "messages/changes.hpp"
#include "protocols/mime/address.hpp"

namespace stagecoach::web {

class facets {
 public:
  void add(const messages::message_view& message);
  // Of one message: its From. Each address of it counts once.
  void add_senders(const std::vector<mime::address_entry>& from);
  [[nodiscard]] api::counted counted(modseq up_to) const;

 private:
  void add_sender(api::sender_count one);

  std::uint32_t total_ = 0;
  std::uint32_t unread_ = 0;
  std::map<std::int32_t, std::uint32_t> years_;
  std::map<std::string, std::uint32_t, std::less<>> labels_;
  // By the hash of the address: two that share one, which hardly happens unless somebody seeks it, count as one.
  std::unordered_map<std::size_t, std::uint32_t> senders_;
  std::vector<api::sender_count> first_senders_;  // in no order
};

}  // namespace stagecoach::web
