#include "store/check/sound_log.hpp"

#include <algorithm>
#include <optional>

#include "store/checksum.hpp"

namespace stagecoach::store {

namespace {

// LevelDB's doc/log_format.md: blocks of 32 KB; in a block pieces of checksum 4, length 2, type 1, octets. What is left
// of a block behind its last piece is zeros.
constexpr std::size_t log_block = 32768;
constexpr std::size_t piece_header = 7;
constexpr std::size_t batch_header = 12;  // of a commit: its sequence number 8, how many changes 4
enum class piece_type : unsigned char { zero = 0, full = 1, first = 2, middle = 3, last = 4 };

struct piece {
  piece_type type = piece_type::zero;
  std::string_view octets;
};

std::uint32_t take32(std::string_view from) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = (value << 8) | static_cast<unsigned char>(from[i]);
  return value;
}

// LevelDB's crc32c::Mask: a checksum that is stored, so that checksums of checksums are none.
std::uint32_t masked(std::uint32_t sum) { return ((sum >> 15) | (sum << 17)) + 0xa282ead8U; }

// None: the rest of the block holds nothing that can be told apart.
std::optional<piece> piece_at(std::string_view block) {
  if (block.size() < piece_header) return std::nullopt;
  const std::size_t length =
      static_cast<unsigned char>(block[4]) | (std::size_t{static_cast<unsigned char>(block[5])} << 8);
  if (block.size() - piece_header < length) return std::nullopt;
  const auto type = static_cast<unsigned char>(block[6]);
  if (type < 1 || type > 4 || masked(crc32c(0, block.substr(6, length + 1))) != take32(block)) return std::nullopt;
  return piece{static_cast<piece_type>(type), block.substr(piece_header, length)};
}

void put_piece(std::string& into, const piece& one) {
  std::string typed(1, static_cast<char>(one.type));
  typed.append(one.octets);
  const std::uint32_t sum = masked(crc32c(0, typed));
  for (int i = 0; i < 4; ++i) into += static_cast<char>(sum >> (8 * i));
  into += static_cast<char>(one.octets.size());
  into += static_cast<char>(one.octets.size() >> 8);
  into += typed;
}

void put_commit(std::string& into, std::string_view commit) {
  bool is_first = true;
  do {
    std::size_t room = log_block - into.size() % log_block;
    if (room < piece_header) {
      into.append(room, '\0');
      room = log_block;
    }
    const auto part = commit.substr(0, room - piece_header);
    const bool is_last = part.size() == commit.size();
    const auto type =
        is_first ? (is_last ? piece_type::full : piece_type::first) : (is_last ? piece_type::last : piece_type::middle);
    put_piece(into, {type, part});
    commit.remove_prefix(part.size());
    is_first = false;
    if (is_last) return;
  } while (true);
}

class collector {
 public:
  void take(const piece& one) {
    const bool begins = one.type == piece_type::full || one.type == piece_type::first;
    if (begins) forget();
    if (!begins && !is_open_) {
      found_.left_out += one.octets.size();
      return;
    }
    is_open_ = true;
    commit_.append(one.octets);
    if (one.type == piece_type::full || one.type == piece_type::last) end();
  }
  void lost(std::size_t octets) {
    found_.left_out += octets;
    forget();
  }
  sound_log finished() {
    forget();
    return std::move(found_);
  }

 private:
  void forget() {
    found_.left_out += commit_.size();
    commit_.clear();
    is_open_ = false;
  }
  void end() {
    if (commit_.size() < batch_header) return forget();
    put_commit(found_.octets, commit_);
    ++found_.commits;
    commit_.clear();
    is_open_ = false;
  }

  sound_log found_;
  std::string commit_;  // of which pieces have come
  bool is_open_ = false;
};

}  // namespace

sound_log sound_part_of_log(std::string_view log) {
  collector all;
  for (std::size_t start = 0; start < log.size(); start += log_block) {
    std::string_view block = log.substr(start, log_block);
    while (!block.empty()) {
      const auto one = piece_at(block);
      if (!one) {
        if (block.find_first_not_of('\0') != std::string_view::npos) all.lost(block.size());
        break;
      }
      all.take(*one);
      block.remove_prefix(piece_header + one->octets.size());
    }
  }
  return all.finished();
}

}  // namespace stagecoach::store
