// What the pages are compiled from is what the server speaks: the files that are made of the API are those checked in.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "messages/api/control.hpp"
#include "messages/api/protocol.hpp"
#include "messages/api/tables.hpp"

namespace stagecoach::api {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Api, GeneratedFilesAreNotStale) {
  EXPECT_EQ(content(STAGECOACH_SOURCES "/webmail/shared/api.ts"), typescript()) << "./dev generate makes it anew";
  EXPECT_EQ(content(STAGECOACH_SOURCES "/docs/api.md"), documentation()) << "./dev generate makes it anew";
}

TEST(Api, MethodsHaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for_each_method(all_methods, [&](const auto& one) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_FALSE(one.help.empty()) << one.name;
    EXPECT_EQ(one.who == needs::nobody, one.name == "session.prepare" || one.name.starts_with("session.sign_in"))
        << one.name;
    EXPECT_NE(one.who, needs::owner) << one.name << " is for whoever can open the control socket";
  });
  for_each_method(control_methods, [&](const auto& one) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_FALSE(one.help.empty()) << one.name;
    EXPECT_EQ(one.who, needs::owner) << one.name;
  });
}

TEST(Api, FindsAMethodOfTheControlSocketByItsQuestion) {
  EXPECT_EQ(control_method_of<messages::add_account>.name, "account.add");
  EXPECT_EQ(control_method_of<messages::list_ports>.name, "server.ports");
  static_assert(std::is_same_v<control_answer_of<messages::inspect_actors>, messages::actors_now>);
}

}  // namespace
}  // namespace stagecoach::api
