#include "store/local_commit_log.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/store/faulty_files.hpp"
#include "tests/store/store_world.hpp"

namespace stagecoach::store {
namespace {

struct CommitLogTest : testing::Test {
  void open() {
    world.reset();
    world = open_store(disk, options);
    ASSERT_TRUE(world);
  }
  std::uint64_t references(const blob_hash& hash) {
    auto stored = world->rows().get(blob_key(hash));
    return *stored ? read_record<blob_row>(**stored)->references : 0;
  }
  scratch_directory scratch{memory_file_system()};
  faulty_files disk;
  store_options options = options_for(scratch.path("data"));
  std::unique_ptr<store> world;
};

TEST_F(CommitLogTest, WhatIsAcknowledgedIsThereAfterOpeningAgain) {
  open();
  std::uint64_t last = 0;
  for (std::uint32_t i = 1; i <= 20; ++i) {
    auto answer = deliver(*world, {{7}, {1}, {i}}, made_of(i * 1000, i));
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_GT(answer->sequence, last);
    last = answer->sequence;
  }
  open();
  for (std::uint32_t i = 1; i <= 20; ++i) EXPECT_EQ(*body_at(*world, {{7}, {1}, {i}}), made_of(i * 1000, i));
  EXPECT_EQ(problems_of(*world), "");
  EXPECT_TRUE(world->notes().empty());
  auto next = deliver(*world, {{7}, {1}, {21}}, "x");
  ASSERT_TRUE(next);
  EXPECT_EQ(next->sequence, last + 1);
}

TEST_F(CommitLogTest, OneBodyForManyRecipients) {
  open();
  const auto staged = stage(world->arriving(), made_of(5000, 1));
  ASSERT_TRUE(staged);
  std::vector<messages::commit> commits;
  for (std::uint64_t account = 1; account <= 10; ++account)
    commits.push_back(adding(*world, {{account}, {1}, {1}}, *staged));
  for (const auto& answer : commit_all(*world, std::move(commits))) EXPECT_TRUE(answer);
  // And one that comes later, by another way, with the same octets.
  ASSERT_TRUE(deliver(*world, {{11}, {1}, {1}}, made_of(5000, 1)));
  EXPECT_EQ(references(staged->hash), 11U);
  const auto counted = world->log().counters();
  EXPECT_EQ(counted.bodies, 1U);
  EXPECT_EQ(counted.body_bytes, 5000U);
  EXPECT_EQ(counted.bodies_shared, 10U);
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, TheLastUserTakesTheBodyAlong) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "the body"));
  ASSERT_TRUE(deliver(*world, {{2}, {1}, {1}}, "the body"));
  const auto hash = hash_of("the body");
  ASSERT_TRUE(commit_one(*world, removing(*world, {{1}, {1}, {1}}, hash)));
  EXPECT_EQ(references(hash), 1U);
  ASSERT_TRUE(commit_one(*world, removing(*world, {{2}, {1}, {1}}, hash)));
  EXPECT_EQ(references(hash), 0U);
  EXPECT_EQ(world->bodies().read(hash, {0, 8}).error().code, fault_code::not_found);
  EXPECT_EQ(problems_of(*world), "");
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {2}}, "the body"));
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {2}}), "the body");
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, ABodyMayComeAndGoWithinOneGroup) {
  open();
  const auto staged = stage(world->arriving(), "short life");
  ASSERT_TRUE(staged);
  std::vector<messages::commit> commits;
  commits.push_back(adding(*world, {{1}, {1}, {1}}, *staged));
  commits.push_back(removing(*world, {{1}, {1}, {1}}, staged->hash));
  for (const auto& answer : commit_all(*world, std::move(commits))) EXPECT_TRUE(answer);
  EXPECT_EQ(problems_of(*world), "");
  // Gone and come back: the octets stay where they are.
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {2}}, "short life"));
  commits.clear();
  commits.push_back(removing(*world, {{1}, {1}, {2}}, staged->hash));
  commits.push_back(adding(*world, {{1}, {1}, {3}}, *staged));
  for (const auto& answer : commit_all(*world, std::move(commits))) EXPECT_TRUE(answer);
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {3}}), "short life");
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, CopyNeedsNoStagedBody) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "copied"));
  messages::staged_body known;
  known.hash = hash_of("copied");
  known.size = 6;
  known.parts = parts_of("copied");
  ASSERT_TRUE(commit_one(*world, adding(*world, {{1}, {2}, {1}}, known)));
  EXPECT_EQ(references(known.hash), 2U);
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, ManyCommitsOfOneCallShareTwoSyncs) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "first"));  // the segment is there now
  std::vector<messages::commit> commits;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const auto staged = stage(world->arriving(), made_of(4096, i));
    commits.push_back(adding(*world, {{i + 1}, {1}, {2}}, *staged));
  }
  const auto before = world->log().counters();
  for (const auto& answer : commit_all(*world, std::move(commits))) EXPECT_TRUE(answer);
  const auto after = world->log().counters();
  EXPECT_EQ(after.groups - before.groups, 1U);
  EXPECT_EQ(after.syncs - before.syncs, 2U);
  EXPECT_EQ(after.commits - before.commits, 100U);
}

TEST_F(CommitLogTest, AGroupHasAtMost256CommitsOrOneMegabyte) {
  open();
  std::vector<messages::commit> small;
  for (std::uint32_t i = 0; i < 600; ++i) {
    messages::commit what;
    what.generation = world->log().generation();
    what.rows.push_back({account_key({i + 1}), "row"});
    small.push_back(std::move(what));
  }
  auto before = world->log().counters();
  for (const auto& answer : commit_all(*world, std::move(small))) EXPECT_TRUE(answer);
  EXPECT_EQ(world->log().counters().groups - before.groups, 3U);

  std::vector<messages::commit> large;
  for (std::uint32_t i = 0; i < 10; ++i)
    large.push_back(
        adding(*world, {{i + 1}, {1}, {1}}, *stage(world->arriving(), made_of(i == 4 ? 3000000 : 300000, i))));
  before = world->log().counters();
  for (const auto& answer : commit_all(*world, std::move(large))) EXPECT_TRUE(answer);
  EXPECT_EQ(world->log().counters().groups - before.groups, 5U);  // 3, 1, the large one, 3, 2
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, ABodyThatNeverArrivedIsRefusedAndTheOthersAreNot) {
  open();
  const auto there = stage(world->arriving(), "there");
  const auto gone = stage(world->arriving(), "gone");
  const auto unfinished = world->arriving().begin();
  world->arriving().discard(gone->id);
  std::vector<messages::commit> commits;
  commits.push_back(adding(*world, {{1}, {1}, {1}}, *there));
  commits.push_back(adding(*world, {{2}, {1}, {1}}, *gone));
  commits.push_back(adding(*world, {{3}, {1}, {1}}, {unfinished, hash_of("x"), 1, 1, {}}));
  commits.push_back(adding(*world, {{4}, {1}, {1}}, {there->id, hash_of("x"), 1, 1, {}}));
  commits.push_back(removing(*world, {{5}, {1}, {1}}, hash_of("never")));
  commits.push_back(adding(*world, {{6}, {1}, {1}}, {{}, hash_of("never"), 5, 5, {}}));
  const auto answers = commit_all(*world, std::move(commits));
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, fault_code::not_found);
  EXPECT_EQ(answers[2].error().code, fault_code::not_found);
  EXPECT_EQ(answers[3].error().code, fault_code::corrupt);
  EXPECT_EQ(answers[4].error().code, fault_code::corrupt);
  EXPECT_EQ(answers[5].error().code, fault_code::not_found);
  EXPECT_FALSE(body_at(*world, {{2}, {1}, {1}}));
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, AfterARefusedCommitTheSameAccountHasToLoadAgain) {
  open();
  const auto staged = stage(world->arriving(), "there");
  const auto old = world->log().generation();
  std::vector<messages::commit> commits;
  commits.push_back(adding(*world, {{1}, {1}, {1}}, *staged));
  commits.push_back(adding(*world, {{1}, {1}, {2}}, {{99}, hash_of("x"), 1, 1, {}}));  // refused
  commits.push_back(adding(*world, {{1}, {1}, {3}}, *staged));                         // rests on it
  commits.push_back(adding(*world, {{2}, {1}, {1}}, *staged));                         // somebody else
  const auto answers = commit_all(*world, std::move(commits));
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, fault_code::not_found);
  EXPECT_EQ(answers[2].error().code, fault_code::busy);
  EXPECT_TRUE(answers[3]);

  auto stale = adding(*world, {{1}, {1}, {4}}, *staged);
  stale.generation = old;
  EXPECT_EQ(commit_one(*world, stale).error().code, fault_code::busy);
  auto of_another = adding(*world, {{2}, {1}, {2}}, *staged);
  of_another.generation = old;
  EXPECT_TRUE(commit_one(*world, of_another));
  EXPECT_TRUE(commit_one(*world, adding(*world, {{1}, {1}, {4}}, *staged)));
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, NewMailIsRefusedWhenTheReserveIsTouchedButDeletingIsNot) {
  options.reserve = {1000000, 100};
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "while there is room"));
  disk.free_bytes = 1000010;
  EXPECT_EQ(deliver(*world, {{1}, {1}, {2}}, "now there is none").error().code, fault_code::full);
  EXPECT_TRUE(deliver(*world, {{1}, {1}, {2}}, "while there is room"));  // needs none
  EXPECT_TRUE(commit_one(*world, removing(*world, {{1}, {1}, {1}}, hash_of("while there is room"))));
  disk.free_bytes = ~0ULL;
  EXPECT_TRUE(deliver(*world, {{1}, {1}, {3}}, "now there is none"));
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, AFullDiskIsSurvived) {
  open();
  for (std::uint32_t i = 1; i <= 5; ++i) ASSERT_TRUE(deliver(*world, {{i}, {1}, {1}}, made_of(3000, i)));
  for (const bool half : {false, true}) {
    disk.forget();
    disk.error = ENOSPC;
    disk.writes_half = half;
    disk.fail_at = 1;
    EXPECT_EQ(deliver(*world, {{1}, {1}, {2}}, made_of(3000, 99)).error().code, fault_code::full);
    disk.forget();
    EXPECT_TRUE(deliver(*world, {{1}, {1}, {half ? 4U : 3U}}, made_of(3000, half ? 101 : 100)));
  }
  EXPECT_FALSE(body_at(*world, {{1}, {1}, {2}}));
  EXPECT_EQ(problems_of(*world), "");
  open();
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {4}}), made_of(3000, 101));
  EXPECT_TRUE(world->notes().empty());
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, AFailedSyncMakesItReadOnlyUntilANewStart) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "safe"));
  disk.only_syncs = true;
  disk.fail_at = 1;
  disk.calls = 0;
  EXPECT_EQ(deliver(*world, {{1}, {1}, {2}}, "lost?").error().code, fault_code::disk);
  EXPECT_TRUE(world->log().is_read_only());
  EXPECT_EQ(deliver(*world, {{1}, {1}, {3}}, "refused").error().code, fault_code::disk);
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), "safe");
  EXPECT_FALSE(world->log().tidy());
  disk.forget();
  open();
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), "safe");
  EXPECT_TRUE(deliver(*world, {{1}, {1}, {2}}, "again"));
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(CommitLogTest, ADamagedBodyIsStoredAgainWhenItsMailArrivesAgain) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, made_of(3000, 1)));
  const auto segment = scratch.path("data/bodies/0000000001.seg");
  world.reset();
  {
    auto opened = file::open(disk, segment, 2);
    ASSERT_TRUE(opened->write("damage", segment_header_bytes + record_header_bytes + 100));
  }
  open();
  EXPECT_EQ(body_at(*world, {{1}, {1}, {1}}).error().code, fault_code::corrupt);
  ASSERT_TRUE(deliver(*world, {{2}, {1}, {1}}, made_of(3000, 1)));
  EXPECT_EQ(*body_at(*world, {{2}, {1}, {1}}), made_of(3000, 1));
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), made_of(3000, 1));
  EXPECT_EQ(references(hash_of(made_of(3000, 1))), 2U);
  EXPECT_EQ(problems_of(*world), "");
}

// Every call that changes a file fails once, with both errors, while mail of every kind is delivered.
TEST_F(CommitLogTest, AnyOneCallMayFailAndNothingAcknowledgedIsLost) {
  options.bodies.segment_bytes_max = 20000;
  options.arriving = {5000, 100000, 10000};
  for (const int error : {ENOSPC, EIO}) {
    for (std::uint64_t n = 1;; ++n) {
      SCOPED_TRACE("call " + std::to_string(n) + " fails with " + std::to_string(error));
      std::filesystem::remove_all(options.directory);
      disk.forget();
      disk.error = error;
      disk.writes_half = n % 2 == 0;
      open();
      ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, made_of(4000, 1)));
      disk.calls = 0;
      disk.fail_at = n;
      std::map<std::uint32_t, std::string> acknowledged{{1, made_of(4000, 1)}};
      bool has_been_hit = false;
      for (std::uint32_t i = 2; i < 16; ++i) {
        const auto body = made_of(i % 3 == 0 ? 12000 : i % 3 == 1 ? 6000 : 3000, i);
        if (deliver(*world, {{1}, {1}, {i}}, body)) acknowledged[i] = body;
        if (i % 5 != 0) continue;
        if (acknowledged.contains(i - 1) &&
            commit_one(*world, removing(*world, {{1}, {1}, {i - 1}}, hash_of(acknowledged[i - 1]))))
          acknowledged.erase(i - 1);
      }
      for (int slice = 0; slice < 50 && world->log().tidy(); ++slice) continue;
      has_been_hit = disk.was_hit();
      disk.forget();
      for (const auto& [i, body] : acknowledged) EXPECT_EQ(*body_at(*world, {{1}, {1}, {i}}), body) << i;
      open();
      for (const auto& [i, body] : acknowledged) EXPECT_EQ(*body_at(*world, {{1}, {1}, {i}}), body) << i;
      EXPECT_EQ(problems_of(*world), "");
      ASSERT_TRUE(deliver(*world, {{1}, {1}, {99}}, "goes on"));
      if (HasFailure() || !has_been_hit) {
        EXPECT_GT(n, 40U);
        break;
      }
    }
  }
}

}  // namespace
}  // namespace stagecoach::store
