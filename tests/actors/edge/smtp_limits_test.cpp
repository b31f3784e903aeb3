// Limits of an SMTP connection that are about time, or about others: how long it may take, the house, its network.
#include "actors/edge/admission.hpp"
#include "actors/edge/delivery_rates.hpp"
#include "tests/actors/edge/smtp_world.hpp"

namespace stagecoach::edge {
namespace {

using namespace std::chrono_literals;

class SmtpLimitsOfAConnection : public smtp_world {
 protected:
  static smtp_options submission() {
    smtp_options options;
    options.kind = smtp::service::submission;
    options.login_needs_tls = false;
    return options;
  }
  // Says something that leads nowhere, each minute.
  void chat(testing::test_client& client, std::chrono::seconds time) {
    for (auto passed = 0s; passed < time; passed += 1min) {
      EXPECT_EQ(say(client, "NOOP\r\n"), "250 2.0.0 OK\r\n") << passed.count() << " s";
      on_.clock().advance(std::min<std::chrono::seconds>(1min, time - passed));
    }
  }
  static constexpr auto noop_ok = "250 2.0.0 OK\r\n";
  static constexpr auto timeout = "421 4.4.2 Timeout\r\n";
};

TEST_F(SmtpLimitsOfAConnection, TimeIsShortWithoutARecipient) {
  auto& client = connect();
  (void)reply(client);
  chat(client, 175s);
  EXPECT_EQ(say(client, "NOOP\r\n"), noop_ok) << "five seconds are left";
  on_.clock().advance(6s);
  EXPECT_EQ(client.receive_all(), timeout) << "however much it has said";
  client.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(SmtpLimitsOfAConnection, TimeIsLongerWithARecipient) {
  auto& client = connect();
  name_recipient(client, "ada@localhost");
  chat(client, 10min);
  EXPECT_EQ(say(client, "NOOP\r\n"), noop_ok);
}

TEST_F(SmtpLimitsOfAConnection, TimeToSignInIsAMinute) {
  auto& late = connect(submission());
  (void)reply(late);
  (void)say(late, "EHLO a\r\n");
  auto& good = connect(submission());
  (void)reply(good);
  (void)say(good, "EHLO a\r\n");
  on_.clock().advance(55s);
  EXPECT_EQ(say(late, "NOOP\r\n"), noop_ok);
  EXPECT_EQ(say(good, "AUTH PLAIN AGFkYQBzdGFnZWNvYWNo\r\n"), "235 2.7.0 Signed in\r\n");
  on_.clock().advance(6s);
  EXPECT_EQ(late.receive_all(), timeout);
  on_.clock().advance(4min);
  EXPECT_EQ(say(good, "NOOP\r\n"), noop_ok);
}

TEST_F(SmtpLimitsOfAConnection, TimeEndsAfterAnHourWhenTheMailIsWhole) {
  auto& idle = connect();
  name_recipient(idle, "ada@localhost");
  for (int i = 0; i < 14; ++i) {
    on_.clock().advance(255s);
    EXPECT_EQ(say(idle, "NOOP\r\n"), noop_ok) << i;
  }
  auto limits = config::limit_table();
  limits.smtp_session_s = 60;
  smtp_options short_one;
  short_one.limits = limits;
  auto& busy = connect(short_one);
  open_mail(busy, "ada@localhost");
  on_.clock().advance(65s);  // of 59.5 minutes and an hour
  const std::string over = "421 4.4.2 This connection has lasted long enough, come back\r\n";
  EXPECT_EQ(idle.receive_all(), over);
  EXPECT_TRUE(say(busy, "a: b\r\n.\r\n").starts_with("250 2.0.0 "));
  EXPECT_EQ(busy.receive_all(), over);
  EXPECT_EQ(book_.count(), 1U);
}

TEST_F(SmtpLimitsOfAConnection, TimeIsTenSecondsInAFullHouse) {
  config::limit_table limits;
  limits.connections = 10;
  limits.connections_per_address = 0;
  admission door(limits);
  for (int i = 0; i < 8; ++i) ASSERT_EQ(door.admit("192.0.2.1", on_.clock().steady()), admitted::yes);
  smtp_options reception;
  reception.door = &door;
  auto signing_in = submission();
  signing_in.door = &door;

  auto& stranger = connect(reception);
  (void)reply(stranger);
  auto& known = connect(signing_in);
  (void)reply(known);
  (void)say(known, "EHLO a\r\n");
  (void)say(known, "AUTH PLAIN AGFkYQBzdGFnZWNvYWNo\r\n");
  auto& sender = connect(reception);
  name_recipient(sender, "ada@localhost");
  on_.clock().advance(15s);
  EXPECT_EQ(say(stranger, "NOOP\r\n"), noop_ok) << "four fifths are not a full house";
  EXPECT_EQ(say(sender, "NOOP\r\n"), noop_ok);
  ASSERT_EQ(door.admit("192.0.2.1", on_.clock().steady()), admitted::yes);
  on_.clock().advance(11s);
  EXPECT_EQ(stranger.receive_all(), timeout);
  EXPECT_EQ(sender.receive_all(), timeout) << "silent for ten seconds";
  EXPECT_EQ(say(known, "NOOP\r\n"), noop_ok) << "it has signed in";
  auto& wrong = connect(reception);
  (void)reply(wrong);
  (void)say(wrong, "EHLO a\r\n");
  EXPECT_EQ(say(wrong, "FROB\r\n"), "500 5.5.1 Unknown command\r\n");
  EXPECT_EQ(wrong.receive_all(), "421 4.7.0 Too many errors\r\n");
  for (auto& one : clients_) one->close();
  EXPECT_TRUE(testing::eventually([&] {  // before the door goes
    on_.clock().advance(10s);
    return on_.stage().registry().alive("smtp_connection") == 0;
  }));
}

TEST_F(SmtpLimitsOfAConnection, TakeAHundredRecipientsInSubmission) {
  auto& client = connect(submission());
  (void)reply(client);
  EXPECT_NE(say(client, "EHLO a\r\n").find("250-LIMITS RCPTMAX=100\r\n"), std::string::npos);
  (void)say(client, "AUTH PLAIN AGFkYQBzdGFnZWNvYWNo\r\n");
  EXPECT_TRUE(say(client, "MAIL FROM:<ada@localhost>\r\n").starts_with("250 "));
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(say(client, "RCPT TO:<r" + std::to_string(i) + "@localhost>\r\n").starts_with("250 ")) << i;
  EXPECT_EQ(say(client, "RCPT TO:<late@localhost>\r\n"), "452 4.5.3 Too many recipients\r\n");
  auto& reception = connect();
  (void)reply(reception);
  EXPECT_NE(say(reception, "EHLO a\r\n").find("250-LIMITS RCPTMAX=1000\r\n"), std::string::npos);
}

TEST_F(SmtpLimitsOfAConnection, TakeSoManyMailsOfANetworkInAMinute) {
  config::limit_table limits;
  limits.mails_per_address_minute = 2;
  delivery_rates rates(limits);
  smtp_options options;
  options.rates = &rates;
  auto& client = connect(options);
  open_mail(client, "ada@localhost");
  EXPECT_TRUE(say(client, "a: b\r\n.\r\n").starts_with("250 "));
  EXPECT_TRUE(say(client, "MAIL FROM:<a@x>\r\n").starts_with("250 ")) << "one below";
  EXPECT_TRUE(say(client, "RCPT TO:<ada@localhost>\r\n").starts_with("250 "));
  EXPECT_TRUE(say(client, "DATA\r\n").starts_with("354 "));
  // Pipelined behind the last one that is taken.
  client.send("a: b\r\n.\r\nMAIL FROM:<a@x>\r\n");
  EXPECT_TRUE(reply(client).starts_with("250 "));
  EXPECT_EQ(reply(client), "451 4.7.0 Too many mails from your network, try again later\r\n");
  auto& other = connect(options);
  (void)reply(other);
  (void)say(other, "EHLO a\r\n");
  EXPECT_TRUE(say(other, "MAIL FROM:<a@x>\r\n").starts_with("451 4.7.0 ")) << "the same network";
  on_.clock().advance(2min);
  EXPECT_EQ(say(client, "MAIL FROM:<a@x>\r\n"), "250 2.1.0 Sender OK\r\n");
  for (auto& one : clients_) one->close();
  EXPECT_TRUE(all_gone());
}

}  // namespace
}  // namespace stagecoach::edge
