// An index that has lost commits since it was closed in order is not opened.
#include "store/last_commit.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/store/store_world.hpp"

namespace stagecoach::store {
namespace {

namespace fs = std::filesystem;

struct LastCommit : testing::Test {
  // Rows only: bodies have a check of their own.
  void commit_row(store& into, const std::string& key) {
    messages::commit what;
    what.generation = into.log().generation();
    what.rows.push_back({key, "v"});
    EXPECT_TRUE(commit_one(into, std::move(what)));
  }
  // Closed in order after `count` more commits.
  void live(int count) {
    auto world = open_store(*disk, options);
    ASSERT_TRUE(world);
    for (int i = 0; i < count; ++i) commit_row(*world, "l" + std::to_string(i));
  }
  void put(const std::string& text) { std::ofstream(noted) << text; }

  scratch_directory scratch{memory_file_system()};
  const std::unique_ptr<files> disk = make_system_files();
  const store_options options = options_for(scratch.path("data"));
  const std::string noted = options.directory + "/last-commit";
};

TEST_F(LastCommit, AnIndexThatHasFewerIsNotOpened) {
  live(2);
  fs::copy(options.directory + "/index", scratch.path("older"), fs::copy_options::recursive);
  live(1);
  fs::remove_all(options.directory + "/index");
  fs::copy(scratch.path("older"), options.directory + "/index", fs::copy_options::recursive);
  const auto opened = store::open(*disk, options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, fault_code::corrupt);
  EXPECT_NE(opened.error().what.find("holds 2 commits, but 3 when it was closed"), std::string::npos)
      << opened.error().what;
  fs::remove(noted);  // as the error says
  EXPECT_TRUE(open_store(*disk, options));
}

TEST_F(LastCommit, IsKnownAfterAnOrderlyEndOnly) {
  live(3);
  EXPECT_EQ(*read_last_commit(*disk, options.directory), 3U);
  live(0);
  EXPECT_EQ(*read_last_commit(*disk, options.directory), 3U);
  fs::remove(noted);
  EXPECT_EQ(*read_last_commit(*disk, options.directory), std::nullopt);
}

TEST_F(LastCommit, DamagedIsNoNumber) {
  live(3);
  std::string line;
  std::getline(std::ifstream(noted), line);
  ASSERT_TRUE(line.starts_with("commit 3 checksum ")) << line;
  for (std::size_t at = 0; at < line.size(); ++at) {
    auto changed = line + "\n";
    changed[at] = static_cast<char>(changed[at] ^ 1);
    put(changed);
    EXPECT_EQ(*read_last_commit(*disk, options.directory), std::nullopt) << changed;
  }
  for (const auto& text :
       {std::string(), line, line + "\n\n", std::string("commit 99999999999999999999999 checksum 1\n")}) {
    put(text);
    EXPECT_EQ(*read_last_commit(*disk, options.directory), std::nullopt) << text;
  }
  EXPECT_TRUE(open_store(*disk, options));
}

}  // namespace
}  // namespace stagecoach::store
