#include "protocols/imap/session.hpp"

#include <gtest/gtest.h>

#include "protocols/imap/limits.hpp"
#include "tests/protocols/imap/small_world.hpp"
#include "tests/support/scram_client.hpp"

namespace stagecoach::imap {
namespace {

using namespace testing;
using namespace std::string_view_literals;

struct row {
  const char* name;
  std::string_view in;
  std::string out;
};

// Before anybody has logged in, whatever the cuts.
const row signed_out[] = {
    {"capability", "a CAPABILITY\r\n",
     "* CAPABILITY " + first_capabilities + "SASL-IR " + plain_mechanisms + common_capabilities +
         "\r\na OK That is what works here\r\n"},
    {"verbs have no case", "a nOOp\r\n", "a OK Done\r\n"},
    {"logout", "a LOGOUT\r\nb NOOP\r\n", "* BYE Good bye\r\na OK Logged out\r\n<closed>"},
    {"id", "a ID (\"name\" \"x\" \"os\" NIL)\r\nb ID NIL\r\n",
     "* ID (\"name\" \"Stagecoach\" \"version\" \"" STAGECOACH_VERSION "\")\r\na OK Pleased to meet you\r\n"
     "* ID (\"name\" \"Stagecoach\" \"version\" \"" STAGECOACH_VERSION "\")\r\nb OK Pleased to meet you\r\n"},
    {"login", "l LOGIN ada stagecoach\r\n", "l " + logged_in},
    {"login quoted", "l LOGIN \"ada\" \"stagecoach\"\r\n", "l " + logged_in},
    {"login in literals", "l LOGIN {3}\r\nada {10+}\r\nstagecoach\r\n", "+ Ready for the literal\r\nl " + logged_in},
    {"three wrong passwords", "a LOGIN ada x\r\nb LOGIN eve stagecoach\r\nc LOGIN ada y\r\nd NOOP\r\n",
     "a NO [AUTHENTICATIONFAILED] Wrong name or password\r\nb NO [AUTHENTICATIONFAILED] Wrong name or password\r\n"
     "* BYE Too many failed logins\r\nc NO [AUTHENTICATIONFAILED] Wrong name or password\r\n<closed>"},
    {"plain with initial response", "a AUTHENTICATE PLAIN AGFkYQBzdGFnZWNvYWNo\r\n", "a " + logged_in},
    {"plain asked for", "a AUTHENTICATE plain\r\nAGFkYQBzdGFnZWNvYWNo\r\n", "+ \r\na " + logged_in},
    {"plain cancelled", "a AUTHENTICATE PLAIN\r\n*\r\nb NOOP\r\n", "+ \r\na BAD Cancelled\r\nb OK Done\r\n"},
    {"plain that is no base64", "a AUTHENTICATE PLAIN\r\n!!!\r\n", "+ \r\na BAD This is not base64\r\n"},
    {"plain without parts", "a AUTHENTICATE PLAIN =\r\n", "a BAD This is no message of the mechanism\r\n"},
    {"plain for somebody else", "a AUTHENTICATE PLAIN Ym9iAGFkYQBzdGFnZWNvYWNo\r\n",
     "a NO [AUTHORIZATIONFAILED] Nobody may act for somebody else here\r\n"},
    {"login asked for", "a AUTHENTICATE LOGIN\r\nYWRh\r\nc3RhZ2Vjb2FjaA==\r\n",
     "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\na " + logged_in},
    {"login with a wrong password", "a AUTHENTICATE LOGIN YWRh\r\neA==\r\n",
     "+ UGFzc3dvcmQ6\r\na NO [AUTHENTICATIONFAILED] Wrong name or password\r\n"},
    {"a channel binding without TLS", "a AUTHENTICATE SCRAM-SHA-256-PLUS\r\n",
     "a NO [PRIVACYREQUIRED] Start TLS first; the password was not looked at\r\n"},
    {"another mechanism", "a AUTHENTICATE GSSAPI\r\n", "a NO [CANNOT] This mechanism is not spoken here\r\n"},
    {"select before login", "a NOOP\r\nb SELECT INBOX\r\nc FETCH 1 FLAGS\r\n",
     "a OK Done\r\nb BAD this command is not allowed now\r\nc BAD this command is not allowed now\r\n"},
    {"tls is not here", "a STARTTLS\r\n", "a BAD TLS cannot be started here\r\n"},
    {"a first command that is none", "GET / HTTP/1.1\r\nHost: x\r\n",
     "GET BAD there is no such command\r\n* BYE This is an IMAP server\r\n<closed>"},
    {"no tag", "\r\n", "* BAD a command begins with its tag\r\n* BYE This is an IMAP server\r\n<closed>"},
    {"tags", "a NOOP\r\n+ NOOP\r\n* NOOP\r\n NOOP\r\na+b NOOP\r\n(x NOOP\r\nA]1/. NOOP\r\n",
     "a OK Done\r\n* BAD a command begins with its tag\r\n* BAD a command begins with its tag\r\n"
     "* BAD a command begins with its tag\r\n* BAD a command begins with its tag\r\n"
     "* BAD a command begins with its tag\r\nA]1/. OK Done\r\n"},
    {"arguments where there are none", "a NOOP\r\nb NOOP x\r\n", "a OK Done\r\nb BAD more than expected\r\n"},
    {"idle needs a login", "a NOOP\r\nb IDLE\r\n", "a OK Done\r\nb BAD this command is not allowed now\r\n"},
};

TEST(ImapSession, BeforeLogin) {
  for (const auto& r : signed_out) {
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) {
      SCOPED_TRACE(r.name);
      conversation one(open_options());
      EXPECT_EQ(one.listen(), greeting);
      one.say(r.in.substr(0, cut));
      one.say(r.in.substr(cut));
      ASSERT_EQ(one.listen(), r.out) << "cut at " << cut;
    }
  }
}

// RFC 5802 over IMAP: the server's signature is a challenge that the client answers with an empty line.
std::string scram_dialogue(std::string_view mechanism, const scram_client& client, bool is_tls) {
  session_options options = open_options();
  options.is_tls = is_tls;
  conversation one(options);
  (void)one.listen();
  one.say("a AUTHENTICATE " + std::string(mechanism) + " " + to_base64(client.first()) + "\r\n");
  const auto first = one.listen();
  if (!first.starts_with("+ ")) return first;
  const auto server_first = from_base64(std::string_view(first).substr(2, first.size() - 4));
  one.say(to_base64(client.last(*server_first)) + "\r\n");
  const auto second = one.listen();
  if (!second.starts_with("+ ")) return second;
  one.say("\r\n");
  return one.listen();
}

TEST(ImapSession, Scram) {
  const std::string good = "a " + logged_in;
  const std::string wrong = "a NO [AUTHENTICATIONFAILED] Wrong name or password\r\n";
  scram_client client;
  EXPECT_EQ(scram_dialogue("SCRAM-SHA-256", client, false), good);
  client.gs2_header = "p=tls-server-end-point,,";
  client.binding = "end point";
  EXPECT_EQ(scram_dialogue("SCRAM-SHA-256-PLUS", client, true), good);
  client.binding = "somebody in between";
  EXPECT_EQ(scram_dialogue("SCRAM-SHA-256-PLUS", client, true), wrong);
  client = {};
  client.name = "eve";
  EXPECT_EQ(scram_dialogue("SCRAM-SHA-256", client, true), wrong);
  client.gs2_header = "n,a=bob,";
  EXPECT_EQ(scram_dialogue("SCRAM-SHA-256", client, true),
            "a NO [AUTHORIZATIONFAILED] Nobody may act for somebody else here\r\n");
}

// RFC 4422 appendix A over IMAP, with a key of ada's, one that cannot be looked up, and one of nobody.
TEST(ImapSession, External) {
  const std::string no = "a NO [AUTHENTICATIONFAILED] No such account has this certificate\r\n";
  const struct {
    const char* name;
    std::uint8_t key;  // 0: no certificate
    std::string in;
    std::string out;
  } table[] = {
      {"as whoever it is", 1, "a AUTHENTICATE EXTERNAL =\r\n", "a " + logged_in},
      {"asked for", 1, "a AUTHENTICATE external\r\n\r\n", "+ \r\na " + logged_in},
      {"by name", 1, "a AUTHENTICATE EXTERNAL YWRh\r\n", "a " + logged_in},
      {"of somebody else", 1, "a AUTHENTICATE EXTERNAL ZXZl\r\n", no},
      {"not now", 2, "a AUTHENTICATE EXTERNAL =\r\n", "a NO [INUSE] Somebody else has it; please try again\r\n"},
      {"nobody's", 3, "a AUTHENTICATE EXTERNAL =\r\nb LOGIN ada stagecoach\r\n", no + "b " + logged_in},
      {"nobody's, by name", 3, "a AUTHENTICATE EXTERNAL YWRh\r\n", no},
      {"a NUL", 1, "a AUTHENTICATE EXTERNAL AA==\r\n", "a BAD This is no message of the mechanism\r\n"},
      {"no base64", 1, "a AUTHENTICATE EXTERNAL\r\n!\r\n", "+ \r\na BAD This is not base64\r\n"},
      {"cancelled", 1, "a AUTHENTICATE EXTERNAL\r\n*\r\n", "+ \r\na BAD Cancelled\r\n"},
      {"no certificate", 0, "a AUTHENTICATE EXTERNAL =\r\n", "a NO [CANNOT] No certificate of yours came with TLS\r\n"},
  };
  session_options options = open_options();
  options.is_tls = true;
  for (const auto& r : table) {
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) {
      SCOPED_TRACE(r.name);
      conversation one(options, r.key);
      EXPECT_EQ(one.listen().find(" AUTH=EXTERNAL ") != std::string::npos, r.key != 0);
      one.say(r.in.substr(0, cut));
      one.say(r.in.substr(cut));
      ASSERT_EQ(one.listen(), r.out) << "cut at " << cut;
    }
  }
}

// Framing that cannot be trusted ends the session; nothing behind it is run (IM04).
const row misframed[] = {
    {"bare LF", "a NOOP\nb NOOP\r\n", "a BAD lines end with CRLF\r\n* BYE lines end with CRLF\r\n<closed>"},
    {"bare CR", "a NO\rOP\r\nb NOOP\r\n", "a BAD a CR that no LF follows\r\n* BYE a CR that no LF follows\r\n<closed>"},
    {"NUL", "a NO\0P\r\nb NOOP\r\n"sv, "a BAD a NUL outside a literal\r\n* BYE a NUL outside a literal\r\n<closed>"},
    {"a quoted string over the line", "a LOGIN \"ada\r\nb LOGOUT\r\n\" x\r\n",
     "a BAD a quoted string that does not end\r\n* BYE a quoted string that does not end\r\n<closed>"},
    {"quotes of an unknown command", "a FROB \"\\\"\r\nb LOGOUT\r\n",
     "a BAD a quoted string that does not end\r\n* BYE a quoted string that does not end\r\n<closed>"},
    {"quotes before a literal", "a LOGIN \"x {3+}\r\nb LOGOUT\r\n",
     "a BAD a quoted string that does not end\r\n* BYE a quoted string that does not end\r\n<closed>"},
};

TEST(ImapSession, EndsWhenFramingIsLost) {
  for (const auto& r : misframed) {
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) {
      SCOPED_TRACE(r.name);
      ASSERT_EQ(talk("", r.in, cut), r.out) << "cut at " << cut;
    }
  }
}

TEST(ImapSession, RefusesWhatIsTooLong) {
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{5000}}) {
    conversation one(open_options());
    (void)one.listen();
    const std::string line = "a LOGIN ada " + std::string(line_bytes_max_signed_out, 'x') + "\r\nb NOOP\r\n";
    one.say(line.substr(0, cut));
    one.say(line.substr(cut));
    EXPECT_EQ(one.listen(), "a BAD the command is too long\r\n* BYE the command is too long\r\n<closed>");
  }
}

// IM01 and IM02, after the first valid command so that only the literal matters.
TEST(ImapSession, RefusesLiterals) {
  const row rows[] = {
      {"sync and too big", "a LOGIN {4097}\r\nb NOOP\r\n", "a NO [TOOBIG] This literal is too big\r\nb OK Done\r\n"},
      {"100 million", "a LOGIN {100000000}\r\nb NOOP\r\n", "a NO [TOOBIG] This literal is too big\r\nb OK Done\r\n"},
      {"more than 64 bits", "a LOGIN {18446744073709551617}\r\nb NOOP\r\n",
       "a NO [TOOBIG] This literal is too big\r\nb OK Done\r\n"},
      {"not asked for and too big", "a LOGIN {4097+}\r\nb NOOP\r\n",
       "* BYE [TOOBIG] This literal is too big\r\n<closed>"},
      {"not asked for and 64 bits", "a LOGIN {18446744073709551616+}\r\n",
       "* BYE [TOOBIG] This literal is too big\r\n<closed>"},
      {"a negative one is none", "a LOGIN {-1}\r\nb NOOP\r\n",
       "a BAD the size of a literal is missing\r\nb OK Done\r\n"},
      {"hexadecimal is none", "a LOGIN {0x10}\r\nb NOOP\r\n", "a BAD not a literal\r\nb OK Done\r\n"},
      {"of an unknown command", "a FROB {10}\r\nb NOOP\r\n", "a BAD there is no such command\r\nb OK Done\r\n"},
      {"of a command of another state", "a SELECT {5}\r\nb NOOP\r\n",
       "a BAD this command is not allowed now\r\nb OK Done\r\n"},
      {"a command within is data", "a LOGIN {16+}\r\nx LOGOUT\r\n\r\nzzzz y\r\nb NOOP\r\n",
       "a NO [AUTHENTICATIONFAILED] Wrong name or password\r\nb OK Done\r\n"},
  };
  for (const auto& r : rows) {
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) {
      SCOPED_TRACE(r.name);
      conversation one(open_options());
      one.say("x NOOP\r\n");
      (void)one.listen();
      one.say(r.in.substr(0, cut));
      one.say(r.in.substr(cut));
      ASSERT_EQ(one.listen(), r.out) << "cut at " << cut;
    }
  }
}

TEST(ImapSession, RefusesTooManyLiterals) {
  std::string in = "a ID (";
  for (std::size_t i = 0; i < literals_max; ++i) in += "{0+}\r\n ";
  in += "{0+}\r\n";
  conversation one(open_options());
  one.say(login);
  (void)one.listen();
  one.say(in);
  EXPECT_EQ(one.listen(), "* BYE [TOOBIG] This literal is too big\r\n<closed>");
}

TEST(ImapSession, EndsWithAClientThatMakesOnlyErrors) {
  std::string in;
  for (unsigned i = 0; i < bad_commands_max; ++i) in += "a FROB\r\n";
  const auto out = talk("", in, 0);
  const std::string bad = "a BAD there is no such command\r\n";
  std::string expected;
  for (unsigned i = 0; i < bad_commands_max; ++i)
    expected += (i < bad_commands_before_delay ? "" : "<wait 1000>") + bad;
  EXPECT_EQ(out, expected + "* BYE Too many errors\r\n<closed>");
}

TEST(ImapSession, TakesItsLimitsFromItsOptions) {
  session_options options = open_options();
  options.allowed = {1, 1, 2, 1, std::chrono::milliseconds(0), 10};
  conversation errors(options);
  errors.say("a NOOP\r\n");
  (void)errors.listen();
  errors.say("a FROB\r\na FROB\r\n");
  EXPECT_EQ(errors.listen(),
            "a BAD there is no such command\r\na BAD there is no such command\r\n"
            "* BYE Too many errors\r\n<closed>");
  conversation logins(options);
  (void)logins.listen();
  logins.say("a LOGIN {10}\r\n");
  EXPECT_EQ(logins.listen(), "+ Ready for the literal\r\n");
  logins.say("0123456789 wrong\r\n");
  EXPECT_TRUE(
      logins.listen().ends_with("* BYE Too many failed logins\r\na NO [AUTHENTICATIONFAILED] Wrong name or "
                                "password\r\n<closed>"));
  conversation literals(options);
  (void)literals.listen();
  literals.say("a LOGIN {11}\r\n");
  EXPECT_EQ(literals.listen(), "a NO [TOOBIG] This literal is too big\r\n");
}

TEST(ImapSession, AFullHouseTakesNoErrorsOfStrangers) {
  conversation stranger(open_options());
  stranger.core.house_is_full(true);
  stranger.say("a NOOP\r\n");
  (void)stranger.listen();
  stranger.say("b FROB\r\n");
  EXPECT_EQ(stranger.listen(), "b BAD there is no such command\r\n* BYE Too many errors\r\n<closed>");
  conversation known(open_options());
  known.say(login);
  known.core.house_is_full(true);
  (void)known.listen();
  known.say("b FROB\r\n");
  EXPECT_EQ(known.listen(), "b BAD there is no such command\r\n");
}

// What a stranger can make us hold: 8 KiB of literals, 8 KiB of input behind a command that waits, 16 KiB of answers.
TEST(ImapSession, HoldsLittleForStrangers) {
  const std::string large(4096, 'x');
  conversation literals(open_options());
  (void)literals.listen();
  literals.say("a LOGIN {4096}\r\n" + large + " {4096}\r\n" + large + " {1}\r\n");
  EXPECT_EQ(literals.listen(),
            "+ Ready for the literal\r\n+ Ready for the literal\r\n"
            "a NO [TOOBIG] This literal is too big\r\n");

  session core(open_options());
  core.start();
  while (core.next()) continue;
  core.received(std::string(login) + "b NOOP\r\n");
  EXPECT_TRUE(core.wants_input());
  core.received(std::string(input_bytes_max_signed_out, 'x'));
  EXPECT_FALSE(core.wants_input());

  std::string many;
  for (int i = 0; i < 4000; ++i) many += "a NOOP\r\n";
  session chatty(open_options());
  chatty.start();
  chatty.received(many);
  std::size_t sent = 0;
  bool waits = false;
  while (auto what = chatty.next()) {
    if (const auto* bytes = std::get_if<send>(&*what)) sent += bytes->bytes.size();
    waits = waits || std::holds_alternative<need_drained>(*what);
  }
  EXPECT_TRUE(waits) << "for its client to read";
  EXPECT_LT(sent, unsent_bytes_max_signed_out + 1000);
}

TEST(ImapSession, HidesLoginWithoutTls) {
  session_options options = open_options();
  options.login_needs_tls = true;
  options.offers_tls = true;
  conversation one(options);
  EXPECT_EQ(one.listen(),
            "* OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ BINARY ESEARCH SEARCHRES STARTTLS LOGINDISABLED " +
                common_capabilities + "] Stagecoach is ready\r\n");
  one.say("a LOGIN ada stagecoach\r\nb AUTHENTICATE PLAIN AGFkYQBzdGFnZWNvYWNo\r\n");
  EXPECT_EQ(one.listen(),
            "a NO [PRIVACYREQUIRED] Start TLS first; the password was not looked at\r\n"
            "b NO [PRIVACYREQUIRED] Start TLS first; the password was not looked at\r\n");
  one.say("c STARTTLS\r\n");
  EXPECT_EQ(one.listen(), "c OK Begin TLS now\r\n<tls>");
  EXPECT_FALSE(one.core.wants_input());
  one.core.tls_started();
  one.say("d CAPABILITY\r\ne STARTTLS\r\n");
  EXPECT_EQ(one.listen(), "* CAPABILITY " + first_capabilities + "SASL-IR " + bound_mechanisms + common_capabilities +
                              "\r\nd OK That is what works here\r\ne BAD TLS cannot be started here\r\n");
}

// TL07: a command in the segment of STARTTLS was injected by somebody.
TEST(ImapSession, RefusesCommandsBehindStarttls) {
  session_options options = open_options();
  options.offers_tls = true;
  conversation one(options);
  (void)one.listen();
  one.say("a STARTTLS\r\nb LOGIN ada stagecoach\r\n");
  EXPECT_EQ(one.listen(), "a BAD Nothing may follow STARTTLS\r\n<closed>");
}

TEST(ImapSession, RefusesTextBeforeTheHandshake) {
  session_options options = open_options();
  options.offers_tls = true;
  conversation one(options);
  one.say("a STARTTLS\r\n");
  (void)one.listen();
  one.say("b LOGIN ada stagecoach\r\n");
  EXPECT_EQ(one.listen(), "* BYE Plain text after STARTTLS\r\n<closed>");
}

TEST(ImapSession, TellsIdleClientsThatItStops) {
  conversation one(open_options());
  one.say(login);
  (void)one.listen();
  one.core.drain();
  one.pump();
  EXPECT_EQ(one.listen(), "* BYE The server stops; please come back\r\n<closed>");
}

TEST(ImapSession, FinishesACommandBeforeItStops) {
  session core(open_options());
  core.start();
  core.received("a LOGIN ada stagecoach\r\n");
  (void)core.next();
  ASSERT_TRUE(std::holds_alternative<need_sign_in>(*core.next()));
  core.drain();
  EXPECT_FALSE(core.next());
  core.answered(signed_in{});
  const auto said = std::get<send>(*core.next()).bytes;
  EXPECT_TRUE(said.starts_with("a OK "));
  EXPECT_TRUE(said.ends_with("* BYE The server stops; please come back\r\n"));
  EXPECT_TRUE(std::holds_alternative<hang_up>(*core.next()));
}

TEST(ImapSession, TimesOut) {
  conversation one(open_options());
  (void)one.listen();
  one.core.timed_out();
  one.pump();
  EXPECT_EQ(one.listen(), "* BYE Nothing was heard for too long\r\n<closed>");
}

// While an answer is out, commands wait in their order and the connection is told to stop reading at the limit.
TEST(ImapSession, KeepsPipelinedCommandsInOrder) {
  session core(open_options());
  core.start();
  core.received("a LOGIN ada stagecoach\r\nb NOOP\r\nc CAPABILITY\r\n");
  (void)core.next();
  ASSERT_TRUE(std::holds_alternative<need_sign_in>(*core.next()));
  EXPECT_FALSE(core.next());
  EXPECT_TRUE(core.wants_input());
  core.received(std::string(input_bytes_max, 'x'));
  EXPECT_FALSE(core.wants_input());
  core.answered(refused{fault_code::not_found});
  const auto said = std::get<send>(*core.next()).bytes;
  EXPECT_TRUE(said.starts_with("a NO [AUTHENTICATIONFAILED] Wrong name or password\r\nb OK Done\r\n* CAPABILITY"));
}

TEST(ImapSession, SaysThatTheDirectoryIsAway) {
  conversation one(open_options());
  (void)one.listen();
  one.world.refuse = fault_code::disk;
  one.say("a LOGIN ada stagecoach\r\n");
  EXPECT_EQ(one.listen(), "a NO [UNAVAILABLE] The server cannot do this now; please try again\r\n");
}

TEST(ImapSession, SaysThatTheMailboxIsAway) {
  conversation one(open_options());
  one.say(login);
  one.say("s SELECT INBOX\r\n");
  (void)one.listen();
  const std::string why = " NO [UNAVAILABLE] The server cannot do this now; please try again\r\n";
  one.world.refuse = fault_code::disk;
  one.say("a NOOP\r\n");
  EXPECT_EQ(one.listen(), "a" + why);
  one.say("b UID SEARCH RETURN (SAVE) ALL\r\n");
  EXPECT_EQ(one.listen(), "b OK Searched\r\n");
  one.world.refuse = fault_code::disk;
  one.say("c UID SEARCH RETURN (SAVE) LARGER 3\r\n");
  EXPECT_EQ(one.listen(), "c" + why);
  one.say("d UID FETCH $ (UID)\r\n");  // RFC 5182 2.1: nothing is saved by a SEARCH that ends with NO
  EXPECT_EQ(one.listen(), "d OK Fetched\r\n");
  one.world.refuse = fault_code::busy;
  one.say("e CREATE new\r\n");
  EXPECT_EQ(one.listen(), "e NO [INUSE] Somebody else has it; please try again\r\n");
}

}  // namespace
}  // namespace stagecoach::imap
