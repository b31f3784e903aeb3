#include "protocols/http/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace stagecoach::http {
namespace {

// mail-server-behaviour row 9: also with weights.
TEST(Gzip, IsSentToWhoAcceptsIt) {
  for (const std::string_view text : {"gzip", "deflate, gzip", "gzip;q=0.5", "GZIP", "x-gzip", "*", "br, *;q=0.1",
                                      "gzip;q=1.000", "gzip ; q=0.001", "identity;q=0, gzip"})
    EXPECT_TRUE(accepts_gzip(text)) << text;
  for (const std::string_view text : {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "gzip; q=0", "*;q=0", "gzipped",
                                      "*, gzip;q=0", "gzip;q=0, *", "gzip;level=1"})
    EXPECT_FALSE(accepts_gzip(text)) << text;
}

TEST(Gzip, IsForWhatGetsSmaller) {
  for (const std::string_view type : {"text/html", "Text/HTML; charset=utf-8", "application/json", "image/svg+xml",
                                      "application/ld+json", "font/ttf", "image/x-icon"})
    EXPECT_TRUE(is_compressible(type)) << type;
  for (const std::string_view type : {"", "image/png", "application/octet-stream", "application/zip", "font/woff2"})
    EXPECT_FALSE(is_compressible(type)) << type;
}

TEST(Gzip, IsReadByZlib) {
  for (const std::size_t size : {0U, 1U, 1000U, 300'000U}) {
    const std::string text(size, 'a');
    const auto zipped = gzip(text);
    std::string back(size + 1, '\0');
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zipped.data()));
    stream.avail_in = static_cast<uInt>(zipped.size());
    stream.next_out = reinterpret_cast<Bytef*>(back.data());
    stream.avail_out = static_cast<uInt>(back.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(back.substr(0, stream.total_out), text);
    inflateEnd(&stream);
  }
}

// mail-server-behaviour row 11: no event waits in a buffer.
TEST(Gzip, GivesEachPieceAtOnce) {
  gzip_stream packer;
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string back(300'000, '\0');
  const auto read = [&](std::string zipped) {
    stream.next_in = reinterpret_cast<Bytef*>(zipped.data());
    stream.avail_in = static_cast<uInt>(zipped.size());
    stream.next_out = reinterpret_cast<Bytef*>(back.data());
    stream.avail_out = static_cast<uInt>(back.size());
    const int ended = inflate(&stream, Z_SYNC_FLUSH);
    return back.substr(0, back.size() - stream.avail_out) + (ended == Z_STREAM_END ? "[end]" : "");
  };
  std::string large;
  for (int i = 0; i < 30'000; ++i) large += std::to_string(i * 7919);
  for (const std::string& piece : {std::string("event: hello\n\n"), std::string(": \n\n"), large, std::string("x")})
    EXPECT_EQ(read(packer.add(piece)), piece);
  EXPECT_EQ(read(packer.finish("last")), "last[end]");
  inflateEnd(&stream);
}

}  // namespace
}  // namespace stagecoach::http
