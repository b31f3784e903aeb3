// What the pages are compiled from is what the server speaks: the files that are made of the API are those checked in.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

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
  });
}

}  // namespace
}  // namespace stagecoach::api
