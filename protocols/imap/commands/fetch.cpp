// FETCH and UID FETCH (RFC 3501 6.4.5). Rows are asked in pieces, bodies in chunks, and no more is produced than the
// client reads. A response is sent only when its first octets are there: a message that has gone meanwhile is left out.
#include <algorithm>

#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/date_time.hpp"
#include "protocols/imap/fetch_items.hpp"
#include "protocols/imap/flags.hpp"
#include "protocols/imap/header_fields.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/response_writer.hpp"
#include "protocols/imap/uid_chunks.hpp"

namespace stagecoach::imap {

namespace {

struct octet_range {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// RFC 3501 6.4.5: a partial that begins behind the end is empty, one that ends behind it is shorter.
octet_range cut(octet_range whole, const std::optional<partial>& part) {
  if (!part) return whole;
  const auto skipped = std::min(part->offset, whole.length);
  return {whole.offset + skipped, std::min(part->length, whole.length - skipped)};
}

octet_range range_of(const body_section& section, const message_facts& facts) {
  const std::uint64_t header = std::min<std::uint64_t>(facts.header_bytes, facts.size);
  switch (section.kind) {
    case section_kind::all:
      return cut({0, facts.size}, section.part);
    case section_kind::header:
      return cut({0, header}, section.part);
    case section_kind::text:
      return cut({header, facts.size - header}, section.part);
    case section_kind::header_fields:
    case section_kind::header_fields_not:
      break;
  }
  return {0, std::min<std::uint64_t>(header, header_bytes_max)};  // what the fields are chosen from
}

bool chooses_fields(const body_section& section) {
  return section.kind == section_kind::header_fields || section.kind == section_kind::header_fields_not;
}

class fetch final : public command {
 public:
  fetch(sequence_set set, fetch_items items, naming how) : set_(std::move(set)), items_(std::move(items)), how_(how) {
    if (how_ == naming::by_uid) items_.uid = true;  // RFC 3501 6.4.8
  }

  step start(session_state& session) override {
    if (!items_.unsupported.empty())
      return finished{status::no, "CANNOT", "Fetching of " + std::string(items_.unsupported) + " is not served yet"};
    auto named = named_messages(*session.selected, set_, how_);
    if (!named) return no_such_number();
    chunks_ = uid_chunks(std::move(*named));
    return go_on(session);
  }

  step answered(session_state& session, answer&& what) override {
    if (auto* found = std::get_if<rows>(&what)) return on_rows(session, std::move(found->messages));
    if (const auto* marked = std::get_if<flags_set>(&what)) {
      on_marked(marked->messages);
    } else if (auto* bytes = std::get_if<message_octets>(&what)) {
      if (bytes->bytes.size() != asked_) return on_unreadable(session, fault_code::corrupt);
      on_octets(session, bytes->bytes);
    } else if (const auto* no = std::get_if<refused>(&what)) {
      if (asked_ > 0) return on_unreadable(session, no->code);
      if (!is_marking_) return refusal(no->code);
      is_marking_ = false;  // what cannot become \Seen, on a full disk, can still be read
    }
    return go_on(session);
  }

 private:
  step ask(session_state& session, output need) {
    session.out.put(std::move(need));
    return waiting{};
  }

  step go_on(session_state& session) {
    for (;;) {
      if (session.out.is_full()) return ask(session, need_drained{});
      if (at_ == rows_.size()) {
        if (chunks_.done()) return done();
        auto chunk = chunks_.next(items_.sections.empty() ? rows_chunk : bodies_chunk);
        expected_ = chunk.size();
        return ask(session, need_rows{std::move(chunk)});
      }
      if (!is_begun_) begin_message(session);
      if (left_ > 0) {
        asked_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(left_, octets_chunk));
        return ask(session, need_octets{rows_[at_].id, offset_, asked_});
      }
      if (section_ == items_.sections.size()) {
        end_message(session);
      } else {
        begin_section();
      }
    }
  }

  step on_rows(session_state& session, std::vector<message_facts> found) {
    rows_ = std::move(found);
    at_ = 0;
    if (rows_.size() < expected_) has_gone_ = true;
    if (items_.flags && items_.sections.empty())
      for (const auto& one : rows_) session.selected->pending.forget_flags(one.id);
    if (!items_.sets_seen() || session.selected->is_read_only) return go_on(session);
    need_flags_set need;
    need.delta.change = flag_change::add;
    need.delta.flags.set(flag::seen);
    for (const auto& one : rows_)
      if (!one.flags.has(flag::seen)) need.uids.add(one.id);
    marked_ = need.uids;
    if (marked_.empty()) return go_on(session);
    is_marking_ = true;
    return ask(session, std::move(need));
  }

  // RFC 3501 6.4.5: \Seen is set implicitly, and a flag that changes so is part of the response.
  void on_marked(const std::vector<message_facts>& now) {
    is_marking_ = false;
    auto at = rows_.begin();
    for (const auto& one : now) {
      at = std::find_if(at, rows_.end(), [&](const message_facts& row) { return row.id == one.id; });
      if (at == rows_.end()) return;
      at->flags = one.flags;
    }
  }

  void begin_message(session_state& session) {
    auto& mailbox = *session.selected;
    const auto& facts = rows_[at_];
    const bool tells_flags = items_.flags || (marked_.contains(facts.id) && facts.flags.has(flag::seen));
    is_begun_ = true;
    is_first_item_ = true;
    section_ = 0;
    if (tells_flags) put_new_keywords(held_, facts.flags, mailbox.keywords);
    held_ += "* " + std::to_string(mailbox.map.number_of(facts.id)) + " FETCH (";
    if (items_.uid) put_item("UID ") += std::to_string(facts.id.value);
    if (tells_flags) {
      put_flags(put_item("FLAGS ("), facts.flags);
      held_ += ')';
    }
    if (items_.internal_date) put_item("INTERNALDATE ") += write_date_time(facts.received);
    if (items_.size) put_item("RFC822.SIZE ") += std::to_string(facts.size);
  }

  std::string& put_item(std::string_view name) {
    if (!is_first_item_) held_ += ' ';
    is_first_item_ = false;
    return held_ += name;
  }

  void begin_section() {
    const auto& section = items_.sections[section_];
    const auto range = range_of(section, rows_[at_]);
    offset_ = range.offset;
    left_ = range.length;
    if (chooses_fields(section)) {
      if (header_ || left_ == 0) put_chosen_fields();  // of this message, read before
      return;
    }
    put_literal_head(put_item(section.label + ' '), left_);
    if (left_ == 0) ++section_;
  }

  void put_chosen_fields() {
    const auto& section = items_.sections[section_];
    const auto choice = section.kind == section_kind::header_fields ? field_choice::named : field_choice::others;
    const auto chosen = select_header_fields(header_.value_or(""), section.fields, choice);
    const auto range = cut({0, chosen.size()}, section.part);
    put_literal_head(put_item(section.label + ' '), range.length);
    held_ += std::string_view(chosen).substr(range.offset, range.length);
    left_ = 0;
    ++section_;
  }

  void on_octets(session_state& session, std::string_view bytes) {
    left_ -= asked_;
    offset_ += asked_;
    asked_ = 0;
    if (chooses_fields(items_.sections[section_])) {
      header_ = std::string(bytes);  // header_bytes_max is one chunk
      put_chosen_fields();
      return;
    }
    held_ += bytes;
    if (left_ == 0) ++section_;
    if (held_.size() >= unsent_bytes_max) release(session);
  }

  // From here on the response is on its way and must be completed.
  void release(session_state& session) {
    session.out.text(held_);
    held_.clear();
    is_released_ = true;
  }

  void end_message(session_state& session) {
    held_ += ")\r\n";
    release(session);
    next_message();
  }

  void next_message() {
    held_.clear();
    header_.reset();
    is_begun_ = is_released_ = false;
    left_ = asked_ = 0;
    ++at_;
  }

  step on_unreadable(session_state& session, fault_code why) {
    if (is_released_) return ended{};  // the literal cannot be completed
    if (why == fault_code::not_found) {
      has_gone_ = true;
    } else {
      has_failed_ = true;
    }
    next_message();
    return go_on(session);
  }

  [[nodiscard]] finished done() const {
    if (has_failed_) return {status::no, "UNAVAILABLE", "Some of these could not be read now"};
    if (has_gone_) return {status::ok, "EXPUNGEISSUED", "Some of these are gone"};
    return {status::ok, "", "Fetched"};
  }

  sequence_set set_;
  fetch_items items_;
  naming how_;
  uid_chunks chunks_;
  std::uint64_t expected_ = 0;  // rows of the chunk that was asked for
  std::vector<message_facts> rows_;
  uid_set marked_;  // of the chunk: became \Seen by this command
  bool is_marking_ = false;
  std::size_t at_ = 0;  // the message that is written
  bool is_begun_ = false;
  bool is_released_ = false;
  bool is_first_item_ = true;
  std::size_t section_ = 0;            // of items_.sections
  std::uint64_t offset_ = 0;           // of the next octets to ask for
  std::uint64_t left_ = 0;             // of the section
  std::uint32_t asked_ = 0;            // octets of the open need
  std::optional<std::string> header_;  // of the message, for HEADER.FIELDS
  std::string held_;                   // of the response, not sent yet
  bool has_gone_ = false;
  bool has_failed_ = false;
};

parsed_command parse(reader& in, naming how) {
  expect_space(in);
  auto set = take_sequence_set(in);
  expect_space(in);
  auto items = take_fetch_items(in);
  return whole_command(in, std::make_unique<fetch>(std::move(set), std::move(items), how));
}

}  // namespace

parsed_command parse_fetch(reader& in) { return parse(in, naming::by_number); }
parsed_command parse_uid_fetch(reader& in) { return parse(in, naming::by_uid); }

}  // namespace stagecoach::imap
