// SEARCH and UID SEARCH (RFC 3501 6.4.4), with ESEARCH's RETURN (RFC 4731) and its SAVE (RFC 5182). Rows are asked in
// pieces, and only those that can match; what a message contains is asked only where that decides.
#include <limits>

#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/response_writer.hpp"
#include "protocols/imap/search_chunk.hpp"
#include "protocols/imap/search_program.hpp"
#include "protocols/imap/uid_chunks.hpp"

namespace stagecoach::imap {

namespace {

// RFC 4731 3.1, RFC 5182 2.1. None of them: the untagged SEARCH of RFC 3501.
struct return_options {
  bool min = false;
  bool max = false;
  bool all = false;
  bool count = false;
  bool save = false;
  [[nodiscard]] bool tells() const { return min || max || all || count; }
  // RFC 5182 2.4: MIN and MAX alone are all that is saved.
  [[nodiscard]] bool saves_ends_only() const { return (min || max) && !all && !count; }
};

class search final : public command {
 public:
  search(search_program program, return_options wanted, naming how)
      : program_(std::move(program)), wanted_(wanted), how_(how) {}

  step start(session_state& session) override {
    // RFC 9051 6.4.4: who has enabled it gets no untagged SEARCH.
    if (session.is_rev2 && !wanted_.tells() && !wanted_.save) wanted_.all = true;
    // RFC 6855 3: who has enabled UTF-8 writes it, and says of nothing that it is something else.
    if (program_.names_charset && session.accepts_utf8)
      return finished{status::bad, "", "There is no other charset after ENABLE UTF8=ACCEPT"};
    if (!program_.is_charset_known)
      return refused_with(session, {status::no, "BADCHARSET (US-ASCII UTF-8)", "This charset is not known here"});
    const auto& map = session.selected->map;
    program_.bind(map, session.selected->saved);
    chunks_ = uid_chunks(program_.candidates(map));
    return go_on(session);
  }

  step answered(session_state& session, answer&& what) override {
    bool is_fine = true;
    if (auto* found = std::get_if<rows>(&what)) {
      chunk_.emplace(program_, session.selected->map, found->messages);
    } else if (auto* parts = std::get_if<structures>(&what)) {
      is_fine = chunk_ && chunk_->answered(std::move(*parts));
    } else if (auto* octets = std::get_if<message_octets>(&what)) {
      is_fine = chunk_ && chunk_->answered(std::move(*octets));
    } else if (const auto* no = std::get_if<refused>(&what)) {
      if (!chunk_ || !chunk_->answered(*no)) return refused_with(session, refusal(no->code));
    }
    if (!is_fine) return refused_with(session, refusal(fault_code::corrupt));
    return go_on(session);
  }

 private:
  // RFC 5182 2.1: a SEARCH with SAVE that ends with NO leaves an empty result.
  [[nodiscard]] finished refused_with(session_state& session, finished why) const {
    if (wanted_.save) session.selected->saved = {};
    return why;
  }

  step go_on(session_state& session) {
    for (;;) {
      if (chunk_) {
        if (auto need = chunk_->next_need()) {
          session.out.put(std::move(*need));
          return waiting{};
        }
        for (const auto& one : chunk_->matches()) note(one);
        chunk_.reset();
      }
      if (chunks_.done()) break;
      auto uids = chunks_.next(program_.contents.empty() ? rows_chunk : contents_chunk);
      if (program_.needs_rows()) {
        session.out.put(need_rows{std::move(uids)});
        return waiting{};
      }
      std::vector<message_facts> all;
      all.reserve(static_cast<std::size_t>(uids.size()));
      uids.for_each([&](uid one) { all.emplace_back().id = one; });
      chunk_.emplace(program_, session.selected->map, all);
    }
    respond(session);
    if (wanted_.save) session.selected->saved = result_to_save();
    return finished{status::ok, "", "Searched"};
  }

  void note(const search_chunk::match& one) {
    ++count_;
    if (wanted_.save) matches_.add(one.id);
    const auto number = how_ == naming::by_uid ? one.id.value : one.number;
    if (!found_.empty() && found_.back().last + 1 == number)
      found_.back().last = number;
    else
      found_.push_back({number, number});
  }

  [[nodiscard]] uid_set result_to_save() const {
    if (!wanted_.saves_ends_only() || matches_.empty()) return matches_;
    uid_set ends;
    if (wanted_.min) ends.add(matches_.ranges().front().first);
    if (wanted_.max) ends.add(matches_.ranges().back().last);
    return ends;
  }

  void respond(session_state& session) const {
    std::string line;
    if (!wanted_.tells()) {
      if (wanted_.save) return;  // RFC 5182 2.1: alone, it asks to hear nothing
      line = "* SEARCH";
      for (const auto& range : found_)
        for (std::uint64_t number = range.first; number <= range.last; ++number) line += ' ' + std::to_string(number);
      return session.out.line(line);
    }
    // RFC 4731 3.1: without a match only COUNT is told.
    line = "* ESEARCH (TAG ";
    put_string(line, session.tag);
    line += how_ == naming::by_uid ? ") UID" : ")";
    if (wanted_.min && !found_.empty()) line += " MIN " + std::to_string(found_.front().first);
    if (wanted_.max && !found_.empty()) line += " MAX " + std::to_string(found_.back().last);
    if (wanted_.count) line += " COUNT " + std::to_string(count_);
    if (wanted_.all && !found_.empty()) line += " ALL " + write_ranges(found_);
    session.out.line(line);
  }

  search_program program_;
  return_options wanted_;
  naming how_;
  uid_chunks chunks_;
  std::optional<search_chunk> chunk_;
  std::vector<number_range> found_;  // what is told, ascending
  uid_set matches_;                  // what SAVE keeps
  std::uint64_t count_ = 0;
};

// RETURN (MIN COUNT), and the space behind it.
return_options take_return_options(reader& in) {
  return_options wanted;
  if (!in.skip_nocase("RETURN (")) return wanted;
  while (in.ok() && in.peek() != ')') {
    const auto name = take_atom(in);
    if (equal_nocase(name, "MIN"))
      wanted.min = true;
    else if (equal_nocase(name, "MAX"))
      wanted.max = true;
    else if (equal_nocase(name, "ALL"))
      wanted.all = true;
    else if (equal_nocase(name, "COUNT"))
      wanted.count = true;
    else if (equal_nocase(name, "SAVE"))
      wanted.save = true;
    else
      in.fail(fault_code::syntax, "no such search return option");
    if (!in.skip(' ')) break;
  }
  in.expect(')', "a list of return options that does not end");
  expect_space(in);
  if (!wanted.tells() && !wanted.save) wanted.all = true;  // RFC 4731 3.1: RETURN () is RETURN (ALL)
  return wanted;
}

parsed_command parse(reader& in, naming how) {
  expect_space(in);
  const auto wanted = take_return_options(in);
  auto program = take_search_program(in);
  return whole_command(in, std::make_unique<search>(std::move(program), wanted, how));
}

}  // namespace

parsed_command parse_search(reader& in) { return parse(in, naming::by_number); }
parsed_command parse_uid_search(reader& in) { return parse(in, naming::by_uid); }

}  // namespace stagecoach::imap
