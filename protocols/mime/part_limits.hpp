// The limits of what is known of a message, each with the reason for its number (security.md MI01 to MI05, MI13). What
// is beyond them is still there, as octets of a part that is not opened or as a field that is cut.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stagecoach::mime {

inline constexpr std::size_t depth_max = 100;     // multiparts and messages around a part; Postfix's number
inline constexpr std::size_t parts_max = 10'000;  // an index of at most some 300 KB; honest mails have hundreds
// RFC 2046 5.1.1 allows 70. 100 open boundaries of this length are what a scanner holds at most.
inline constexpr std::size_t boundary_bytes_max = 256;
inline constexpr std::size_t delimiter_bytes_max = 1000;  // with its padding: RFC 5322 2.1.1's line
// Of one field, with its folds: a list of a thousand recipients. Also what a scanner holds of a header at most.
inline constexpr std::size_t field_bytes_max = 64 * 1024;
// Of all text in one index: what a client may have to read of one ENVELOPE, and of one BODYSTRUCTURE.
inline constexpr std::size_t envelope_text_bytes_max = 256 * 1024;
inline constexpr std::size_t content_text_bytes_max = 256 * 1024;
inline constexpr std::size_t addresses_max = 1000;      // of one field; a larger list is a list server's business
inline constexpr std::size_t subject_bytes_max = 8192;  // also of a description, location or In-Reply-To
inline constexpr std::size_t id_bytes_max = 998;        // MI13: RFC 5322 2.1.1's line
inline constexpr std::size_t languages_max = 50;

}  // namespace stagecoach::mime
