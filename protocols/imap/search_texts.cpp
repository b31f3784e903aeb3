#include "protocols/imap/search_texts.hpp"

#include <algorithm>
#include <chrono>

#include "protocols/imap/tokens.hpp"
#include "protocols/mime/date.hpp"
#include "protocols/mime/header.hpp"
#include "protocols/mime/leaves.hpp"
#include "protocols/text/collation.hpp"

namespace stagecoach::imap {

namespace {

bool holds(std::string_view text, const content_test& test) {
  return fold_case(mime::decoded_text(text)).find(test.needle) != std::string::npos;
}

// An address as people write it, so that a needle may be a name, an address, or both.
std::string readable(const mime::address_entry& one) {
  if (one.kind != mime::address_kind::mailbox) return one.mailbox;
  const std::string address = one.host.empty() ? one.mailbox : one.mailbox + "@" + one.host;
  return one.name.empty() ? address : mime::decoded_text(one.name) + " <" + address + ">";
}

bool holds(const std::vector<mime::address_entry>& list, const content_test& test) {
  return std::any_of(list.begin(), list.end(), [&](const mime::address_entry& one) {
    return fold_case(readable(one)).find(test.needle) != std::string::npos;
  });
}

// RFC 3501 6.4.4: the Date field, disregarding time and time zone.
bool was_sent(const mime::envelope& message, const content_test& test) {
  const auto date = mime::parse_date(message.date);
  if (!date) return false;
  const std::int64_t day = std::chrono::sys_days(date->day).time_since_epoch().count();
  if (test.place == search_place::sent_on) return day == test.day;
  return test.place == search_place::sent_before ? day < test.day : day >= test.day;
}

std::optional<bool> in_envelope(const mime::envelope& message, const content_test& test) {
  switch (test.place) {
    case search_place::subject:
      return holds(message.subject, test);
    case search_place::from:
      return holds(message.from, test);
    case search_place::to:
      return holds(message.to, test);
    case search_place::cc:
      return holds(message.cc, test);
    case search_place::bcc:
      return holds(message.bcc, test);
    case search_place::sent_before:
    case search_place::sent_on:
    case search_place::sent_since:
      return was_sent(message, test);
    case search_place::header:
      // What clients ask most of HEADER is the thread of a message: no need to read it.
      if (test.field == "message-id") return !message.message_id.empty() && holds(message.message_id, test);
      if (test.field == "in-reply-to") return !message.in_reply_to.empty() && holds(message.in_reply_to, test);
      break;
    case search_place::body:
    case search_place::text:
    case search_place::attachment:
      break;
  }
  return std::nullopt;
}

truth truth_of(bool is_so) { return is_so ? truth::yes : truth::no; }

}  // namespace

search_texts::search_texts(const std::vector<content_test>& tests) : tests_(tests) {
  for (const auto& test : tests_)
    if (test.place == search_place::body || test.place == search_place::text)
      needle_bytes_max_ = std::max(needle_bytes_max_, test.needle.size());
}

bool search_texts::is_open(std::size_t test, const std::vector<truth>& known, search_place place) const {
  return known[test] == truth::unknown && tests_[test].place == place;
}

void search_texts::look_at(const mime::part_index& parts, std::vector<truth>& known) const {
  for (std::size_t i = 0; i < tests_.size(); ++i)
    if (tests_[i].place == search_place::attachment)
      known[i] = truth_of(mime::has_attachments(parts));
    else if (const auto found = in_envelope(parts.envelope, tests_[i]))
      known[i] = truth_of(*found);
}

bool search_texts::needs_parts() const {
  const mime::envelope nothing;
  return std::any_of(tests_.begin(), tests_.end(), [&](const auto& test) { return !in_envelope(nothing, test); });
}

bool search_texts::wants_header(const std::vector<truth>& known) const {
  for (std::size_t i = 0; i < tests_.size(); ++i)
    if (is_open(i, known, search_place::header) || is_open(i, known, search_place::text)) return true;
  return false;
}

bool search_texts::wants_body(const std::vector<truth>& known) const {
  for (std::size_t i = 0; i < tests_.size(); ++i)
    if (is_open(i, known, search_place::body) || is_open(i, known, search_place::text)) return true;
  return false;
}

void search_texts::look_at_header(std::string_view header, std::vector<truth>& known) const {
  mime::header_fields fields(header);
  while (const auto field = fields.next()) {
    const auto value = fold_case(mime::decoded_text(field->value));
    for (std::size_t i = 0; i < tests_.size(); ++i) {
      const auto& test = tests_[i];
      if (is_open(i, known, search_place::header) && equal_nocase(field->name, test.field) &&
          value.find(test.needle) != std::string::npos)
        known[i] = truth::yes;
      if (is_open(i, known, search_place::text) &&
          (fold_case(field->name) + ": " + value).find(test.needle) != std::string::npos)
        known[i] = truth::yes;
    }
  }
  for (std::size_t i = 0; i < tests_.size(); ++i)
    if (is_open(i, known, search_place::header)) known[i] = truth::no;
}

void search_texts::begin_part(const mime::part& part) {
  decoder_.emplace(part);
  window_.clear();
}

void search_texts::received(std::string_view octets, std::vector<truth>& known) {
  std::string text;
  decoder_->decode(text, octets);
  window_ += fold_case(text);
  look_through_window(known);
}

void search_texts::end_part(std::vector<truth>& known) {
  std::string text;
  decoder_->finish(text);
  window_ += fold_case(text);
  look_through_window(known);
  decoder_.reset();
}

void search_texts::look_through_window(std::vector<truth>& known) {
  for (std::size_t i = 0; i < tests_.size(); ++i)
    if ((is_open(i, known, search_place::body) || is_open(i, known, search_place::text)) &&
        window_.find(tests_[i].needle) != std::string::npos)
      known[i] = truth::yes;
  if (window_.size() >= needle_bytes_max_) window_.erase(0, window_.size() - needle_bytes_max_ + 1);
}

}  // namespace stagecoach::imap
