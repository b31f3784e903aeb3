// Judges some messages by a search_program: what number, flags, dates and sizes decide at once; what the stored
// structure decides when that is there; headers and bodies only of messages that are still open. It yields the next
// need until all are judged. Used by SEARCH.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/needs.hpp"
#include "protocols/imap/search_program.hpp"
#include "protocols/imap/search_texts.hpp"
#include "protocols/imap/uid_map.hpp"

namespace stagecoach::imap {

class search_chunk {
 public:
  // `program` is bound, and outlives this. Messages that the session does not know are passed over.
  search_chunk(const search_program& program, const uid_map& map, const std::vector<message_facts>& messages);

  // need_structures or need_octets; none: all are judged.
  [[nodiscard]] std::optional<output> next_need();
  // False: the answer cannot be, or the message of the last need could not be read and was not gone.
  [[nodiscard]] bool answered(structures&& found);
  [[nodiscard]] bool answered(message_octets&& found);
  [[nodiscard]] bool answered(const refused& why);  // to need_octets

  struct match {
    uid id;
    std::uint32_t number = 0;
  };
  [[nodiscard]] std::vector<match> matches() const;  // ascending

 private:
  struct judged {
    message_facts facts;
    std::uint32_t number = 0;
    truth verdict = truth::unknown;
    std::vector<truth> known;  // of program.contents
  };
  // Octets to read of a candidate: its header, or a piece of a part.
  struct job {
    std::size_t of = 0;                // in candidates_
    const mime::part* part = nullptr;  // none: the header
    octet_piece piece;
    bool begins = false;   // the part
    bool is_last = false;  // of the candidate
    bool ends = false;     // the part
  };

  void judge(judged& one);
  void settle(judged& one);
  void plan(std::size_t of, const message_structure& structure);
  void carry_out(const job& what, std::string_view bytes);

  const search_program& program_;
  search_texts texts_;
  std::vector<judged> candidates_;
  structures structures_;
  std::deque<job> jobs_;   // of the candidates that structures_ has
  std::size_t asked_ = 0;  // of jobs_, from the front
};

}  // namespace stagecoach::imap
