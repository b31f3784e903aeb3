#include "store/rows_mail.hpp"

#include <gtest/gtest.h>

#include "protocols/mime/part_scanner.hpp"

namespace stagecoach::store {
namespace {

constexpr std::string_view forwarded =
    "Subject: outer\r\nFrom: Ada <ada@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
    "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext\r\n--b--\r\n";

content_row content() {
  mime::part_scanner scanner;
  scanner.received(forwarded);
  return {"Received: here\r\n", scanner.finished()};
}

TEST(ContentRow, ItsEnvelopeIsReadAlone) {
  const auto whole = content();
  ASSERT_EQ(whole.parts.parts.size(), 4U);
  const auto part = read_record<envelope_of_content>(write_record(whole));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->prefix, whole.prefix);
  EXPECT_EQ(part->parts.envelope.subject, "outer");
  EXPECT_EQ(part->parts.envelope, whole.parts.envelope);
}

// What is cut is refused, as it is when the whole row is read.
TEST(ContentRow, ACutOneHasNoEnvelope) {
  const auto written = write_record(content());
  for (std::size_t size = 1; size < written.size(); ++size) {
    const auto cut = std::string_view(written).substr(0, size);
    if (!read_record<content_row>(cut)) {
      EXPECT_FALSE(read_record<envelope_of_content>(cut)) << size << " octets";
    }
  }
}

}  // namespace
}  // namespace stagecoach::store
