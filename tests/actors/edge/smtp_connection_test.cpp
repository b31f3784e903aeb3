// An SMTP client on a real socket: what it sees, and what the accounts get.
#include "actors/edge/smtp_connection.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/actors/edge/smtp_world.hpp"

namespace stagecoach::edge {
namespace {

using namespace std::chrono_literals;
using testing::eventually;
using testing::test_certificate;
using testing::test_client;

class SmtpConnection : public smtp_world {};

TEST_F(SmtpConnection, DeliversWithTraceFields) {
  auto& client = connect();
  open_mail(client, "ada@localhost");
  const auto said = say(client, "Subject: a\r\n\r\n..b\r\n.\r\n");
  EXPECT_TRUE(said.starts_with("250 2.0.0 Delivered ")) << said;
  ASSERT_EQ(book_.count(), 1U);
  const auto got = book_.entries().front();
  EXPECT_EQ(got.account, account_id{7});
  EXPECT_EQ(got.body, "Subject: a\r\n\r\n.b\r\n");
  EXPECT_EQ(got.header_bytes, 14U);
  EXPECT_EQ(got.mailbox, "Inbox");
  const auto id = trace_text(got.trace);
  EXPECT_NE(said.find(id), std::string::npos);
  EXPECT_TRUE(
      got.prefix.starts_with("Return-Path: <grace@example.net>\r\nDelivered-To: ada@localhost\r\n"
                             "Received: from client.test ([127.0.0.1])\r\n\tby mx.test with ESMTP\r\n\tid " +
                             id + " for <ada@localhost>;\r\n\t"))
      << got.prefix;
  EXPECT_EQ(say(client, "QUIT\r\n"), "221 2.0.0 Bye\r\n");
  EXPECT_EQ(client.receive_all(), "");
  client.close();
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(on_.log().count("event=delivered"), 1U);
  EXPECT_EQ(on_.log().count("recipient=ada@localhost size=18"), 1U);
  EXPECT_EQ(on_.log().count("trace=" + id), 1U);
}

TEST_F(SmtpConnection, AnswersOnlyAfterTheAccount) {
  book_.holding = true;
  auto& client = connect();
  open_mail(client, "ada@localhost");
  client.send("a: b\r\n.\r\nQUIT\r\n");
  client.finish_sending();
  ASSERT_TRUE(eventually([&] { return book_.count() == 1; }));
  EXPECT_EQ(on_.stage().registry().alive("smtp_connection"), 1U);
  EXPECT_EQ(on_.log().count("event=delivered"), 0U);
  book_.holding = false;
  EXPECT_TRUE(reply(client).starts_with("250 2.0.0 Delivered "));
  EXPECT_EQ(client.receive_all(), "221 2.0.0 Bye\r\n");
  EXPECT_TRUE(all_gone());
}

TEST_F(SmtpConnection, EachRecipientGetsItsOwnPrefix) {
  auto& client = connect();
  EXPECT_EQ(reply(client), "220 mx.test ESMTP Stagecoach\r\n");
  (void)say(client, "EHLO a\r\n");
  client.send(
      "MAIL FROM:<grace@example.net>\r\nRCPT TO:<one@x>\r\nRCPT TO:<unknown@x>\r\nRCPT TO:<broken@x>\r\nRCPT "
      "TO:<nine@x>\r\nDATA\r\n");
  EXPECT_EQ(reply(client), "250 2.1.0 Sender OK\r\n");
  EXPECT_EQ(reply(client), "250 2.1.5 Recipient OK\r\n");
  EXPECT_EQ(reply(client), "550 5.1.1 No such recipient here\r\n");
  EXPECT_EQ(reply(client), "451 4.3.0 Temporary failure, try again\r\n");
  EXPECT_EQ(reply(client), "250 2.1.5 Recipient OK\r\n");
  EXPECT_TRUE(reply(client).starts_with("354 "));
  EXPECT_TRUE(say(client, "a: b\r\n.\r\n").starts_with("250 2.0.0 "));
  const auto got = book_.entries();
  ASSERT_EQ(got.size(), 2U);
  for (const auto& one : got) {
    EXPECT_EQ(one.body, "a: b\r\n");
    const bool is_nine = one.account == account_id{9};
    EXPECT_NE(one.prefix.find(is_nine ? "Delivered-To: nine@x\r\n" : "Delivered-To: one@x\r\n"), std::string::npos);
    EXPECT_EQ(one.prefix.find(is_nine ? "one@x" : "nine@x"), std::string::npos);
  }
}

TEST_F(SmtpConnection, ManyRecipients) {
  auto& client = connect();
  (void)reply(client);
  (void)say(client, "EHLO a\r\n");
  (void)say(client, "MAIL FROM:<grace@example.net>\r\n");
  std::string all;
  for (int i = 0; i < 300; ++i) all += "RCPT TO:<r" + std::to_string(i) + "@x>\r\n";
  client.send(all);
  for (int i = 0; i < 300; ++i) ASSERT_EQ(reply(client), "250 2.1.5 Recipient OK\r\n");
  (void)say(client, "DATA\r\n");
  EXPECT_TRUE(say(client, "a: b\r\n.\r\n").starts_with("250 2.0.0 "));
  EXPECT_EQ(book_.count(), 300U);
}

TEST_F(SmtpConnection, OneFailureIsTheMailsFailure) {
  for (const auto code : {fault_code::disk, fault_code::full}) {
    book_.failing = code;
    auto& client = connect();
    open_mail(client, "ada@localhost");
    (void)client;
    auto& other = connect();
    open_mail(other, "nine@localhost");
    EXPECT_EQ(say(other, "a: b\r\n.\r\n"), code == fault_code::full ? "452 4.2.2 Mailbox is full\r\n"
                                                                    : "451 4.3.0 Temporary failure, try again\r\n");
    book_.failing = fault_code::none;
    EXPECT_EQ(say(other, "MAIL FROM:<>\r\n"), "250 2.1.0 Sender OK\r\n");
    EXPECT_EQ(say(other, "RCPT TO:<nine@x>\r\n"), "250 2.1.5 Recipient OK\r\n");
    EXPECT_TRUE(say(other, "DATA\r\n").starts_with("354"));
    EXPECT_TRUE(say(other, "a: b\r\n.\r\n").starts_with("250 2.0.0 "));
  }
}

TEST_F(SmtpConnection, TakesNoMailWhileThereIsTooLittleMemory) {
  auto& client = connect();
  EXPECT_TRUE(reply(client).starts_with("220 "));
  EXPECT_TRUE(say(client, "EHLO client.test\r\n").starts_with("250-"));
  EXPECT_TRUE(say(client, "MAIL FROM:<grace@example.net>\r\n").starts_with("250 "));
  on_.memory().become(true);
  EXPECT_EQ(say(client, "RCPT TO:<ada@localhost>\r\n"), "451 4.3.0 Temporary failure, try again\r\n");
  on_.memory().become(false);
  EXPECT_EQ(say(client, "RCPT TO:<ada@localhost>\r\n"), "250 2.1.5 Recipient OK\r\n");
}

TEST_F(SmtpConnection, LargeMailsGoThroughTheDisk) {
  std::string body = "Subject: large\r\n\r\n";
  while (body.size() < 20'000'000) body += std::string(76, static_cast<char>('a' + body.size() % 23)) + "\r\n";
  auto& client = connect();
  open_mail(client, "ada@localhost");
  client.send(body);
  EXPECT_TRUE(say(client, ".\r\n").starts_with("250 2.0.0 "));
  ASSERT_EQ(book_.count(), 1U);
  EXPECT_EQ(book_.entries().front().body, body);
  EXPECT_LE(area_->memory_in_use(), 100'000U);
  // At once, and not when another mail comes.
  EXPECT_TRUE(eventually([&] { return std::filesystem::is_empty(scratch_.path("staging")); }));
}

TEST_F(SmtpConnection, TooLargeIsRefusedAtItsEnd) {
  smtp_options options;
  options.message_bytes_max = 1'000'000;
  auto& client = connect(options);
  open_mail(client, "ada@localhost");
  const std::string line = std::string(98, 'x') + "\r\n";
  std::string body = "a: b\r\n\r\n";
  for (int i = 0; i < 11'000; ++i) body += line;
  client.send(body);
  EXPECT_EQ(say(client, ".\r\n"), "552 5.3.4 Message too large\r\n");
  EXPECT_EQ(say(client, "NOOP\r\n"), "250 2.0.0 OK\r\n");
  EXPECT_EQ(area_->count(), 0U);
  EXPECT_EQ(book_.count(), 0U);
  EXPECT_EQ(on_.log().count("event=refused"), 1U);
}

TEST_F(SmtpConnection, AClientThatGoesLeavesNothing) {
  for (const bool politely : {true, false}) {
    auto& client = connect();
    open_mail(client, "ada@localhost");
    client.send("a: b\r\n" + std::string(200'000, 'x'));
    ASSERT_TRUE(eventually([&] { return area_->count() == 1; }));
    if (politely) {
      client.close();
    } else {
      client.reset();
    }
    EXPECT_TRUE(all_gone());
    EXPECT_TRUE(eventually([&] { return area_->count() == 0; }));
  }
  EXPECT_EQ(book_.count(), 0U);
}

TEST_F(SmtpConnection, StartsTls) {
  const test_certificate certificate;
  smtp_options options;
  options.tls = certificate.context();
  auto& client = connect(options);
  (void)reply(client);
  EXPECT_NE(say(client, "EHLO a\r\n").find("250-STARTTLS\r\n"), std::string::npos);
  EXPECT_EQ(say(client, "STARTTLS\r\n"), "220 2.0.0 Ready to start TLS\r\n");
  ASSERT_TRUE(client.start_tls());
  EXPECT_EQ(say(client, "MAIL FROM:<s@x>\r\n"), "503 5.5.1 EHLO first\r\n");
  EXPECT_EQ(say(client, "EHLO a\r\n").find("STARTTLS"), std::string::npos);
  (void)say(client, "MAIL FROM:<s@x>\r\n");
  (void)say(client, "RCPT TO:<ada@x>\r\n");
  (void)say(client, "DATA\r\n");
  EXPECT_TRUE(say(client, "a: b\r\n.\r\n").starts_with("250 2.0.0 "));
  EXPECT_NE(book_.entries().front().prefix.find("with ESMTPS (TLSv1.3 TLS_"), std::string::npos);
}

TEST_F(SmtpConnection, NothingInjectedBeforeTlsRuns) {
  const test_certificate certificate;
  smtp_options options;
  options.tls = certificate.context();
  auto& client = connect(options);
  (void)reply(client);
  (void)say(client, "EHLO a\r\n");
  EXPECT_EQ(say(client, "STARTTLS\r\nRSET\r\n"), "501 5.5.1 Nothing may follow STARTTLS\r\n");
  EXPECT_EQ(client.receive_all(), "");
}

TEST_F(SmtpConnection, SpeaksTlsFromTheStart) {
  const test_certificate certificate;
  smtp_options options;
  options.tls = certificate.context();
  options.tls_from_start = true;
  auto& client = connect(options);
  ASSERT_TRUE(client.start_tls());
  open_mail(client, "ada@localhost");
  EXPECT_TRUE(say(client, "a: b\r\n.\r\n").starts_with("250 2.0.0 "));
  EXPECT_NE(book_.entries().front().prefix.find("with ESMTPS (TLSv1.3 TLS_"), std::string::npos);
}

TEST_F(SmtpConnection, DrainsAtOnceWhenIdleAndAfterTheMailElse) {
  auto& idle = connect();
  (void)reply(idle);
  on_.tell(handle_, messages::drain{false});
  EXPECT_EQ(idle.receive_all(), "421 4.3.2 Server is going down, try again\r\n");

  auto& busy = connect();
  open_mail(busy, "ada@localhost");
  on_.tell(handle_, messages::drain{false});
  EXPECT_TRUE(say(busy, "a: b\r\n.\r\n").starts_with("250 2.0.0 "));
  EXPECT_EQ(busy.receive_all(), "421 4.3.2 Server is going down, try again\r\n");
  idle.close();
  busy.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(SmtpConnection, EndsASilentClient) {
  auto& silent = connect();
  name_recipient(silent, "ada@localhost");
  on_.clock().advance(4min);
  EXPECT_EQ(say(silent, "NOOP\r\n"), "250 2.0.0 OK\r\n");
  on_.clock().advance(4min);
  EXPECT_EQ(say(silent, "NOOP\r\n"), "250 2.0.0 OK\r\n");
  silent.send("NO");  // octets that drip are no command
  on_.clock().advance(6min);
  EXPECT_EQ(silent.receive_all(), "421 4.4.2 Timeout\r\n");
  silent.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(SmtpConnection, EndsABodyThatDrips) {
  auto& client = connect();
  open_mail(client, "ada@localhost");
  client.send(std::string(120'000, 'x'));
  ASSERT_TRUE(eventually([&] { return area_->memory_in_use() == 0 && area_->count() == 1; }));
  on_.clock().advance(200s);  // fast enough so far
  client.send("x");
  ASSERT_TRUE(eventually([&] {
    on_.clock().advance(10s);
    return on_.stage().registry().alive("smtp_connection") == 0 || area_->count() == 0;
  }));
  EXPECT_EQ(client.receive_all(), "421 4.4.2 Timeout\r\n");
  client.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(SmtpConnection, SlowsDownWhoMakesErrors) {
  auto& client = connect();
  (void)reply(client);
  (void)say(client, "EHLO a\r\n");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(say(client, "FROB\r\n"), "500 5.5.1 Unknown command\r\n");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(say(client, "FROB\r\n"), "500 5.5.1 Unknown command\r\n");
  EXPECT_GE(std::chrono::steady_clock::now() - before, 900ms);
}

}  // namespace
}  // namespace stagecoach::edge
