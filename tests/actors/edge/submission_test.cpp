// Submission on a real socket: who signs in how, through TLS and without, and what is added to the mail.
#include <gtest/gtest.h>

#include "tests/actors/edge/smtp_world.hpp"
#include "tests/support/scram_client.hpp"

namespace stagecoach::edge {
namespace {

using namespace std::string_literals;
using testing::eventually;
using testing::test_certificate;
using testing::test_client;

class Submission : public smtp_world {
 protected:
  // Through TLS, EHLO said.
  test_client& open() { return open(nullptr); }
  test_client& open(const test_certificate* shown) {
    smtp_options options;
    options.tls = certificate_.context();
    options.tls_from_start = true;
    options.kind = smtp::service::submission;
    auto& client = connect(options);
    CHECK(client.start_tls(shown));
    CHECK(reply(client).starts_with("220 "));
    CHECK(say(client, "EHLO client.test\r\n").starts_with("250-"));
    return client;
  }
  static std::string plain(std::string_view name, std::string_view password) {
    return "AUTH PLAIN " + to_base64("\0"s + std::string(name) + "\0"s + std::string(password)) + "\r\n";
  }
  // A whole exchange; the last reply.
  static std::string scram(test_client& client, std::string_view mechanism, const scram_client& who) {
    const auto first = say(client, "AUTH " + std::string(mechanism) + " " + to_base64(who.first()) + "\r\n");
    if (!first.starts_with("334 ")) return first;
    const auto server_first = from_base64(std::string_view(first).substr(4, first.size() - 6));
    const auto second = say(client, to_base64(who.last(*server_first)) + "\r\n");
    if (!second.starts_with("334 ")) return second;
    return say(client, "\r\n");
  }
  // The prefix of one mail with this header.
  std::string prefix_of(test_client& client, const std::string& header) {
    EXPECT_EQ(say(client, "MAIL FROM:<ada@x>\r\n"), "250 2.1.0 Sender OK\r\n");
    EXPECT_EQ(say(client, "RCPT TO:<grace@y>\r\n"), "250 2.1.5 Recipient OK\r\n");
    EXPECT_TRUE(say(client, "DATA\r\n").starts_with("354 "));
    EXPECT_TRUE(say(client, "From: ada@x\r\n" + header + "\r\n\r\nb\r\n.\r\n").starts_with("250 2.0.0 "));
    return book_.entries().back().prefix;
  }

  test_certificate certificate_;
};

const std::string good = "235 2.7.0 Signed in\r\n";
const std::string wrong = "535 5.7.8 Wrong name or password\r\n";
const std::string not_theirs = "535 5.7.8 No such account has this certificate\r\n";

TEST_F(Submission, SignsInAndSends) {
  auto& client = open();
  EXPECT_EQ(say(client, "MAIL FROM:<ada@x>\r\n"), "530 5.7.0 Sign in first\r\n");
  EXPECT_EQ(say(client, plain("ada", "stagecoach")), good);
  EXPECT_EQ(say(client, "MAIL FROM:<foreign@x>\r\n"), "550 5.7.1 This sender address is not yours\r\n");
  EXPECT_EQ(say(client, "MAIL FROM:<ada@x>\r\n"), "250 2.1.0 Sender OK\r\n");
  EXPECT_EQ(say(client, "RCPT TO:<unknown@y>\r\n"),
            "550 5.7.1 No such recipient here, and mail to elsewhere is not sent\r\n");
  EXPECT_EQ(say(client, "RSET\r\n"), "250 2.0.0 OK\r\n");
  const auto prefix = prefix_of(client, "a: b");
  EXPECT_TRUE(prefix.starts_with(
      "Return-Path: <ada@x>\r\nDelivered-To: grace@y\r\n"
      "Authentication-Results: mx.test; auth=pass\r\n\tsmtp.mailfrom=ada@x\r\nReceived: from mx.test\r\n"
      "\tby mx.test with ESMTPSA (TLSv1.3 TLS_"))
      << prefix;
  EXPECT_EQ(prefix.find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(prefix.find("client.test"), std::string::npos);
}

// RFC 6409 8.
TEST_F(Submission, AddsDateAndMessageIdWhereThereIsNone) {
  auto& client = open();
  EXPECT_EQ(say(client, plain("ada", "stagecoach")), good);
  const auto both = prefix_of(client, "Subject: b");
  EXPECT_NE(both.find("\r\nDate: "), std::string::npos);
  const auto id = both.find("\r\nMessage-ID: <");
  ASSERT_NE(id, std::string::npos);
  EXPECT_TRUE(both.ends_with("@mx.test>\r\n"));
  const auto none = prefix_of(client, "DATE: x\r\nMessage-Id: <y@z>");
  EXPECT_EQ(none.find("\r\nDate: "), std::string::npos);
  EXPECT_EQ(none.find("\r\nMessage-ID: "), std::string::npos);
  EXPECT_NE(prefix_of(client, "Date: x").find("\r\nMessage-ID: "), std::string::npos);
}

TEST_F(Submission, ReceptionAddsNothing) {
  auto& client = connect();
  open_mail(client, "ada@localhost");
  EXPECT_TRUE(say(client, "a: b\r\n.\r\n").starts_with("250 2.0.0 "));
  EXPECT_EQ(book_.entries().back().prefix.find("Date: "), std::string::npos);
  EXPECT_EQ(book_.entries().back().prefix.find("Message-ID: "), std::string::npos);
}

TEST_F(Submission, ScramBindsToThisConnection) {
  const struct {
    const char* mechanism;
    scram_hash hash;
    const char* type;
  } rows[] = {
      {"SCRAM-SHA-256-PLUS", scram_hash::sha_256, "tls-exporter"},
      {"SCRAM-SHA-256-PLUS", scram_hash::sha_256, "tls-server-end-point"},
      {"SCRAM-SHA-1-PLUS", scram_hash::sha_1, "tls-exporter"},
      {"SCRAM-SHA-1-PLUS", scram_hash::sha_1, "tls-server-end-point"},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(r.type);
    auto& client = open();
    scram_client who;
    who.hash = r.hash;
    who.gs2_header = "p="s + r.type + ",,";
    who.binding = r.type == "tls-exporter"s ? client.exporter() : client.end_point();
    EXPECT_EQ(scram(client, r.mechanism, who), good);
    EXPECT_EQ(prefix_of(client, "a: b").empty(), false);

    auto& other = open();
    if (r.type == "tls-exporter"s) {  // of the first connection: somebody in between
      EXPECT_EQ(scram(other, r.mechanism, who), wrong);
    }
    who.gs2_header = "n,,";
    who.binding.clear();
    const std::string without_plus(r.mechanism, std::string(r.mechanism).size() - 5);
    auto& third = open();
    EXPECT_EQ(scram(third, without_plus, who), good);
    who.password = "wrong";
    auto& fourth = open();
    EXPECT_EQ(scram(fourth, without_plus, who), wrong);
  }
}

// RFC 4422 appendix A. It is what write_self_signed makes, which names a server: of a certificate only the key counts.
TEST_F(Submission, SignsInByTheKeyOfACertificate) {
  const struct {
    const char* in;
    const std::string& out;
  } rows[] = {{"AUTH EXTERNAL =\r\n", good},
              {"AUTH EXTERNAL YWRhQGxvY2FsaG9zdA==\r\n", good},
              {"AUTH EXTERNAL Ym9iQGxvY2FsaG9zdA==\r\n", not_theirs}};
  for (const auto& r : rows) {
    auto& client = open(&adas_certificate_);
    EXPECT_NE(say(client, "EHLO a\r\n").find(" LOGIN EXTERNAL\r\n"), std::string::npos);
    EXPECT_EQ(say(client, r.in), r.out) << r.in;
    if (r.out == good) {
      EXPECT_NE(prefix_of(client, "a: b").find("auth=pass"), std::string::npos);
    }
  }
  EXPECT_TRUE(eventually([&] {
    return on_.log().count("event=\"failed authentication attempt\" username=bob@localhost remote=127.0.0.1") == 1;
  }));
}

TEST_F(Submission, TakesCertificatesOfNobodyForTheHandshake) {
  const test_certificate nobodys;
  const test_certificate expired(unix_ms{0}, 1);
  for (const auto* shown : {&nobodys, &expired}) {
    auto& client = open(shown);
    EXPECT_NE(say(client, "EHLO a\r\n").find(" LOGIN EXTERNAL\r\n"), std::string::npos);
    EXPECT_EQ(say(client, "AUTH EXTERNAL =\r\n"), not_theirs);
    EXPECT_EQ(say(client, plain("ada", "stagecoach")), good);
    EXPECT_TRUE(eventually(
        [&] { return on_.log().count("attempt\" username=" + key_text(shown->key()) + " remote=127.0.0.1") == 1; }));
  }
}

TEST_F(Submission, OffersExternalOnlyToWhoHasShownACertificate) {
  auto& without = open();
  EXPECT_TRUE(without.was_asked_for_certificate());
  EXPECT_EQ(say(without, "EHLO a\r\n").find("EXTERNAL"), std::string::npos);
  EXPECT_EQ(say(without, "AUTH EXTERNAL =\r\n"), "504 5.5.4 No certificate of yours came with TLS\r\n");
  EXPECT_EQ(say(without, plain("ada", "stagecoach")), good);

  asks_for_certificates_ = false;  // no account has a key
  auto& unasked = open(&adas_certificate_);
  EXPECT_FALSE(unasked.was_asked_for_certificate());
  EXPECT_EQ(say(unasked, "EHLO a\r\n").find("EXTERNAL"), std::string::npos);
}

TEST_F(Submission, AsksForCertificatesWherePeopleSignIn) {
  for (const auto kind : {smtp::service::submission, smtp::service::reception}) {
    smtp_options options;
    options.tls = certificate_.context();
    options.kind = kind;
    auto& client = connect(options);
    (void)reply(client);
    (void)say(client, "EHLO a\r\n");
    EXPECT_EQ(say(client, "STARTTLS\r\n"), "220 2.0.0 Ready to start TLS\r\n");
    ASSERT_TRUE(client.start_tls(&adas_certificate_));
    const bool is_submission = kind == smtp::service::submission;
    EXPECT_EQ(client.was_asked_for_certificate(), is_submission);
    (void)say(client, "EHLO a\r\n");
    EXPECT_EQ(say(client, "AUTH EXTERNAL =\r\n"), is_submission ? good : "502 5.5.1 Not implemented\r\n");
  }
}

// mail-server-behaviour row 62: one line of one form.
TEST_F(Submission, LogsWhoFailed) {
  auto& client = open();
  EXPECT_EQ(say(client, plain("ada", "wrong")), wrong);
  scram_client who;
  who.name = "eve";
  EXPECT_EQ(scram(client, "SCRAM-SHA-256", who), wrong);
  EXPECT_EQ(say(client, plain("busy", "x")), "454 4.7.0 Cannot check this now, try again\r\n");
  const std::string event = "event=\"failed authentication attempt\" username=";
  EXPECT_TRUE(eventually([&] { return on_.log().count(event + "ada remote=127.0.0.1") == 1; }));
  EXPECT_TRUE(eventually([&] { return on_.log().count(event + "eve remote=127.0.0.1") == 1; }));
  EXPECT_EQ(on_.log().count(event), 2U);
}

TEST_F(Submission, NobodySignsInWithoutTls) {
  smtp_options options;
  options.tls = certificate_.context();
  options.kind = smtp::service::submission;
  auto& client = connect(options);
  (void)reply(client);
  EXPECT_EQ(say(client, "EHLO a\r\n").find("AUTH"), std::string::npos);
  EXPECT_EQ(say(client, plain("ada", "stagecoach")), "538 5.7.11 Start TLS first; the password was not looked at\r\n");
  EXPECT_EQ(say(client, "STARTTLS\r\n"), "220 2.0.0 Ready to start TLS\r\n");
  ASSERT_TRUE(client.start_tls());
  EXPECT_NE(say(client, "EHLO a\r\n").find("250-AUTH SCRAM-SHA-256-PLUS "), std::string::npos);
  EXPECT_EQ(say(client, plain("ada", "stagecoach")), good);
}

}  // namespace
}  // namespace stagecoach::edge
