// Compression of answers (RFC 9110 8.4.1.3, 12.5.3).
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace stagecoach::http {

// Whether an Accept-Encoding of this value allows gzip: it is named, or `*` is and it is not, and not with q=0. An
// absent or empty one does not.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);
// Whether what has this media type gets smaller by it (mail-server-behaviour row 9).
[[nodiscard]] bool is_compressible(std::string_view media_type);
// As small as it gets.
[[nodiscard]] std::string gzip(std::string_view octets);

// What comes piece by piece, fast, and with 64 KiB of memory: an event stream has one as long as its page is open.
class gzip_stream {
 public:
  gzip_stream();
  // The client can read all of `octets` with what this returns: nothing waits for what comes next (row 11).
  [[nodiscard]] std::string add(std::string_view octets);
  // The last ones.
  [[nodiscard]] std::string finish(std::string_view octets);

 private:
  struct deleter {
    void operator()(z_stream_s* one) const;
  };
  std::string deflated(std::string_view octets, int flush);

  std::unique_ptr<z_stream_s, deleter> state_;
};

}  // namespace stagecoach::http
