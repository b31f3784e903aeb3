// What a client can make the reception core do, hold or answer is bounded; and how a session ends that is not QUIT.
#include "protocols/smtp/limits.hpp"

#include <gtest/gtest.h>

#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

session_options options() { return {"mx.test", 10'000, false, false}; }
const turns opening = {"EHLO a\r\n", "MAIL FROM:<s@x>\r\nRCPT TO:<r@y>\r\nDATA\r\n"};

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}
std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}
std::string last_line(const std::string& seen) {
  const auto end = seen.rfind("\r\n");
  const auto start = seen.rfind("\r\n", end - 1);
  return seen.substr(start == std::string::npos ? 0 : start + 2);
}

struct client {
  reception there{options()};
  std::string say(std::string text) { return there.talk({std::move(text)}, {}, taking::each_turn); }
  client() { (void)there.take(); }
};

// One with limits that a test sets.
struct bounded_client {
  explicit bounded_client(const session_options& how) : there(how) {
    (void)there.take();
    (void)say(opening[0]);
  }
  std::string say(std::string text) { return there.talk({std::move(text)}, {}, taking::each_turn); }
  reception there;
};

struct mail_client : client {
  mail_client() {
    (void)say(opening[0]);
    (void)say(opening[1]);
  }
};

TEST(SmtpLimits, Line) {
  client c;
  EXPECT_EQ(c.say("NOOP " + std::string(limits::line_bytes_max - 7, 'a') + "\r\n"), "250 2.0.0 OK\r\n");
  EXPECT_EQ(c.say("NOOP " + std::string(limits::line_bytes_max - 6, 'a') + "\r\nNOOP\r\n"),
            "500 5.5.6 Line too long\r\n250 2.0.0 OK\r\n");
  std::string seen;
  for (int i = 0; i < 100 && seen.empty(); ++i) {
    seen = c.say(std::string(1000, 'A'));
    EXPECT_LE(c.there.core().wants_input() ? 0 : 1, seen.empty() ? 0 : 1);
  }
  EXPECT_EQ(seen, "500 5.5.6 Line too long\r\n[close]");
}

TEST(SmtpLimits, Recipients) {
  client c;
  (void)c.say(opening[0]);
  (void)c.say("MAIL FROM:<s@x>\r\n");
  for (std::size_t i = 0; i < limits::recipients_max; ++i)
    ASSERT_EQ(c.say("RCPT TO:<r" + std::to_string(i) + "@y>\r\n"), "250 2.1.5 Recipient OK\r\n");
  EXPECT_EQ(c.say(repeated("RCPT TO:<late@y>\r\n", 50)), repeated("452 4.5.3 Too many recipients\r\n", 50));
  (void)c.say("DATA\r\n");
  EXPECT_EQ(c.say("a: b\r\n.\r\n"), "250 2.0.0 Delivered t1\r\n");
  EXPECT_EQ(c.there.mails().front().mail.recipients.size(), limits::recipients_max);
}

TEST(SmtpLimits, ErrorsBecomeSlowAndThenEnd) {
  client c;
  (void)c.say(opening[0]);
  (void)c.say("MAIL FROM:<s@x>\r\n");
  const std::string refused = "550 5.1.1 No such recipient here\r\n";
  EXPECT_EQ(c.say(repeated("RCPT TO:<unknown@y>\r\n", 100)),
            repeated(refused, limits::errors_before_delay) +
                repeated("[wait 1 s]" + refused, limits::errors_max - limits::errors_before_delay) +
                "421 4.7.0 Too many errors\r\n[close]");
}

TEST(SmtpLimits, AreThoseOfItsOptions) {
  session_options some = options();
  some.allowed = {2, 1, 3, 1, std::chrono::seconds(7), std::chrono::seconds(0), 3, 4};
  bounded_client errors(some);
  EXPECT_EQ(errors.say(repeated("FROB\r\n", 5)), "500 5.5.1 Unknown command\r\n" +
                                                     repeated("[wait 7 s]500 5.5.1 Unknown command\r\n", 2) +
                                                     "421 4.7.0 Too many errors\r\n[close]");
  bounded_client idle(some);  // EHLO was one
  EXPECT_EQ(idle.say("NOOP\r\nNOOP\r\n"), repeated("250 2.0.0 OK\r\n", 2));
  EXPECT_EQ(idle.say("NOOP\r\n"), "250 2.0.0 OK\r\n421 4.7.0 Too many commands without a mail\r\n[close]");
  bounded_client mail(some);
  EXPECT_NE(mail.say("EHLO a\r\n").find("250-LIMITS RCPTMAX=2\r\n"), std::string::npos);
  EXPECT_EQ(
      mail.say("MAIL FROM:<s@x>\r\nRCPT TO:<a@y>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\n"),
      "250 2.1.0 Sender OK\r\n" + repeated("250 2.1.5 Recipient OK\r\n", 2) + "452 4.5.3 Too many recipients\r\n");
  bounded_client unknown(some);
  EXPECT_EQ(unknown.say("MAIL FROM:<s@x>\r\nRCPT TO:<unknown@y>\r\nDATA\r\n"),
            "250 2.1.0 Sender OK\r\n550 5.1.1 No such recipient here\r\n[wait 7 s]554 5.5.1 No valid recipients\r\n");
}

TEST(SmtpLimits, WhoGuessesAddressesWaits) {
  client c;
  (void)c.say(opening[0]);
  const std::string sender_ok = "250 2.1.0 Sender OK\r\n";
  const std::string none = "554 5.5.1 No valid recipients\r\n";
  EXPECT_EQ(c.say("MAIL FROM:<s@x>\r\nRCPT TO:<unknown@y>\r\nDATA\r\n"),
            sender_ok + "550 5.1.1 No such recipient here\r\n[wait 5 s]" + none);
  EXPECT_EQ(c.say("RSET\r\nMAIL FROM:<s@x>\r\nRCPT TO:<later@y>\r\nDATA\r\n"),
            "250 2.0.0 OK\r\n" + sender_ok + "451 4.3.0 Temporary failure, try again\r\n" + none)
      << "that was our own failure";
}

TEST(SmtpLimits, AFullHouseTakesNoErrorsOfStrangers) {
  client c;
  (void)c.say(opening[0]);
  EXPECT_EQ(c.say("FROB\r\n"), "500 5.5.1 Unknown command\r\n");
  c.there.core().house_is_full(true);
  EXPECT_EQ(c.say("NOOP\r\n"), "250 2.0.0 OK\r\n");
  EXPECT_EQ(c.say("FROB\r\n"), "500 5.5.1 Unknown command\r\n421 4.7.0 Too many errors\r\n[close]");

  session_options submission = options();
  submission.kind = service::submission;
  submission.login_needs_tls = false;
  bounded_client known(submission);
  known.there.core().house_is_full(true);
  EXPECT_EQ(known.say("AUTH PLAIN AGFkYQBzdGFnZWNvYWNo\r\n"), "235 2.7.0 Signed in\r\n");
  EXPECT_EQ(known.say("FROB\r\n"), "500 5.5.1 Unknown command\r\n") << "it has signed in";
}

TEST(SmtpLimits, NoMoreMailsOfItsNetwork) {
  client c;
  (void)c.say(opening[0]);
  c.there.core().takes_mails(false);
  EXPECT_EQ(c.say("MAIL FROM:<s@x>\r\n"), "451 4.7.0 Too many mails from your network, try again later\r\n");
  c.there.core().takes_mails(true);
  EXPECT_EQ(c.say("MAIL FROM:<s@x>\r\n"), "250 2.1.0 Sender OK\r\n");
}

TEST(SmtpLimits, ASessionThatHasLastedLongEnoughFinishesItsMail) {
  const std::string over = "421 4.4.2 This connection has lasted long enough, come back\r\n[close]";
  client idle;
  idle.there.core().time_is_over();
  EXPECT_EQ(idle.there.take(), over);
  mail_client busy;
  busy.there.core().time_is_over();
  EXPECT_EQ(busy.there.take(), "");
  EXPECT_EQ(busy.say("a: b\r\n.\r\n"), "250 2.0.0 Delivered t1\r\n" + over);
}

TEST(SmtpLimits, StrangersAreKnownByWhatTheyHaveDone) {
  client c;
  (void)c.say(opening[0]);
  (void)c.say("MAIL FROM:<s@x>\r\nRCPT TO:<unknown@y>\r\n");
  EXPECT_TRUE(c.there.core().is_stranger());
  (void)c.say("RCPT TO:<r@y>\r\n");
  EXPECT_FALSE(c.there.core().is_stranger());
}

TEST(SmtpLimits, OurOwnFailuresAreNoErrorsOfTheClient) {
  client c;
  (void)c.say(opening[0]);
  (void)c.say("MAIL FROM:<s@x>\r\n");
  EXPECT_EQ(count_of(c.say(repeated("RCPT TO:<later@y>\r\n", 100)), "451 4.3.0 "), 100u);
}

TEST(SmtpLimits, CommandsThatLeadToNothing) {
  for (const auto* idle : {"NOOP\r\n", "RSET\r\n", "HELP\r\n", "VRFY a\r\n"}) {
    client c;
    const auto seen = c.say(repeated(idle, 200));
    EXPECT_EQ(count_of(seen, "\r\n"), limits::idle_commands_max + 1) << idle;
    EXPECT_TRUE(seen.ends_with("421 4.7.0 Too many commands without a mail\r\n[close]"));
  }
  client c;
  for (std::size_t i = 1; i < limits::idle_commands_max; ++i) ASSERT_TRUE(c.say("EHLO a\r\n").starts_with("250-"));
  EXPECT_TRUE(c.say("EHLO a\r\n").ends_with("421 4.7.0 Too many commands without a mail\r\n[close]"));
}

TEST(SmtpLimits, AMailEarnsPatience) {
  client c;
  (void)c.say(opening[0]);
  for (int i = 0; i < 10; ++i) {
    const auto seen = c.say(repeated("NOOP\r\n", 40) + repeated("FROB\r\n", 9) + opening[1]);
    ASSERT_EQ(count_of(seen, "[wait"), 0u);
    ASSERT_TRUE(c.say("a: b\r\n.\r\n").starts_with("250 2.0.0 Delivered"));
  }
}

TEST(SmtpLimits, MessageSize) {
  const auto body = [](std::size_t octets) { return "a: b\r\n\r\n" + std::string(octets - 10, 'x') + "\r\n.\r\n"; };
  mail_client fits;
  EXPECT_EQ(fits.say(body(10'000)), "250 2.0.0 Delivered t1\r\n");
  mail_client over;
  EXPECT_EQ(over.say(body(10'001) + "NOOP\r\n"), "552 5.3.4 Message too large\r\n250 2.0.0 OK\r\n");
  EXPECT_EQ(over.there.aborted(), 1u);
  EXPECT_TRUE(over.there.mails().empty());
  // Dots that were added for transparency do not count.
  mail_client dots;
  EXPECT_EQ(dots.say("a: b\r\n\r\n" + repeated("..x\r\n", 2498) + ".\r\n"), "250 2.0.0 Delivered t1\r\n");
}

TEST(SmtpLimits, TheDiskIsFreeAtOnceAndAnEndlessBodyIsClosed) {
  mail_client c;
  const std::string chunk = repeated(std::string(998, 'x') + "\r\n", 100);
  EXPECT_EQ(c.say("a: b\r\n\r\n" + chunk), "");
  EXPECT_EQ(c.there.aborted(), 1u);
  EXPECT_FALSE(c.there.is_open());
  std::string seen;
  std::size_t sent = 0;
  for (; seen.empty() && sent < 10'000'000; sent += chunk.size()) seen = c.say(chunk);
  EXPECT_EQ(seen, "552 5.3.4 Message too large\r\n[close]");
  EXPECT_LT(sent, 2'000'000u);
}

TEST(SmtpLimits, Header) {
  session_options large = options();
  large.message_bytes_max = 100'000'000;
  const auto reply = [&](const std::string& header) {
    reception there(large);
    auto dialogue = opening;
    dialogue.push_back(header + "\r\nbody\r\n.\r\n");
    return last_line(there.talk(dialogue, {}, taking::each_turn));
  };
  EXPECT_EQ(reply(repeated("To: a@b\r\n", limits::header_fields_max)), "250 2.0.0 Delivered t1\r\n");
  EXPECT_EQ(reply(repeated("To: a@b\r\n", limits::header_fields_max + 1)), "552 5.3.4 Message header too large\r\n");
  EXPECT_EQ(reply("a:" + std::string(limits::header_bytes_max - 6, 'x') + "\r\n"), "250 2.0.0 Delivered t1\r\n");
  EXPECT_EQ(reply("a:" + std::string(limits::header_bytes_max - 5, 'x') + "\r\n"),
            "552 5.3.4 Message header too large\r\n");
  EXPECT_EQ(reply("a: b\r\n" + repeated(" c\r\n", 1'000'000)), "552 5.3.4 Message header too large\r\n");
  EXPECT_EQ(reply(repeated("Received: x\r\n", limits::received_fields_max)), "250 2.0.0 Delivered t1\r\n");
  EXPECT_EQ(reply(repeated("Received: x\r\n", limits::received_fields_max + 1)),
            "550 5.4.6 Too many hops, this mail is in a loop\r\n");
}

// The core alone: what is pipelined while it asks is held, up to a limit, and answered in order.
TEST(SmtpLimits, PausesWhileItAsks) {
  session core(options());
  const auto drain = [&] {
    std::string seen;
    while (auto o = core.next()) {
      if (const auto* bytes = std::get_if<send>(&*o)) seen += bytes->bytes;
      if (const auto* ask = std::get_if<ask_recipient>(&*o)) seen += "[" + address_text(ask->to) + "?]";
    }
    return seen;
  };
  (void)drain();
  core.received(opening[0]);
  (void)drain();
  core.received("MAIL FROM:<s@x>\r\nRCPT TO:<a@y>\r\nRCPT TO:<b@y>\r\nNOOP\r\n");
  EXPECT_EQ(drain(), "250 2.1.0 Sender OK\r\n[a@y?]");
  EXPECT_TRUE(core.wants_input());
  core.received(repeated("NOOP\r\n", limits::paused_input_bytes / 6 + 1));
  EXPECT_FALSE(core.wants_input());
  EXPECT_EQ(drain(), "");
  core.answered(recipient_accepted{account_id{1}});
  EXPECT_EQ(drain(), "250 2.1.5 Recipient OK\r\n[b@y?]");
  EXPECT_FALSE(core.wants_input());
  core.answered(recipient_refused::unknown);
  EXPECT_TRUE(drain().starts_with("550 5.1.1 No such recipient here\r\n250 2.0.0 OK\r\n"));
}

TEST(SmtpLimits, DrainsWhenNoMailIsOnItsWay) {
  client idle;
  idle.there.core().drain();
  EXPECT_EQ(idle.there.take(), "421 4.3.2 Server is going down, try again\r\n[close]");

  mail_client busy;
  busy.there.core().drain();
  EXPECT_EQ(busy.there.take(), "");
  EXPECT_EQ(busy.say("a: b\r\n.\r\nNOOP\r\n"),
            "250 2.0.0 Delivered t1\r\n421 4.3.2 Server is going down, try again\r\n[close]");
  EXPECT_EQ(busy.there.mails().size(), 1u);
}

TEST(SmtpLimits, TimesOut) {
  client idle;
  idle.there.core().timed_out();
  EXPECT_EQ(idle.there.take(), "421 4.4.2 Timeout\r\n[close]");
  mail_client busy;
  (void)busy.say("a: b\r\n");
  busy.there.core().timed_out();
  EXPECT_EQ(busy.there.take(), "421 4.4.2 Timeout\r\n[close]");
  EXPECT_EQ(busy.there.aborted(), 1u);
  EXPECT_EQ(busy.say("NOOP\r\n"), "");
}

}  // namespace
}  // namespace stagecoach::smtp
