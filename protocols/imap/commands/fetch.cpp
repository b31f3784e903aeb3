// FETCH and UID FETCH (RFC 3501 6.4.5). Rows are asked in pieces, bodies in chunks, and no more is produced than the
// client reads. A response is sent only when its first octets are there: a message that has gone meanwhile is left out.
#include <algorithm>
#include <utility>

#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/date_time.hpp"
#include "protocols/imap/fetch_items.hpp"
#include "protocols/imap/fetch_sections.hpp"
#include "protocols/imap/flags.hpp"
#include "protocols/imap/header_fields.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/response_writer.hpp"
#include "protocols/imap/section_decoding.hpp"
#include "protocols/imap/uid_chunks.hpp"
#include "protocols/mime/structure.hpp"

namespace stagecoach::imap {

namespace {

class fetch final : public command {
 public:
  fetch(sequence_set set, fetch_items items, naming how) : set_(std::move(set)), items_(std::move(items)), how_(how) {
    if (how_ == naming::by_uid) items_.uid = true;  // RFC 3501 6.4.8
  }

  step start(session_state& session) override {
    if (session.spelling() == name_spelling::utf8) form_ = string_form::utf8;
    auto named = named_messages(*session.selected, set_, how_);
    if (!named) return no_such_number();
    chunks_ = uid_chunks(std::move(*named));
    return go_on(session);
  }

  step answered(session_state& session, answer&& what) override {
    if (auto* found = std::get_if<rows>(&what)) return on_rows(session, std::move(found->messages));
    if (auto* found = std::get_if<structures>(&what)) return on_structures(session, std::move(*found));
    if (const auto* marked = std::get_if<flags_set>(&what)) {
      on_marked(marked->messages);
    } else if (auto* bytes = std::get_if<message_octets>(&what)) {
      if (bytes->bytes.size() != asked_) return on_unreadable(session, fault_code::corrupt);
      ahead_.answers = std::move(bytes->ahead);
      on_octets(session, bytes->bytes);
    } else if (const auto* no = std::get_if<refused>(&what)) {
      if (asked_ > 0) return on_unreadable(session, no->code);
      if (!is_marking_) return refusal(no->code);
      is_marking_ = false;  // what cannot become \Seen, on a full disk, can still be read
    }
    return go_on(session);
  }

 private:
  struct read_header {
    std::uint64_t offset = 0;
    std::string octets;
  };
  struct read_ahead {
    std::vector<octet_piece> pieces;
    std::vector<std::optional<std::string>> answers;  // to the first of them
    std::size_t next = 0;
  };

  step ask(session_state& session, output need) {
    session.out.put(std::move(need));
    return waiting{};
  }

  step go_on(session_state& session) {
    for (;;) {
      if (session.out.is_full()) return ask(session, need_drained{});
      if (at_ == rows_.size()) {
        if (chunks_.done()) return done();
        const bool is_small = items_.sections.empty() && !items_.needs_structure();
        auto chunk = chunks_.next(is_small ? rows_chunk : bodies_chunk);
        expected_ = chunk.size();
        return ask(session, need_rows{std::move(chunk)});
      }
      if (!is_begun_) {
        if (items_.needs_structure() && rows_[at_].id > structures_.up_to) return ask_structures(session);
        if (!find_structure()) continue;
        begin_message(session);
      }
      if (left_ > 0) {
        asked_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(left_, octets_chunk));
        if (auto bytes = take_ahead()) {
          on_octets(session, *bytes);
          continue;
        }
        return ask(session, need_octets{{rows_[at_].id, offset_, asked_}, plan_ahead()});
      }
      if (section_ == items_.sections.size()) {
        end_message(session);
      } else {
        begin_section();
      }
    }
  }

  // The pieces that follow the one that is asked for: small messages come many in one answer.
  std::vector<octet_piece> plan_ahead() {
    ahead_ = {};
    if (left_ > octets_chunk) return {};
    std::uint64_t room = octets_chunk - left_;
    auto section = section_ + 1;
    for (auto at = at_; at < rows_.size() && room > 0; ++at, section = 0) {
      const auto& facts = rows_[at];
      const auto* structure = structure_of(facts.id);
      if (items_.needs_structure() && structure == nullptr) break;
      std::optional<std::uint64_t> header_at;
      if (at == at_ && chooses_fields(items_.sections[section_])) header_at = offset_;
      for (; section < items_.sections.size(); ++section) {
        const auto range = range_of(items_.sections[section], facts, structure);
        if (!range || range->length == 0) continue;
        if (chooses_fields(items_.sections[section]) && std::exchange(header_at, range->offset) == range->offset)
          continue;
        if (range->length > room || ahead_.pieces.size() == pieces_ahead_max) return ahead_.pieces;
        room -= range->length;
        ahead_.pieces.push_back({facts.id, range->offset, static_cast<std::uint32_t>(range->length)});
      }
    }
    return ahead_.pieces;
  }

  // The octets that are wanted now, when they came with those before.
  std::optional<std::string> take_ahead() {
    for (; ahead_.next < ahead_.answers.size() && ahead_.next < ahead_.pieces.size(); ++ahead_.next) {
      const auto& piece = ahead_.pieces[ahead_.next];
      if (piece.message < rows_[at_].id) continue;  // was left out
      if (piece.message != rows_[at_].id || piece.offset != offset_ || piece.length != asked_) break;
      auto& bytes = ahead_.answers[ahead_.next++];
      if (bytes && bytes->size() == asked_) return std::move(bytes);
      break;
    }
    ahead_ = {};
    return std::nullopt;
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

  step ask_structures(session_state& session) {
    need_structures need{{}, !items_.needs_parts()};
    for (std::size_t i = at_; i < rows_.size(); ++i) need.uids.add(rows_[i].id);
    return ask(session, std::move(need));
  }

  step on_structures(session_state& session, structures found) {
    if (found.up_to < rows_[at_].id) return refusal(fault_code::corrupt);
    structures_ = std::move(found);
    return go_on(session);
  }

  [[nodiscard]] const message_structure* structure_of(uid id) const {
    const auto& all = structures_.messages;
    const auto at =
        std::lower_bound(all.begin(), all.end(), id, [](const message_structure& one, uid of) { return one.id < of; });
    return at != all.end() && at->id == id ? &*at : nullptr;
  }

  // Of the next message; false when it has gone, which is then left out.
  bool find_structure() {
    if (!items_.needs_structure()) return true;
    structure_ = structure_of(rows_[at_].id);
    if (structure_ != nullptr) return true;
    has_gone_ = true;
    next_message();
    return false;
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
    if (items_.envelope) mime::put_envelope(put_item("ENVELOPE "), structure_->parts.envelope, form_);
    if (items_.body) mime::put_body(put_item("BODY "), structure_->parts, form_);
    if (items_.body_structure) mime::put_body_structure(put_item("BODYSTRUCTURE "), structure_->parts, form_);
  }

  std::string& put_item(std::string_view name) {
    if (!is_first_item_) held_ += ' ';
    is_first_item_ = false;
    return held_ += name;
  }

  void begin_section() {
    const auto& section = items_.sections[section_];
    const auto range = range_of(section, rows_[at_], structure_);
    if (!range) {
      put_item(section.label + " NIL");
      ++section_;
      return;
    }
    offset_ = range->offset;
    left_ = range->length;
    if (section.form != section_form::encoded) return begin_decoding(section);
    if (chooses_fields(section)) {
      if (left_ == 0) return put_chosen_fields("");
      if (header_ && header_->offset == offset_) put_chosen_fields(header_->octets);  // read before
      return;
    }
    put_literal_head(put_item(section.label + ' '), left_);
    if (left_ == 0) ++section_;
  }

  void begin_decoding(const body_section& section) {
    const auto encoding = section.part.empty() ? std::string("8bit") : encoding_of(section, structure_->parts);
    decoding_.emplace(section, encoding, octet_range{offset_, left_});
    if (!decoding_->is_known()) {
      has_unknown_encoding_ = true;
      left_ = 0;
      put_item(section.label + " NIL");
      ++section_;
      return;
    }
    put_item(section.label + ' ');
    if (left_ == 0) on_encoded("");
  }

  void on_encoded(std::string_view bytes) {
    switch (decoding_->received(held_, bytes)) {
      case section_decoding::progress::goes_on:
        return;
      case section_decoding::progress::again:
        offset_ = decoding_->encoded().offset;
        left_ = decoding_->encoded().length;
        return;
      case section_decoding::progress::done:
        left_ = 0;
        ++section_;
        return;
    }
  }

  void put_chosen_fields(std::string_view header) {
    const auto& section = items_.sections[section_];
    const auto choice = section.kind == section_kind::header_fields ? field_choice::named : field_choice::others;
    const auto chosen = select_header_fields(header, section.fields, choice);
    const auto range = cut({0, chosen.size()}, section.piece);
    put_literal_head(put_item(section.label + ' '), range.length);
    held_ += std::string_view(chosen).substr(range.offset, range.length);
    left_ = 0;
    ++section_;
  }

  void on_octets(session_state& session, std::string_view bytes) {
    const auto offset = std::exchange(offset_, offset_ + asked_);
    left_ -= std::exchange(asked_, 0);
    if (items_.sections[section_].form != section_form::encoded) {
      on_encoded(bytes);
      if (held_.size() >= unsent_bytes_max) release(session);
      return;
    }
    if (chooses_fields(items_.sections[section_])) {
      header_ = read_header{offset, std::string(bytes)};  // header_bytes_max is one chunk
      put_chosen_fields(bytes);
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
    if (has_unknown_encoding_) return {status::no, "UNKNOWN-CTE", "A part has an encoding that is not known"};
    if (has_failed_) return {status::no, "UNAVAILABLE", "Some of these could not be read now"};
    if (has_gone_) return {status::ok, "EXPUNGEISSUED", "Some of these are gone"};
    return {status::ok, "", "Fetched"};
  }

  sequence_set set_;
  fetch_items items_;
  naming how_;
  uid_chunks chunks_;
  string_form form_ = string_form::ascii;
  structures structures_;
  const message_structure* structure_ = nullptr;  // of the message that is written
  std::uint64_t expected_ = 0;                    // rows of the chunk that was asked for
  std::vector<message_facts> rows_;
  uid_set marked_;  // of the chunk: became \Seen by this command
  bool is_marking_ = false;
  std::size_t at_ = 0;  // the message that is written
  bool is_begun_ = false;
  bool is_released_ = false;
  bool is_first_item_ = true;
  std::size_t section_ = 0;   // of items_.sections
  std::uint64_t offset_ = 0;  // of the next octets to ask for
  std::uint64_t left_ = 0;    // of the section
  std::uint32_t asked_ = 0;   // octets of the open need
  read_ahead ahead_;
  std::optional<section_decoding> decoding_;
  std::optional<read_header> header_;  // of the message or a part, for HEADER.FIELDS
  std::string held_;                   // of the response, not sent yet
  bool has_gone_ = false;
  bool has_failed_ = false;
  bool has_unknown_encoding_ = false;
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
