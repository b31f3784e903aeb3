#include "actors/services/blob_reader.hpp"

#include <algorithm>
#include <optional>

#include "actors/runtime/stage.hpp"
#include "protocols/base/record.hpp"
#include "store/check/account_check.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::services {

namespace {

failure unreadable(mailbox_id mailbox, uid message) {
  return {fault_code::corrupt, "the rows of message " + std::to_string(message.value) + " in mailbox " +
                                   std::to_string(mailbox.value) + " cannot be read"};
}

// Asked here and not where the question comes from: what waits in our mailbox would be let in by the dozen.
std::optional<failure> too_little_memory(const runtime::memory_gauge& memory) {
  if (!memory.is_tight()) return std::nullopt;
  return failure{fault_code::overloaded, "there is too little memory to read this now"};
}

// visit(key, value) of the content rows of m.uids, in order, until it answers false.
template <class Question, class Visit>
result<done, failure> scan_contents(const store::index_view& view, const Question& m, Visit visit) {
  const auto prefix = store::contents_prefix(m.account, m.mailbox);
  bool goes_on = true;
  for (const auto& range : m.uids.ranges()) {
    const auto last = store::content_key(m.account, m.mailbox, range.last);
    const auto scanned = view.scan_from(
        store::content_key(m.account, m.mailbox, range.first), prefix,
        [&](std::string_view key, std::string_view value) { return key <= last && (goes_on = visit(key, value)); });
    if (!scanned) return scanned.error();
    if (!goes_on) break;
  }
  return done{};
}

// What a content row says of its message's structure; none: it cannot be read.
std::optional<messages::message_structure> structure_in(std::string_view content, uid id, bool envelopes_only) {
  messages::message_structure found;
  found.id = id;
  if (envelopes_only) {
    auto row = read_record<store::envelope_of_content>(content);
    if (!row) return std::nullopt;
    found.prefix_bytes = static_cast<std::uint32_t>(row->prefix.size());
    found.parts.envelope = std::move(row->parts.envelope);
  } else {
    auto row = read_record<store::content_row>(content);
    if (!row) return std::nullopt;
    found.prefix_bytes = static_cast<std::uint32_t>(row->prefix.size());
    found.parts = std::move(row->parts);
  }
  return found;
}

// One message after the other, as of one view.
class message_source {
 public:
  message_source(store::store& from, const messages::read_octets& m)
      : store_(from), view_(from.rows().view()), account_(m.account), mailbox_(m.mailbox) {}

  // The octets of a message are its prefix, then its body.
  result<std::string, failure> read(const messages::octet_piece& piece) const {
    auto row = row_of<store::message_row>(store::message_key(account_, mailbox_, piece.message), piece.message);
    if (!row && row.error().code == fault_code::not_found)
      row = row_of<store::message_row>(store::removed_key(account_, mailbox_, piece.message), piece.message);
    if (!row) return row.error();
    const std::uint64_t prefix = row->prefix_bytes;
    const std::uint64_t from = std::min(piece.offset, row->size());
    const std::uint64_t to = std::min(row->size(), from + std::min(piece.length, messages::read_length_max));
    std::string octets;
    if (from < prefix) {
      const auto key = store::content_key(account_, mailbox_, piece.message);
      const auto content = row_of<store::content_row>(key, piece.message);
      if (!content) return content.error();
      if (content->prefix.size() != prefix) return unreadable(mailbox_, piece.message);
      octets = content->prefix.substr(from, to - from);
    }
    if (to > prefix) {
      const std::uint64_t start = std::max(from, prefix) - prefix;
      auto body = store_.bodies().read(row->blob, {start, to - prefix - start});
      if (!body) return body.error();
      octets = octets.empty() ? std::move(*body) : octets + *body;
    }
    return octets;
  }

 private:
  template <class Row>
  result<Row, failure> row_of(const std::string& key, uid message) const {
    const auto stored = view_.get(key);
    if (!stored) return stored.error();
    if (!stored->has_value()) return failure{fault_code::not_found, "this message is gone"};
    auto row = read_record<Row>(**stored);
    if (!row) return unreadable(mailbox_, message);
    return std::move(*row);
  }

  store::store& store_;
  store::index_view view_;
  account_id account_;
  mailbox_id mailbox_;
};

}  // namespace

blob_reader::blob_reader(caf::actor_config& cfg, runtime::stage& on, store::store& from)
    : watched(cfg, on, "blob_reader", ""), store_(from) {}

blob_reader::behavior_type blob_reader::make_behavior() {
  return {
      [this](const messages::read_octets& m) { return runtime::to_reply(read(m)); },
      [this](const messages::stage_octets& m) -> runtime::reply<messages::octets_staged> {
        const auto size = store_.arriving().append_to_disk(m.id, m.octets);
        if (!size) return runtime::to_error(size.error());
        return messages::octets_staged{*size};
      },
      [this](const messages::finish_staging& m) { return runtime::to_reply(store_.arriving().finish(m.id)); },
      [this](const messages::sweep_staging&) { store_.arriving().sweep(); },
      [this](const messages::read_contents& m) { return runtime::to_reply(read(m)); },
      [this](const messages::read_structures& m) { return runtime::to_reply(read(m)); },
      [this](const messages::scan_rows& m) { return runtime::to_reply(scan(m)); },
      [this](const messages::check_account& m) { return runtime::to_reply(check(m)); },
  };
}

result<messages::octets_read, failure> blob_reader::read(const messages::read_octets& m) const {
  if (auto why = too_little_memory(on().memory())) return *why;
  const message_source source(store_, m);
  auto wanted = source.read(m.piece);
  if (!wanted) return wanted.error();
  messages::octets_read found{std::move(*wanted), {}};
  std::uint64_t room = messages::read_length_max;
  for (const auto& piece : m.ahead) {
    if (piece.length > room) break;
    room -= piece.length;
    auto octets = source.read(piece);
    found.ahead.push_back(octets ? std::optional(std::move(*octets)) : std::nullopt);
  }
  return found;
}

result<messages::scanned_rows, failure> blob_reader::read(const messages::read_contents& m) const {
  messages::scanned_rows found;
  found.generation = store_.log().generation();
  const auto scanned = scan_contents(store_.rows().view(), m, [&](std::string_view key, std::string_view value) {
    found.rows.push_back({std::string(key), std::string(value)});
    return true;
  });
  if (!scanned) return scanned.error();
  return found;
}

result<messages::structures, failure> blob_reader::read(const messages::read_structures& m) const {
  if (auto why = too_little_memory(on().memory())) return *why;
  messages::structures found;
  if (m.uids.empty()) return found;
  found.up_to = m.uids.ranges().back().last;
  std::size_t bytes = 0;
  std::optional<failure> broken;
  const auto scanned = scan_contents(store_.rows().view(), m, [&](std::string_view key, std::string_view value) {
    const auto id = store::parse_account_key(key)->message;
    auto structure = structure_in(value, id, m.envelopes_only);
    if (!structure) {
      broken = unreadable(m.mailbox, id);
      return false;
    }
    found.messages.push_back(std::move(*structure));
    bytes += value.size();
    if (bytes < messages::structure_bytes_max) return true;
    found.up_to = id;
    return false;
  });
  if (!scanned) return scanned.error();
  if (broken) return *broken;
  return found;
}

result<messages::scanned_rows, failure> blob_reader::scan(const messages::scan_rows& m) const {
  messages::scanned_rows found;
  found.generation = store_.log().generation();  // before the view: a failure in between makes it stale, which is safe
  const auto view = store_.rows().view();
  for (const auto& prefix : m.prefixes) {
    std::uint32_t left = m.last_of_each;
    const auto take = [&](std::string_view key, std::string_view value) {
      found.rows.push_back({std::string(key), std::string(value)});
      return --left != 0;
    };
    const auto scanned = m.last_of_each == 0 ? view.scan(prefix, take) : view.scan_back(prefix, take);
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
