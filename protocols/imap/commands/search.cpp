// SEARCH and UID SEARCH (RFC 3501 6.4.4). Rows are asked in pieces, and only those that can match.
#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/search_program.hpp"
#include "protocols/imap/uid_chunks.hpp"

namespace stagecoach::imap {

namespace {

class search final : public command {
 public:
  search(search_program program, naming how) : program_(std::move(program)), how_(how) {}

  step start(session_state& session) override {
    if (!program_.is_charset_known)
      return finished{status::no, "BADCHARSET (US-ASCII UTF-8)", "This charset is not known here"};
    if (!program_.unsupported.empty())
      return finished{status::no, "CANNOT", "Searching by " + std::string(program_.unsupported) + " is not served yet"};
    const auto& map = session.selected->map;
    program_.bind(map);
    chunks_ = uid_chunks(program_.candidates(map));
    session.out.text("* SEARCH");
    return go_on(session);
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) {
      session.out.line("");
      return refusal(no->code);
    }
    if (const auto* found = std::get_if<rows>(&what))
      for (const auto& one : found->messages) look_at(session, one);
    return go_on(session);
  }

 private:
  step go_on(session_state& session) {
    while (!chunks_.done()) {
      if (session.out.is_full()) {
        session.out.put(need_drained{});
        return waiting{};
      }
      auto chunk = chunks_.next(rows_chunk);
      if (program_.needs_rows()) {
        session.out.put(need_rows{std::move(chunk)});
        return waiting{};
      }
      chunk.for_each([&](uid one) {
        message_facts facts;
        facts.id = one;
        look_at(session, facts);
      });
    }
    session.out.line("");
    return finished{status::ok, "", "Searched"};
  }

  void look_at(session_state& session, const message_facts& facts) const {
    const auto number = session.selected->map.number_of(facts.id);
    if (number == 0 || !program_.matches(facts, number)) return;
    session.out.text(' ' + std::to_string(how_ == naming::by_uid ? facts.id.value : number));
  }

  search_program program_;
  naming how_;
  uid_chunks chunks_;
};

parsed_command parse(reader& in, naming how) {
  expect_space(in);
  auto program = take_search_program(in);
  return whole_command(in, std::make_unique<search>(std::move(program), how));
}

}  // namespace

parsed_command parse_search(reader& in) { return parse(in, naming::by_number); }
parsed_command parse_uid_search(reader& in) { return parse(in, naming::by_uid); }

}  // namespace stagecoach::imap
