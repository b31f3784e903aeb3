#include "actors/edge/imap_connection.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/files.hpp"
#include "tests/actors/edge/imap_cast.hpp"
#include "tests/store/scratch.hpp"
#include "tests/support/sockets.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::edge {
namespace {

using namespace std::chrono_literals;
using testing::connect_loopback;
using testing::eventually;
using testing::test_certificate;
using testing::test_client;
using testing::test_stage;
using connection_of_imap = runtime::handle_of<imap_talk>;

// A client that reads until it has seen something.
class imap_client {
 public:
  explicit imap_client(int descriptor) : socket_(descriptor) {}

  // Everything up to the end of the line that holds `text`.
  std::string until(std::string_view text) {
    auto found = heard_.find(text);
    while (found == std::string::npos || heard_.find("\r\n", found) == std::string::npos) {
      const auto more = socket_.receive();
      if (more.empty()) break;
      heard_ += more;
      found = heard_.find(text);
    }
    if (found == std::string::npos) return std::exchange(heard_, {});
    const auto end = heard_.find("\r\n", found);
    auto taken = heard_.substr(0, end + 2);
    heard_.erase(0, taken.size());
    return taken;
  }
  std::string say(std::string_view command, std::string_view answer) {
    socket_.send(command);
    return until(answer);
  }
  test_client& socket() { return socket_; }

 private:
  test_client socket_;
  std::string heard_;
};

class ImapConnection : public ::testing::Test {
 protected:
  ImapConnection() {
    store::staging_options options;
    options.memory_each = 10'000;
    auto area = store::staging::open(*disk_, scratch_.path("staging"), options);
    CHECK(area);
    staging_ = std::move(*area);
    house_ = std::make_unique<imap_cast::house>(*staging_);
    auto& stage = on_.stage();
    inbox_ = stage.spawn<imap_cast::inbox>(std::ref(*house_));
    account_ = stage.spawn<imap_cast::ada>(std::ref(*house_), inbox_);
    services_.host_name = "localhost";
    services_.accounts = stage.spawn<imap_cast::accounts>(account_);
    services_.directory = stage.spawn<imap_cast::directory>(adas_certificate_.key());
    services_.has_public_keys = &asks_for_certificates_;
    services_.readers.all.push_back(stage.spawn_detached<imap_cast::reader>(std::ref(*house_)));
    services_.staging = staging_.get();
    options_.login_needs_tls = false;
    options_.append_bytes_max = 50'000'000;
  }

  imap_client& open() {
    auto pair = connect_loopback();
    clients_.push_back(std::make_unique<imap_client>(pair.client));
    last_ = on_.stage().spawn_pinned<imap_connection>(on_.stage().units().next(), std::move(pair.server), options_,
                                                      services_);
    return *clients_.back();
  }
  imap_client& open_inbox() {
    auto& client = open();
    client.until("* OK ");
    client.say("l LOGIN ada stagecoach\r\n", "l OK ");
    client.say("s SELECT INBOX\r\n", "s OK ");
    return client;
  }
  void deliver(std::string_view octets) {
    const auto id = staging_->begin();
    CHECK(staging_->try_append(id, octets));
    messages::deliver mail;
    mail.body = *staging_->finish(id);
    mail.mailbox = "Inbox";
    CHECK(on_.ask<messages::delivered>(account_, mail));
    staging_->discard(id);
  }
  bool all_gone() {
    return eventually([&] { return on_.stage().registry().alive("imap_connection") == 0; });
  }

  store::scratch_directory scratch_;
  std::unique_ptr<store::files> disk_ = store::make_system_files();
  std::unique_ptr<store::staging> staging_;
  std::unique_ptr<imap_cast::house> house_;
  test_certificate adas_certificate_;
  std::atomic<bool> asks_for_certificates_{true};
  test_stage on_;
  services::mailbox_handle inbox_;
  services::account_handle account_;
  services::node_services services_;
  imap_options options_;
  connection_of_imap last_;
  std::vector<std::unique_ptr<imap_client>> clients_;
};

TEST_F(ImapConnection, ServesAMailFromDeliveryToFetch) {
  deliver("Subject: one\r\n\r\nbody\r\n");
  auto& client = open_inbox();
  EXPECT_EQ(client.say("a FETCH 1 BODY[]\r\n", "a OK"),
            "* 1 FETCH (FLAGS (\\Seen) BODY[] {22}\r\nSubject: one\r\n\r\nbody\r\n)\r\na OK Fetched\r\n");
  EXPECT_EQ(client.say("b STORE 1 +FLAGS.SILENT (\\Deleted)\r\nc EXPUNGE\r\n", "c OK"),
            "b OK Stored\r\n* 1 EXPUNGE\r\nc OK Expunged\r\n");
  EXPECT_EQ(client.say("d LOGOUT\r\n", "d OK"), "* BYE Good bye\r\nd OK Logged out\r\n");
  EXPECT_TRUE(all_gone());
}

TEST_F(ImapConnection, ReadsBodiesWhenThereIsMemoryForThem) {
  deliver("Subject: one\r\n\r\nbody\r\n");
  auto& client = open_inbox();
  on_.memory().become(true);
  EXPECT_EQ(client.say("a NOOP\r\n", "a OK"), "a OK Done\r\n");
  client.socket().send("b FETCH 1 BODY.PEEK[]\r\n");
  EXPECT_TRUE(eventually([&] { return on_.log().count("event=waits") == 1; }));
  EXPECT_EQ(house_->reads, 0U);
  on_.memory().become(false);
  EXPECT_TRUE(client.until("b OK").ends_with("BODY[] {22}\r\nSubject: one\r\n\r\nbody\r\n)\r\nb OK Fetched\r\n"));
  on_.memory().become(true);
  client.socket().send("c FETCH 1 BODY.PEEK[]\r\n");
  std::string said;
  std::atomic<bool> has_answer = false;
  std::thread reader([&] {
    said = client.until("c NO");
    has_answer = true;
  });
  EXPECT_TRUE(eventually([&] {
    on_.clock().advance(1s);
    return has_answer.load();
  }));
  reader.join();
  EXPECT_TRUE(said.ends_with("c NO [UNAVAILABLE] Some of these could not be read now\r\n")) << said;
}

TEST_F(ImapConnection, TellsAnIdleClientAtOnce) {
  auto& client = open_inbox();
  client.say("a IDLE\r\n", "+ idling");
  deliver("one\r\n");
  EXPECT_EQ(client.until("RECENT"), "* 1 EXISTS\r\n* 0 RECENT\r\n");
  deliver("two\r\n");
  deliver("three\r\n");
  EXPECT_TRUE(client.until("* 3 EXISTS").ends_with("* 3 EXISTS\r\n"));
  client.until("RECENT");
  EXPECT_EQ(client.say("DONE\r\n", "a OK"), "a OK Idle ended\r\n");
}

TEST_F(ImapConnection, TellsOthersWithTheNextCommand) {
  auto& client = open_inbox();
  deliver("one\r\n");
  EXPECT_EQ(client.say("a NOOP\r\n", "a OK"), "* 1 EXISTS\r\n* 0 RECENT\r\na OK Done\r\n");
  EXPECT_EQ(client.say("b NOOP\r\n", "b OK"), "b OK Done\r\n");
}

// A client that asks nothing holds one batch of changes, and the mailbox keeps the rest.
TEST_F(ImapConnection, KeepsNoMoreThanOneBatchForASilentClient) {
  auto& client = open_inbox();
  for (int i = 0; i < 20; ++i) deliver("mail\r\n");
  CHECK(on_.ask<messages::rows>(inbox_, messages::read_rows{}));  // behind all changes: the mailbox has seen each
  EXPECT_EQ(house_->changes_sent, 1U);
  EXPECT_TRUE(client.say("a NOOP\r\n", "a OK").ends_with("* 20 EXISTS\r\n* 0 RECENT\r\na OK Done\r\n"));
}

TEST_F(ImapConnection, AppendsSmallAndLarge) {
  auto& client = open_inbox();
  EXPECT_EQ(client.say("a APPEND INBOX (\\Seen) {6+}\r\nsmall\n\r\n", "a OK"),
            "* 1 EXISTS\r\n* 0 RECENT\r\na OK [APPENDUID 9 1] Stored\r\n");
  EXPECT_EQ(house_->octets(uid{1}), "small\n");
  client.say("b APPEND INBOX {3000000}\r\n", "+ Ready");
  EXPECT_TRUE(client.socket().send(std::string(3'000'000, 'x')));
  EXPECT_EQ(client.say("\r\n", "b OK"), "* 2 EXISTS\r\n* 0 RECENT\r\nb OK [APPENDUID 9 2] Stored\r\n");
  EXPECT_EQ(house_->octets(uid{2})->size(), 3'000'000U);
  EXPECT_EQ(client.say("c APPEND Nowhere {1+}\r\nx\r\n", "c NO"),
            "c NO [TRYCREATE] There is no such mailbox; nothing was stored\r\n");
  EXPECT_TRUE(eventually([&] { return staging_->count() == 0; }));
}

TEST_F(ImapConnection, DropsAnAppendThatBreaksOff) {
  auto& client = open_inbox();
  client.say("a APPEND INBOX {100000}\r\n", "+ Ready");
  client.socket().send(std::string(50'000, 'x'));
  EXPECT_TRUE(eventually([&] { return staging_->count() == 1; }));
  client.socket().close();
  EXPECT_TRUE(all_gone());
  EXPECT_TRUE(eventually([&] { return staging_->count() == 0; }));
}

// 20 MB to a client that reads late: no more is read from the store than the client takes.
TEST_F(ImapConnection, StreamsALargeBodyAtTheClientsPace) {
  house_->keep(uid{1}, std::string(20'000'000, 'y'));
  messages::message_view view;
  view.id = uid{1};
  view.size = 20'000'000;
  on_.tell(inbox_, messages::apply_changes{{}, modseq{2}, {messages::added{view}}, {}});
  auto& client = open_inbox();
  client.socket().send("a FETCH 1 BODY.PEEK[]\r\n");
  EXPECT_TRUE(eventually([&] { return house_->reads > 0; }));
  const auto answer = client.until("a OK");
  EXPECT_TRUE(answer.starts_with("* 1 FETCH (BODY[] {20000000}\r\nyyy"));
  EXPECT_EQ(answer.size(),
            20'000'000U + std::string_view("* 1 FETCH (BODY[] {20000000}\r\n)\r\na OK Fetched\r\n").size());
}

TEST_F(ImapConnection, ClosesAClientThatTakesNothing) {
  house_->keep(uid{1}, std::string(50'000'000, 'y'));
  messages::message_view view;
  view.id = uid{1};
  view.size = 50'000'000;
  on_.tell(inbox_, messages::apply_changes{{}, modseq{2}, {messages::added{view}}, {}});
  auto& client = open_inbox();
  client.socket().send("a FETCH 1 BODY.PEEK[]\r\n");
  std::size_t before = 0;
  EXPECT_TRUE(eventually([&] {  // the socket is full: nothing more is read from the store
    const auto now = house_->reads.load();
    return now > 2 && std::exchange(before, now) == now;
  }));
  EXPECT_LT(house_->reads, 190U);
  EXPECT_TRUE(eventually([&] {
    on_.clock().advance(1s);
    return on_.stage().registry().alive("imap_connection") == 0;
  }));
}

TEST_F(ImapConnection, EndsTheSilence) {
  auto& stranger = open();
  stranger.until("* OK ");
  auto& client = open_inbox();
  client.say("a IDLE\r\n", "+ idling");
  on_.clock().advance(61s);
  EXPECT_EQ(stranger.until("* BYE"), "* BYE Nothing was heard for too long\r\n");
  EXPECT_TRUE(eventually([&] { return on_.stage().registry().alive("imap_connection") == 1; }));
  on_.clock().advance(30min);
  EXPECT_EQ(client.until("* BYE"), "* BYE Nothing was heard for too long\r\n");
  EXPECT_TRUE(all_gone());
}

TEST_F(ImapConnection, HurriesStrangersInAFullHouse) {
  config::limit_table limits;
  limits.connections = 10;
  limits.connections_per_address = 0;
  admission door(limits);
  for (int i = 0; i < 8; ++i) ASSERT_EQ(door.admit("192.0.2.1", on_.clock().steady()), admitted::yes);
  options_.door = &door;
  auto& stranger = open();
  stranger.until("* OK ");
  auto& known = open_inbox();
  on_.clock().advance(15s);
  EXPECT_EQ(stranger.say("a NOOP\r\n", "a OK"), "a OK Done\r\n") << "four fifths are not a full house";
  ASSERT_EQ(door.admit("192.0.2.1", on_.clock().steady()), admitted::yes);
  on_.clock().advance(11s);
  EXPECT_EQ(stranger.until("* BYE"), "* BYE Nothing was heard for too long\r\n");
  EXPECT_EQ(known.say("b FROB\r\n", "b BAD"), "b BAD there is no such command\r\n");
  EXPECT_EQ(known.say("c NOOP\r\n", "c OK"), "c OK Done\r\n");
  auto& wrong = open();
  wrong.until("* OK ");
  wrong.say("a NOOP\r\n", "a OK");
  EXPECT_EQ(wrong.say("b FROB\r\n", "* BYE"), "b BAD there is no such command\r\n* BYE Too many errors\r\n");
  for (auto& one : clients_) one->socket().close();
  EXPECT_TRUE(all_gone());
}

TEST_F(ImapConnection, SlowsDownWhoMakesErrors) {
  auto& client = open_inbox();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.say("a FROB\r\n", "a BAD"), "a BAD there is no such command\r\n");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(client.say("a FROB\r\n", "a BAD"), "a BAD there is no such command\r\n");
  EXPECT_GE(std::chrono::steady_clock::now() - before, 900ms);
  EXPECT_EQ(client.say("b NOOP\r\n", "b OK"), "b OK Done\r\n");
}

TEST_F(ImapConnection, StartsTls) {
  test_certificate certificate;
  options_.tls = certificate.context();
  options_.login_needs_tls = true;
  auto& client = open();
  EXPECT_NE(client.until("* OK ").find("STARTTLS LOGINDISABLED"), std::string::npos);
  EXPECT_TRUE(client.say("a LOGIN ada stagecoach\r\n", "a NO").starts_with("a NO [PRIVACYREQUIRED]"));
  client.say("b STARTTLS\r\n", "b OK");
  ASSERT_TRUE(client.socket().start_tls());
  EXPECT_TRUE(client.say("c LOGIN ada stagecoach\r\n", "c OK").starts_with("c OK"));
}

TEST_F(ImapConnection, BeginsWithTls) {
  test_certificate certificate;
  options_.tls = certificate.context();
  options_.tls_from_start = true;
  options_.login_needs_tls = true;
  auto& client = open();
  ASSERT_TRUE(client.socket().start_tls());
  EXPECT_EQ(client.until("* OK ").find("STARTTLS"), std::string::npos);
  EXPECT_TRUE(client.say("c LOGIN ada stagecoach\r\n", "c OK").starts_with("c OK"));
}

TEST_F(ImapConnection, SignsInByTheKeyOfACertificate) {
  const test_certificate certificate;
  test_certificate nobodys;
  options_.tls = certificate.context();
  options_.login_needs_tls = true;
  auto& secured = open();
  secured.until("* OK ");
  secured.say("b STARTTLS\r\n", "b OK");
  ASSERT_TRUE(secured.socket().start_tls(&adas_certificate_));
  EXPECT_TRUE(secured.say("c AUTHENTICATE EXTERNAL =\r\n", "c OK").starts_with("c OK"));
  EXPECT_TRUE(secured.say("d SELECT INBOX\r\n", "d OK").ends_with("\r\n"));

  options_.tls_from_start = true;
  for (const auto* shown : {&adas_certificate_, &nobodys}) {
    auto& client = open();
    ASSERT_TRUE(client.socket().start_tls(shown));
    EXPECT_NE(client.until("* OK ").find(" AUTH=EXTERNAL "), std::string::npos);
    EXPECT_TRUE(client.say("c AUTHENTICATE EXTERNAL Ym9iQGxvY2FsaG9zdA==\r\n", "c NO")
                    .starts_with("c NO [AUTHENTICATIONFAILED]"));
    const bool is_adas = shown == &adas_certificate_;
    EXPECT_TRUE(client.say("d AUTHENTICATE EXTERNAL =\r\n", is_adas ? "d OK" : "d NO [AUTHENTICATIONFAILED]")
                    .starts_with(is_adas ? "d OK" : "d NO"));
  }
  const std::string event = "event=\"failed authentication attempt\" username=";
  EXPECT_TRUE(eventually([&] { return on_.log().count(event + key_text(nobodys.key()) + " remote=127.0.0.1") == 1; }));
  EXPECT_EQ(on_.log().count(event + "bob@localhost remote=127.0.0.1"), 2U);

  auto& without = open();
  ASSERT_TRUE(without.socket().start_tls());
  EXPECT_TRUE(without.socket().was_asked_for_certificate());
  EXPECT_EQ(without.until("* OK ").find("EXTERNAL"), std::string::npos);
  EXPECT_TRUE(without.say("e AUTHENTICATE EXTERNAL =\r\n", "e NO").starts_with("e NO [CANNOT]"));
}

TEST_F(ImapConnection, LogsEachFailedLogin) {
  auto& client = open();
  client.until("* OK ");
  EXPECT_TRUE(client.say("a LOGIN ada wrong\r\n", "a NO").starts_with("a NO [AUTHENTICATIONFAILED]"));
  EXPECT_EQ(on_.log().count("failed authentication attempt"), 1U);
  EXPECT_EQ(on_.log().count("wrong"), 0U);
}

TEST_F(ImapConnection, SaysGoodByeWhenTheServerStops) {
  auto& client = open_inbox();
  client.say("a IDLE\r\n", "+ idling");
  on_.tell(last_, messages::drain{false});
  EXPECT_EQ(client.until("* BYE"), "* BYE The server stops; please come back\r\n");
  EXPECT_TRUE(all_gone());
}

// RFC 2180 3.3: somebody else has deleted it.
TEST_F(ImapConnection, EndsWhenItsMailboxIsDeleted) {
  auto& client = open_inbox();
  client.say("a IDLE\r\n", "+ idling");
  on_.tell(inbox_, messages::mailbox_removed{});
  EXPECT_EQ(client.until("* BYE"), "* BYE The mailbox was deleted\r\n");
  EXPECT_TRUE(all_gone());
}

TEST_F(ImapConnection, AsksForChangesOfMailboxes) {
  auto& client = open_inbox();
  const std::pair<const char*, const char*> rows[] = {{"CREATE x", "NO [USEATTR]"},
                                                      {"DELETE x", "NO [NONEXISTENT]"},
                                                      {"RENAME x y", "NO [NONEXISTENT]"},
                                                      {"SUBSCRIBE x", "NO [NONEXISTENT]"}};  // this cast knows none
  for (const auto& [command, answer] : rows) {
    const auto said = client.say("a " + std::string(command) + "\r\n", "a NO");
    EXPECT_TRUE(said.starts_with("a " + std::string(answer))) << said;
  }
  EXPECT_EQ(client.say("b LIST \"\" *\r\n", "b OK"), "* LIST (\\HasNoChildren) \"/\" INBOX\r\nb OK Listed\r\n");
  EXPECT_EQ(client.say("c STATUS INBOX (MESSAGES)\r\n", "c OK"),
            "* STATUS INBOX (MESSAGES 0)\r\nc OK That is how it is\r\n");
}

TEST_F(ImapConnection, EndsWhenItsMailboxDoes) {
  auto& client = open_inbox();
  caf::anon_send_exit(inbox_, caf::exit_reason::kill);
  EXPECT_TRUE(client.until("* BYE").starts_with("* BYE The mailbox cannot be read"));
  EXPECT_TRUE(all_gone());
}

}  // namespace
}  // namespace stagecoach::edge
