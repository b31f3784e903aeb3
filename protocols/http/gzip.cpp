#include "protocols/http/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "protocols/base/check.hpp"
#include "protocols/base/reader.hpp"
#include "protocols/http/head.hpp"

namespace stagecoach::http {

namespace {

constexpr int gzip_window = 15 + 16;  // the largest, with gzip's header
constexpr int memory_level = 9;
constexpr int small_window = 13 + 16;
constexpr int small_memory_level = 6;

// RFC 9110 12.4.2: of `;q=0.5` whether it is more than nothing. What is no weight counts as nothing.
bool has_weight(std::string_view parameters) {
  const auto text = ascii_lower(trimmed(parameters));
  if (text.empty()) return true;
  if (!text.starts_with("q=")) return false;
  return text.find_first_of("123456789") != std::string::npos;
}

}  // namespace

bool accepts_gzip(std::string_view list) {
  std::optional<bool> named;
  std::optional<bool> any;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto one = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    const auto semicolon = std::min(one.find(';'), one.size());
    const auto coding = ascii_lower(trimmed(one.substr(0, semicolon)));
    const bool is_wanted = has_weight(one.substr(std::min(semicolon + 1, one.size())));
    if (coding == "gzip" || coding == "x-gzip") named = is_wanted;
    if (coding == "*") any = is_wanted;
  }
  return named.value_or(any.value_or(false));
}

bool is_compressible(std::string_view media_type) {
  const auto type = ascii_lower(trimmed(media_type.substr(0, media_type.find(';'))));
  constexpr std::array others{"application/csv",  "application/javascript",
                              "application/json", "application/x-javascript",
                              "application/xml",  "image/vnd.microsoft.icon",
                              "image/x-icon",     "font/ttf",
                              "font/eot",         "font/otf",
                              "font/opentype"};
  return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") ||
         std::find(others.begin(), others.end(), type) != others.end();
}

std::string gzip(std::string_view octets) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, octets.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
  stream.avail_in = static_cast<uInt>(octets.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  CHECK(ended == Z_STREAM_END);
  return out;
}

gzip_stream::gzip_stream() {
  auto made = std::make_unique<z_stream>();
  CHECK(deflateInit2(made.get(), Z_BEST_SPEED, Z_DEFLATED, small_window, small_memory_level, Z_DEFAULT_STRATEGY) ==
        Z_OK);
  state_.reset(made.release());
}

void gzip_stream::deleter::operator()(z_stream_s* one) const {
  deflateEnd(one);
  std::default_delete<z_stream>()(one);
}

std::string gzip_stream::add(std::string_view octets) { return deflated(octets, Z_SYNC_FLUSH); }

std::string gzip_stream::finish(std::string_view octets) { return deflated(octets, Z_FINISH); }

std::string gzip_stream::deflated(std::string_view octets, int flush) {
  auto& stream = *state_;
  std::array<char, 16 * 1024> piece{};
  std::string out;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
  stream.avail_in = static_cast<uInt>(octets.size());
  do {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    CHECK(deflate(&stream, flush) != Z_STREAM_ERROR);
    out.append(piece.data(), piece.size() - stream.avail_out);
  } while (stream.avail_out == 0);
  CHECK(stream.avail_in == 0);
  return out;
}

}  // namespace stagecoach::http
