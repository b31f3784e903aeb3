// The power is cut before any call that changes a file, while people do things to their mail. Whatever the disk has
// kept of what was not synced, everything acknowledged is there, what was under way is there wholly or not at all, and
// the checker finds nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <iostream>

#include "tests/store/account/operations.hpp"
#include "tests/store/shadow_disk.hpp"

namespace stagecoach::store {
namespace {

struct cut {
  std::string directory;
  std::size_t acknowledged;  // operations
};

struct PowerCut : testing::Test {
  // All operations, and an image of the disk before each change.
  void play(unsynced left, bool lies) {
    shadow_disk disk(root);
    disk.lies = lies;
    shadow_files files(disk);
    shadow_env env(disk);
    auto options = options_of(root + "/data");
    options.rows.env = &env;
    std::atomic<std::size_t> acknowledged{0};
    disk.before_change = [&] {
      cuts.push_back({scratch.path("cut" + std::to_string(cuts.size())), acknowledged});
      disk.image(cuts.back().directory, left);
    };
    auto opened = store::open(files, options);
    ASSERT_TRUE(opened);
    pictures.push_back(operating::picture_of(**opened));
    for (const auto& what : operating::operations()) {
      ASSERT_TRUE(what.run(**opened)) << what.name;
      pictures.push_back(operating::picture_of(**opened));
      ++acknowledged;
    }
    while ((*opened)->log().tidy()) continue;
  }

  // What is wrong after a cut; empty: nothing.
  std::string flaw_of(const cut& one) const {
    const auto disk = make_system_files();
    auto opened = store::open(*disk, options_of(one.directory + "/data"));
    if (!opened) return opened.error().what;
    const auto picture = operating::picture_of(**opened);
    if (picture != pictures[one.acknowledged] &&
        (one.acknowledged + 1 == pictures.size() || picture != pictures[one.acknowledged + 1]))
      return "other rows than those of " + std::to_string(one.acknowledged) + " operations, or of one more";
    if (auto problems = operating::all_problems_of(**opened); !problems.empty()) return problems;
    return deliver(**opened, {{9}, {1}, {1}}, "goes on") ? "" : "nothing can be delivered";
  }

  static store_options options_of(const std::string& directory) {
    auto options = options_for(directory);
    options.bodies.segment_bytes_max = 20000;
    options.arriving = {5000, 100000, 10000};
    options.rows.write_buffer_bytes = 64 * 1024;
    return options;
  }

  scratch_directory scratch{memory_file_system()};
  const std::string root = scratch.path("disk");
  std::vector<std::string> pictures;  // after so many operations
  std::vector<cut> cuts;
};

struct LosesNothing : PowerCut, testing::WithParamInterface<unsynced> {};

TEST_P(LosesNothing, ThatWasAcknowledged) {
  std::filesystem::create_directory(root);
  play(GetParam(), false);
  std::cout << "score {\"faults\": " << cuts.size() << "}\n";
  EXPECT_GT(cuts.size(), 100U);
  for (const auto& one : cuts) EXPECT_EQ(flaw_of(one), "") << one.directory;
}

INSTANTIATE_TEST_SUITE_P(PowerCut, LosesNothing, testing::Values(unsynced::lost, unsynced::half, unsynced::zeros));

// The test can fail: a disk that does not sync loses mail.
TEST_F(PowerCut, OfADiskThatLiesIsSeen) {
  std::filesystem::create_directory(root);
  play(unsynced::lost, true);
  std::size_t flaws = 0;
  for (const auto& one : cuts) flaws += flaw_of(one).empty() ? 0 : 1;
  EXPECT_GT(flaws, cuts.size() / 2);
}

}  // namespace
}  // namespace stagecoach::store
