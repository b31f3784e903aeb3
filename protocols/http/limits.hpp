// What one HTTP connection may ask for, each with the reference that chose it (security.md WB08, HS09).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace stagecoach::http::limits {

inline constexpr std::size_t target_bytes_max = 8 * 1024;  // RFC 9110 4.1 asks for at least 8,000
inline constexpr std::size_t head_bytes_max = 16 * 1024;   // request line and fields, with their line ends
inline constexpr std::size_t fields_max = 100;
inline constexpr std::size_t method_bytes_max = 32;
inline constexpr std::size_t chunk_line_bytes_max = 1024;  // size and extensions of one chunk, with its CRLF
inline constexpr std::size_t extension_bytes_max = 1024;   // of all chunks of a body
inline constexpr std::size_t trailer_bytes_max = 8 * 1024;
inline constexpr std::uint64_t body_bytes_max = 1ULL << 40;  // what the numbers can bear; who takes a body has less
inline constexpr std::size_t buffered_max = 64 * 1024;       // of a client that is ahead of our answers

// Of HTTP/2 (security.md WB08). The others hold there, too; of a header list head_bytes_max, as RFC 9113 6.5.2 counts.
inline constexpr std::uint32_t streams_max = 100;
inline constexpr unsigned nuisances_max = 200;  // in nuisance_time: what costs us much and the client little
inline constexpr std::chrono::seconds nuisance_time{10};
inline constexpr std::size_t continuations_max = 8;            // of one header
inline constexpr std::size_t sent_at_once = 16 * 1024;         // octets of frames in one http::send, and a frame more
inline constexpr std::size_t refused_bytes_max = 256 * 1024;   // of one header list; what is above is not looked at
inline constexpr std::size_t moved_min = 4 * 1024;             // of an answer, before it is said to be stuck
inline constexpr std::size_t dropped_bytes_max = 1024 * 1024;  // of a body that comes after its answer

}  // namespace stagecoach::http::limits
