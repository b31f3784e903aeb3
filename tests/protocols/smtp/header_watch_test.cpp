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
  std::size_t date = 0;
  std::size_t message_id = 0;
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
    {"Date and Message-ID", "DATE: x\r\nmessage-id:\r\n y\r\nDate : z\r\n\r\nDate: w\r\n", 38, 3, 0, 2, 1},
    {"not Date", "Dat: x\r\nDates: y\r\nD ate: z\r\nMessage-IDs: w\r\nMessage: v\r\n Date: u\r\n\r\n", 68, 5, 0},
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
      EXPECT_EQ(watch.count(header_field::received), r.received);
      EXPECT_EQ(watch.count(header_field::date), r.date);
      EXPECT_EQ(watch.count(header_field::message_id), r.message_id);
    }
  }
}

}  // namespace
}  // namespace stagecoach::smtp
