#include "protocols/smtp/header_watch.hpp"

#include <gtest/gtest.h>

#include <string>

namespace stagecoach::smtp {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::uint64_t octets;
  std::size_t fields;
  std::size_t received;
};
constexpr row rows[] = {
    {"nothing", "", 0, 0, 0},
    {"one field, no empty line", "a: b\r\n", 6, 1, 0},
    {"one field", "a: b\r\n\r\nReceived: x\r\n", 8, 1, 0},
    {"folded", "a: b\r\n Received: c\r\n\td\r\n\r\n", 26, 1, 0},
    {"no header at all", "\r\nReceived: x\r\n", 2, 0, 0},
    {"Received", "Received: x\r\nRECEIVED:\r\n y\r\nreceived:z\r\n\r\nb", 42, 3, 3},
    {"not Received", "Receive: x\r\nReceived-SPF: y\r\nX-Received: z\r\nReceivedd: a\r\n\r\n", 60, 4, 0},
    {"broken off", "Received", 8, 1, 0},
    {"a line of one letter", "r\r\nReceived: x\r\n\r\n", 18, 2, 1},
};

TEST(HeaderWatch, CountsWhateverTheCut) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) {
      header_watch watch;
      watch.read(r.in.substr(0, cut));
      watch.read(r.in.substr(cut));
      EXPECT_EQ(watch.octets(), r.octets);
      EXPECT_EQ(watch.fields(), r.fields);
      EXPECT_EQ(watch.received_fields(), r.received);
    }
  }
}

}  // namespace
}  // namespace stagecoach::smtp
