// The site with its rows: what was answered holds after a restart, and of what has ended nothing comes back.
#include "actors/web/site.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "messages/api/session.hpp"
#include "protocols/base/json_read.hpp"
#include "protocols/base/json_write.hpp"
#include "tests/support/core.hpp"

namespace stagecoach::web {
namespace {

using namespace std::chrono_literals;
using testing::test_core;
using testing::test_directory;

struct signed_in_browser {
  std::string cookie;
  std::string csrf;
};

// One life of a node with its site, from a start to the next.
struct node_with_site {
  explicit node_with_site(const test_directory& where) : core(where) {}
  void open(std::vector<sign_in_link> links) {
    auto sessions = core->read_sessions();
    if (!sessions) throw std::runtime_error(sessions.error().what);
    site_ = core->stage().spawn<site>(core->services(), std::move(links), "/mail/", std::move(*sessions));
  }
  // What is wrong with what is stored.
  std::vector<std::string> stop() {
    site_ = site_handle();  // before its stage ends
    return core.stop_and_check();
  }
  messages::http_answer call(const std::string& method, const std::string& body, const signed_in_browser& who) {
    messages::http_request asked;
    asked.method = "POST";
    asked.target = "/api/" + method;
    asked.host = "localhost";
    asked.header = {{"content-type", "application/json"},
                    {"cookie", who.cookie},
                    {"x-csrf", who.csrf},
                    {"user-agent", std::string(400, 'x')}};
    asked.body = body;
    asked.remote_ip = "127.0.0.1";
    const auto answer = core.ask<messages::http_answer>(site_, asked);
    return answer ? *answer : messages::http_answer{599, {}, answer.error().what, false};
  }
  static signed_in_browser browser_of(const messages::http_answer& answer) {
    const auto at = std::find_if(answer.header.begin(), answer.header.end(),
                                 [](const auto& one) { return one.name == "Set-Cookie"; });
    CHECK(answer.status == 200 && at != answer.header.end());
    const auto begun = read_json<api::session_begun>(answer.body, json_limits{1000, unknown_members::refuse});
    CHECK(begun);
    return {at->value.substr(0, at->value.find(';')), begun->csrf};
  }
  signed_in_browser sign_in(const std::string& name, const std::string& password) {
    const auto begun = call("session.prepare", "{}", {});
    const auto cookie = std::find_if(begun.header.begin(), begun.header.end(),
                                     [](const auto& one) { return one.name == "Set-Cookie"; });
    const auto token = read_json<api::prepared>(begun.body, json_limits{1000, unknown_members::refuse});
    CHECK(cookie != begun.header.end() && token);
    return browser_of(call("session.sign_in", write_json(api::sign_in{token->login_token, name, password}),
                           {cookie->value.substr(0, cookie->value.find(';')), ""}));
  }
  // 404 by a session that is there, of a method that is not.
  bool is_in(const signed_in_browser& who) { return call("mail.none", "{}", who).status == 404; }
  std::uint16_t status_of(const signed_in_browser& who) { return call("mail.none", "{}", who).status; }
  std::size_t rows() {
    std::size_t count = 0;
    const auto found = core->read_sessions();
    if (found) count = found->good.size() + found->over.size();
    return count;
  }

  test_core core;
  site_handle site_;
};

TEST(Site, SessionsAreThereAfterARestart) {
  const test_directory where;
  signed_in_browser by_password, by_link, left;
  {
    node_with_site node(where);
    const auto ada = node.core.add("ada@localhost");
    node.open({{"link", {ada, "ada@localhost"}}});
    by_password = node.sign_in("ada@localhost", "a password");
    by_link = node_with_site::browser_of(node.call("session.sign_in_by_link", R"({"link":"link"})", {}));
    left = node.sign_in("ada@localhost", "a password");
    for (const auto& one : {by_password, by_link, left}) EXPECT_TRUE(node.is_in(one));
    EXPECT_EQ(node.status_of({by_password.cookie, by_link.csrf}), 403) << "another session's token";
    EXPECT_EQ(node.call("session.sign_out", "{}", {left.cookie, ""}).status, 403);
    EXPECT_EQ(node.call("session.sign_out", "{}", left).status, 200);
    EXPECT_EQ(node.rows(), 2U) << "when it is answered, it is on the disk";
    EXPECT_EQ(node.status_of(left), 401);
    EXPECT_TRUE(node.stop().empty());
  }
  node_with_site again(where);
  again.open({});
  EXPECT_TRUE(again.is_in(by_password));
  EXPECT_TRUE(again.is_in(by_link));
  EXPECT_EQ(again.status_of(left), 401);
  EXPECT_EQ(again.status_of({by_password.cookie, ""}), 403);
  EXPECT_EQ(again.call("session.sign_in_by_link", R"({"link":"link"})", {}).status, 401) << "links are of one life";
  const auto kept = again.core->read_sessions();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->good.front().row.remote_ip, "127.0.0.1");
  EXPECT_EQ(kept->good.front().row.user_agent, std::string(300, 'x'));
}

TEST(Site, NothingThatSignsInIsOnTheDisk) {
  const test_directory where;
  node_with_site node(where);
  (void)node.core.add("ada@localhost");
  node.open({});
  const auto browser = node.sign_in("ada@localhost", "a password");
  const auto secret = browser.cookie.substr(browser.cookie.find('=') + 1);
  ASSERT_EQ(secret.size(), 64U);
  const auto octets = from_hex(secret), token_octets = from_hex(browser.csrf);
  std::size_t rows = 0;
  ASSERT_TRUE(node.core->store().rows().view().scan("", [&](std::string_view key, std::string_view value) {
    ++rows;
    for (const auto& one : {secret, octets, browser.csrf, token_octets}) {
      EXPECT_EQ(key.find(one), std::string::npos);
      EXPECT_EQ(value.find(one), std::string::npos);
    }
    return true;
  }));
  EXPECT_GT(rows, 3U);
  EXPECT_EQ(node.rows(), 1U);
}

TEST(Site, ANewPasswordEndsSessionsWhetherItRunsOrNot) {
  const test_directory where;
  signed_in_browser ada, bob;
  const auto change = [](node_with_site& node, const std::string& password) {
    ASSERT_TRUE(node.core.ask<messages::password_set>(node.core->services().directory,
                                                      messages::set_password{"ada@localhost", password}));
  };
  {
    node_with_site node(where);
    (void)node.core.add("ada@localhost");
    (void)node.core.add("bob@localhost");
    node.open({});
    const auto of_before = node.sign_in("ada@localhost", "a password");
    bob = node.sign_in("bob@localhost", "a password");
    EXPECT_TRUE(node.is_in(of_before));
    change(node, "second");
    EXPECT_TRUE(testing::eventually([&] { return node.status_of(of_before) == 401; }));
    EXPECT_TRUE(testing::eventually([&] { return node.rows() == 1; })) << "its row goes, too";
    ada = node.sign_in("ada@localhost", "second");
    EXPECT_TRUE(node.is_in(ada));
    EXPECT_TRUE(node.stop().empty());
  }
  {
    node_with_site without_a_site(where);
    change(without_a_site, "third");
    EXPECT_EQ(without_a_site.rows(), 2U);
    EXPECT_TRUE(without_a_site.stop().empty());
  }
  node_with_site last(where);
  last.open({});
  EXPECT_EQ(last.status_of(ada), 401);
  EXPECT_TRUE(last.is_in(bob));
  EXPECT_TRUE(testing::eventually([&] { return last.rows() == 1; })) << "what is over is removed at the start";
}

TEST(Site, SessionsGrowOldAcrossRestarts) {
  const test_directory where;
  signed_in_browser used, idle;
  {
    node_with_site node(where);
    (void)node.core.add("ada@localhost");
    node.open({});
    used = node.sign_in("ada@localhost", "a password");
    idle = node.sign_in("ada@localhost", "a password");
    node.core.clock().advance(20h);
    EXPECT_TRUE(node.is_in(used));
    EXPECT_TRUE(testing::eventually([&] {
      const auto kept = node.core->read_sessions();
      return kept && std::any_of(kept->good.begin(), kept->good.end(), [](const auto& one) {
               return one.row.used.value - one.row.began.value >= 72'000'000;
             });
    })) << "that it is in use is kept";
  }
  node_with_site again(where);
  again.core.clock().advance(26h);
  again.open({});
  EXPECT_TRUE(again.is_in(used));
  EXPECT_EQ(again.status_of(idle), 401);
  EXPECT_TRUE(testing::eventually([&] { return again.rows() == 1; }));
}

}  // namespace
}  // namespace stagecoach::web
