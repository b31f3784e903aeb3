#include "actors/node/room.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace stagecoach::node {
namespace {

constexpr std::uint64_t gib = 1ULL << 30;

TEST(Room, IsWhatTheStoreLeaves) {
  const struct {
    std::uint64_t descriptors;
    std::uint64_t memory;
    shares expected;
  } rows[] = {
      {20'000, 64 * gib, {1000, 4700, 14'100}},  // of the 18,800 that are left
      {4096, 64 * gib, {1000, 724, 2172}},
      {1024, 64 * gib, {256, 142, 426}},            // LevelDB gets a quarter
      {287, 64 * gib, {74, 3, 10}},                 // the fewest there can be
      {1'000'000, 2 * gib, {1000, 249'700, 8192}},  // a quarter of the memory, 64 KiB for each
  };
  for (const auto& r : rows) {
    const auto got = share_out({r.descriptors, r.memory}, 0);
    ASSERT_TRUE(got) << r.descriptors << ": " << got.error().what;
    EXPECT_EQ(got->index_files, r.expected.index_files) << r.descriptors;
    EXPECT_EQ(got->large_bodies, r.expected.large_bodies) << r.descriptors;
    EXPECT_EQ(got->connections, r.expected.connections) << r.descriptors;
  }
}

TEST(Room, IsNotPromisedWhereThereIsNone) {
  EXPECT_FALSE(share_out({286, 64 * gib}, 0));
  EXPECT_FALSE(share_out({0, 64 * gib}, 0));
  const auto exact = share_out({1024, 64 * gib}, 426);
  ASSERT_TRUE(exact);
  EXPECT_EQ(exact->connections, 426U);
  const auto one_more = share_out({1024, 64 * gib}, 427);
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code, fault_code::full);
  EXPECT_NE(one_more.error().what.find("room for 426 connections, with 1024 descriptors"), std::string::npos)
      << one_more.error().what;
  const auto fewer = share_out({1024, 64 * gib}, 5);
  ASSERT_TRUE(fewer);
  EXPECT_EQ(fewer->connections, 5U);
}

TEST(Room, OfThisProcessIsWhatTheKernelAllows) {
  const auto here = room_of_this_process();
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  EXPECT_EQ(here.descriptors, files.rlim_cur);
  EXPECT_LE(files.rlim_cur, files.rlim_max);
  EXPECT_GT(here.memory_bytes, 1ULL << 20);
}

}  // namespace
}  // namespace stagecoach::node
