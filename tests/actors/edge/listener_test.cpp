// Who knocks at a port while there is too little memory, or while it is full.
#include "actors/edge/listener.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/actors/edge/smtp_world.hpp"

namespace stagecoach::edge {
namespace {

int knock(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(::connect(descriptor, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
  return descriptor;
}

class Listener : public smtp_world {
 protected:
  Listener() {
    auto port = bound_port::bind("127.0.0.1", 0);
    CHECK(port);
    port_ = port->port();
    const listener_options options{"smtp", "421 full\r\n", "421 overloaded\r\n"};
    auto& stage = on_.stage();
    listener_ = stage.spawn_pinned<listener>(
        stage.units().next(), std::move(*port), options, std::ref(door_),
        [this, &stage](runtime::io_unit& unit, runtime::connected_socket from) -> connection_handle {
          return stage.spawn_pinned<smtp_connection>(unit, std::move(from), smtp_options(), services_);
        });
  }
  ~Listener() override {
    listener_ = connection_handle();
    services_ = services::node_services();
    on_.stage().stop();  // before door_ goes
  }

  static config::limit_table room_for_two() {
    config::limit_table limits;
    limits.connections = 2;
    return limits;
  }

  admission door_{room_for_two()};
  std::uint16_t port_ = 0;
  connection_handle listener_;
};

TEST_F(Listener, TurnsAwayWhileThereIsTooLittleMemory) {
  on_.memory().become(true);
  EXPECT_EQ(testing::test_client(knock(port_)).receive_all(), "421 overloaded\r\n");
  EXPECT_EQ(on_.log().count("why=\"too little memory\""), 1U);
  on_.memory().become(false);
  testing::test_client first(knock(port_));
  testing::test_client second(knock(port_));
  EXPECT_TRUE(reply(first).starts_with("220 ")) << "who was turned away does not count";
  EXPECT_TRUE(reply(second).starts_with("220 "));
  EXPECT_EQ(testing::test_client(knock(port_)).receive_all(), "421 full\r\n");
}

}  // namespace
}  // namespace stagecoach::edge
