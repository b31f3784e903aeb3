// An SMTP connection on a real socket with its cast behind it: what every test of one begins with.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "actors/edge/smtp_connection.hpp"
#include "tests/actors/edge/smtp_cast.hpp"
#include "tests/support/sockets.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::edge {

class smtp_world : public ::testing::Test {
 protected:
  smtp_world() {
    auto& on = on_.stage();
    services_.host_name = "mx.test";
    services_.directory = on.spawn<cast::directory>(adas_certificate_.key());
    services_.has_public_keys = &asks_for_certificates_;
    services_.accounts = on.spawn<cast::accounts>(std::ref(*area_), std::ref(book_));
    services_.readers.all = {on.spawn_detached<cast::reader>(std::ref(*area_))};
    services_.staging = area_.get();
  }
  ~smtp_world() override {
    services_ = services::node_services();
    handle_ = connection_handle();
    on_.stage().stop();
    EXPECT_EQ(area_->count(), 0U);  // every body that was begun is gone
  }

  static std::unique_ptr<store::staging> open_area(store::files& disk, const std::string& directory) {
    store::staging_options small;
    small.memory_each = 100'000;
    auto opened = store::staging::open(disk, directory, small);
    CHECK(opened);
    return std::move(*opened);
  }

  testing::test_client& connect(smtp_options options) {
    auto pair = testing::connect_loopback();
    clients_.push_back(std::make_unique<testing::test_client>(pair.client));
    handle_ = on_.stage().spawn_pinned<smtp_connection>(on_.stage().units().next(), std::move(pair.server),
                                                        std::move(options), services_);
    return *clients_.back();
  }
  testing::test_client& connect() { return connect({}); }

  // Sends and reads one reply, of any number of lines.
  static std::string say(testing::test_client& client, const std::string& text) {
    client.send(text);
    return reply(client);
  }
  static std::string reply(testing::test_client& client) {
    std::string seen;
    for (;;) {
      const auto octet = client.receive_some(1);
      if (octet.empty()) return seen;
      seen += octet;
      if (!seen.ends_with("\r\n")) continue;
      const auto last = seen.rfind("\r\n", seen.size() - 3);
      if (seen[(last == std::string::npos ? 0 : last + 2) + 3] == ' ') return seen;
    }
  }
  // A mail whose recipient is accepted, before its body.
  static void name_recipient(testing::test_client& client, const std::string& recipient) {
    EXPECT_EQ(reply(client), "220 mx.test ESMTP Stagecoach\r\n");
    EXPECT_TRUE(say(client, "EHLO client.test\r\n").starts_with("250-mx.test\r\n"));
    EXPECT_EQ(say(client, "MAIL FROM:<grace@example.net>\r\n"), "250 2.1.0 Sender OK\r\n");
    EXPECT_EQ(say(client, "RCPT TO:<" + recipient + ">\r\n"), "250 2.1.5 Recipient OK\r\n");
  }
  static void open_mail(testing::test_client& client, const std::string& recipient) {
    name_recipient(client, recipient);
    EXPECT_TRUE(say(client, "DATA\r\n").starts_with("354 "));
  }
  bool all_gone() {
    return testing::eventually([&] { return on_.stage().registry().alive("smtp_connection") == 0; });
  }

  store::scratch_directory scratch_;
  std::unique_ptr<store::files> disk_ = store::make_system_files();
  std::unique_ptr<store::staging> area_ = open_area(*disk_, scratch_.path("staging"));
  cast::ledger book_;
  testing::test_certificate adas_certificate_;
  std::atomic<bool> asks_for_certificates_{true};
  testing::test_stage on_;
  services::node_services services_;
  connection_handle handle_;
  std::vector<std::unique_ptr<testing::test_client>> clients_;
};

}  // namespace stagecoach::edge
