#include "protocols/smtp/received.hpp"

#include <gtest/gtest.h>

namespace stagecoach::smtp {
namespace {

trace_facts facts() {
  trace_facts f;
  f.reverse_path = address{"Bob", {"example.net"}};
  f.recipient = address{"ada", {"localhost"}};
  f.greeting_name = "mail.example.net";
  f.peer_ip = "192.0.2.7";
  f.host = "localhost";
  f.is_extended = true;
  f.id = "00ff";
  f.when = unix_ms{1'700'000'000'999};
  return f;
}

TEST(Received, SaysHowTheMailCame) {
  EXPECT_EQ(write_prefix(facts()),
            "Return-Path: <Bob@example.net>\r\n"
            "Delivered-To: ada@localhost\r\n"
            "Received: from mail.example.net ([192.0.2.7])\r\n"
            "\tby localhost with ESMTP\r\n"
            "\tid 00ff for <ada@localhost>;\r\n"
            "\tTue, 14 Nov 2023 22:13:20 +0000\r\n");
}

TEST(Received, NamesTheProtocol) {  // RFC 3848
  auto f = facts();
  f.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
  EXPECT_NE(write_prefix(f).find(" with ESMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n"), std::string::npos);
  f.is_extended = false;
  EXPECT_NE(write_prefix(f).find(" with SMTP (TLSv1.3 "), std::string::npos);
  f.tls = "";
  EXPECT_NE(write_prefix(f).find(" with SMTP\r\n"), std::string::npos);
}

TEST(Received, OfSubmissionTellsNotWhereItsWriterSits) {
  auto f = facts();
  f.is_signed_in = true;
  f.greeting_name = f.host;
  f.peer_ip = "";
  EXPECT_NE(write_prefix(f).find("\r\nReceived: from localhost\r\n\tby localhost with ESMTPA\r\n"), std::string::npos);
  f.tls = "TLSv1.3 x";
  EXPECT_NE(write_prefix(f).find(" with ESMTPSA (TLSv1.3 x)\r\n"), std::string::npos);
}

TEST(Received, OfSubmissionSaysThatSomebodySignedIn) {  // RFC 8601 2.7.4
  auto f = facts();
  EXPECT_EQ(write_prefix(f).find("Authentication-Results"), std::string::npos);
  f.is_signed_in = true;
  EXPECT_NE(
      write_prefix(f).find("\r\nAuthentication-Results: localhost; auth=pass\r\n\tsmtp.mailfrom=Bob@example.net\r\n"
                           "Received: "),
      std::string::npos);
  f.reverse_path.reset();
  EXPECT_NE(write_prefix(f).find("\r\nAuthentication-Results: localhost; auth=pass\r\nReceived: "), std::string::npos);
}

TEST(Received, AddsWhatAMailProgramLeftOut) {
  auto f = facts();
  f.adds_date = f.adds_message_id = true;
  EXPECT_TRUE(
      write_prefix(f).ends_with("\r\n\tTue, 14 Nov 2023 22:13:20 +0000\r\n"
                                "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
                                "Message-ID: <00ff@localhost>\r\n"));
}

TEST(Received, NamesTheProtocolOfUtf8) {  // RFC 6531 4.3
  auto f = facts();
  f.is_utf8 = true;
  f.recipient.local = "\xc3\xa9";
  EXPECT_NE(write_prefix(f).find(" with UTF8SMTP\r\n"), std::string::npos);
  EXPECT_NE(write_prefix(f).find(" for <\xc3\xa9@localhost>;"), std::string::npos);
  f.tls = "TLSv1.3 x";
  EXPECT_NE(write_prefix(f).find(" with UTF8SMTPS (TLSv1.3 x)\r\n"), std::string::npos);
}

TEST(Received, QuotesWhatMustBe) {
  auto f = facts();
  f.reverse_path.reset();
  f.recipient.local = "a \"b";
  f.peer_ip = "2001:db8::1";
  const auto prefix = write_prefix(f);
  EXPECT_TRUE(prefix.starts_with("Return-Path: <>\r\nDelivered-To: \"a \\\"b\"@localhost\r\n")) << prefix;
  EXPECT_NE(prefix.find("([IPv6:2001:db8::1])"), std::string::npos);
}

TEST(Received, NoLineIsTooLong) {  // RFC 5322 2.1.1
  auto f = facts();
  const std::string local(64, 'l'), name(255, 'n');
  f.reverse_path = address{local, {name}};
  f.recipient = address{local, {name}};
  f.greeting_name = name;
  f.host = name;
  const auto prefix = write_prefix(f);
  std::size_t from = 0;
  for (auto at = prefix.find("\r\n"); at != std::string::npos; at = prefix.find("\r\n", from)) {
    EXPECT_LE(at - from, 998u);
    from = at + 2;
  }
}

TEST(Received, WritesDates) {
  EXPECT_EQ(write_date(unix_ms{0}), "Thu, 01 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(write_date(unix_ms{951'827'696'000}), "Tue, 29 Feb 2000 12:34:56 +0000");
  EXPECT_EQ(write_date(unix_ms{-1}), "Wed, 31 Dec 1969 23:59:59 +0000");
}

}  // namespace
}  // namespace stagecoach::smtp
