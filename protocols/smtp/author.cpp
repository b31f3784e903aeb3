#include "protocols/smtp/author.hpp"

#include "protocols/mime/address.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/smtp/path.hpp"

namespace stagecoach::smtp {

std::optional<std::vector<address>> authors_of(const header_watch& header) {
  if (header.count(header_field::from) != 1 || !header.author()) return std::nullopt;
  const auto list = mime::parse_addresses(*header.author(), limits::authors_max);
  if (list.has_defects || list.is_cut || list.entries.empty()) return std::nullopt;
  std::vector<address> authors;
  for (const auto& one : list.entries) {
    if (one.kind != mime::address_kind::mailbox) return std::nullopt;  // RFC 5322 3.6.2: no groups
    auto spelled = parse_mailbox(write_mailbox({one.mailbox, {one.host}}));
    if (!spelled) return std::nullopt;
    authors.push_back(std::move(*spelled));
  }
  return authors;
}

}  // namespace stagecoach::smtp
