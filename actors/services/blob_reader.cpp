#include "actors/services/blob_reader.hpp"

#include <algorithm>

#include "actors/runtime/stage.hpp"
#include "protocols/base/record.hpp"
#include "store/check/account_check.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::services {

namespace {

failure unreadable(const messages::read_message& m) {
  return {fault_code::corrupt, "the rows of message " + std::to_string(m.message.value) + " in mailbox " +
                                   std::to_string(m.mailbox.value) + " cannot be read"};
}

template <class Row>
result<Row, failure> row_of(const store::index_view& view, const std::string& key, const messages::read_message& m) {
  const auto stored = view.get(key);
  if (!stored) return stored.error();
  if (!stored->has_value()) return failure{fault_code::not_found, "this message is gone"};
  auto row = read_record<Row>(**stored);
  if (!row) return unreadable(m);
  return std::move(*row);
}

}  // namespace

blob_reader::blob_reader(caf::actor_config& cfg, runtime::stage& on, store::store& from)
    : watched(cfg, on, "blob_reader", ""), store_(from) {}

blob_reader::behavior_type blob_reader::make_behavior() {
  return {
      [this](const messages::read_message& m) { return runtime::to_reply(read(m)); },
      [this](const messages::stage_octets& m) -> runtime::reply<messages::octets_staged> {
        const auto size = store_.arriving().append_to_disk(m.id, m.octets);
        if (!size) return runtime::to_error(size.error());
        return messages::octets_staged{*size};
      },
      [this](const messages::finish_staging& m) { return runtime::to_reply(store_.arriving().finish(m.id)); },
      [this](const messages::read_contents& m) { return runtime::to_reply(read(m)); },
      [this](const messages::scan_rows& m) { return runtime::to_reply(scan(m)); },
      [this](const messages::check_account& m) { return runtime::to_reply(check(m)); },
  };
}

// The octets of a message are its prefix, then its body.
result<messages::message_octets, failure> blob_reader::read(const messages::read_message& m) const {
  const auto view = store_.rows().view();
  const auto row = row_of<store::message_row>(view, store::message_key(m.account, m.mailbox, m.message), m);
  if (!row) return row.error();
  const std::uint64_t prefix = row->prefix_bytes;
  const std::uint64_t from = std::min(m.offset, row->size());
  const std::uint64_t to = std::min(row->size(), from + std::min(m.length, messages::read_length_max));
  messages::message_octets found;
  if (from < prefix) {
    const auto content = row_of<store::content_row>(view, store::content_key(m.account, m.mailbox, m.message), m);
    if (!content) return content.error();
    if (content->prefix.size() != prefix) return unreadable(m);
    found.octets = content->prefix.substr(from, to - from);
  }
  if (to > prefix) {
    const std::uint64_t start = std::max(from, prefix) - prefix;
    auto body = store_.bodies().read(row->blob, {start, to - prefix - start});
    if (!body) return body.error();
    found.octets += *body;
  }
  return found;
}

result<messages::scanned_rows, failure> blob_reader::read(const messages::read_contents& m) const {
  messages::scanned_rows found;
  found.generation = store_.log().generation();
  const auto prefix = store::contents_prefix(m.account, m.mailbox);
  const auto view = store_.rows().view();
  for (const auto& range : m.uids.ranges()) {
    const auto last = store::content_key(m.account, m.mailbox, range.last);
    const auto scanned = view.scan_from(store::content_key(m.account, m.mailbox, range.first), prefix,
                                        [&](std::string_view key, std::string_view value) {
                                          if (key > last) return false;
                                          found.rows.push_back({std::string(key), std::string(value)});
                                          return true;
                                        });
    if (!scanned) return scanned.error();
  }
  return found;
}

result<messages::scanned_rows, failure> blob_reader::scan(const messages::scan_rows& m) const {
  messages::scanned_rows found;
  found.generation = store_.log().generation();  // before the view: a failure in between makes it stale, which is safe
  const auto view = store_.rows().view();
  for (const auto& prefix : m.prefixes) {
    const auto scanned = view.scan(prefix, [&](std::string_view key, std::string_view value) {
      found.rows.push_back({std::string(key), std::string(value)});
      return true;
    });
    if (!scanned) return scanned.error();
  }
  return found;
}

result<messages::account_checked, failure> blob_reader::check(const messages::check_account& m) const {
  messages::account_checked outcome;
  const auto view = store_.rows().view();
  store::check_account([&](std::string_view prefix, const store::visit_row& visit) { return view.scan(prefix, visit); },
                       m.account, [&](std::string problem) { outcome.problems.push_back(std::move(problem)); });
  return outcome;
}

}  // namespace stagecoach::services
