#include "store/index.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/store/scratch.hpp"

namespace stagecoach::store {
namespace {

struct IndexTest : testing::Test {
  std::unique_ptr<index> open() {
    auto opened = index::open(*disk, scratch.path("index"), {});
    EXPECT_TRUE(opened) << opened.error().what;
    return std::move(*opened);
  }
  static bool put(index& rows, std::string_view key, std::string_view value) {
    row_batch batch;
    batch.put(key, value);
    return static_cast<bool>(rows.write(std::move(batch)));
  }
  scratch_directory scratch;
  std::unique_ptr<files> disk = make_system_files();
};

TEST_F(IndexTest, ReadsWhatWasWrittenAlsoAfterOpeningAgain) {
  {
    auto rows = open();
    row_batch batch;
    batch.put("a", "1");
    batch.put("b", "2");
    batch.put("c", "3");
    batch.remove("b");
    ASSERT_TRUE(rows->write(std::move(batch)));
    EXPECT_EQ(**rows->get("a"), "1");
    EXPECT_EQ(*rows->get("b"), std::nullopt);
  }
  auto rows = open();
  EXPECT_EQ(**rows->get("a"), "1");
  EXPECT_EQ(*rows->get("b"), std::nullopt);
  EXPECT_EQ(**rows->get("c"), "3");
}

TEST_F(IndexTest, AScanIsThePrefixInOrderAndStopsWhenTold) {
  auto rows = open();
  for (const char* key : {"p", "p1", "p3", "p2", "o9", "q"}) ASSERT_TRUE(put(*rows, key, "v"));
  std::string seen;
  auto view = rows->view();
  ASSERT_TRUE(view.scan("p", [&](std::string_view key, std::string_view) {
    seen += std::string(key) + " ";
    return true;
  }));
  EXPECT_EQ(seen, "p p1 p2 p3 ");
  seen.clear();
  ASSERT_TRUE(view.scan_from("p2", "p", [&](std::string_view key, std::string_view) {
    seen += std::string(key) + " ";
    return seen.size() < 3;
  }));
  EXPECT_EQ(seen, "p2 ");
}

TEST_F(IndexTest, AViewStaysAsItWas) {
  auto rows = open();
  ASSERT_TRUE(put(*rows, "k", "old"));
  const auto view = rows->view();
  ASSERT_TRUE(put(*rows, "k", "new"));
  ASSERT_TRUE(put(*rows, "k2", "new"));
  EXPECT_EQ(**view.get("k"), "old");
  EXPECT_EQ(*view.get("k2"), std::nullopt);
  EXPECT_EQ(**rows->get("k"), "new");
}

TEST_F(IndexTest, EveryWriteIsSynced) {
  auto rows = open();
  const auto before = rows->syncs();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(put(*rows, std::to_string(i), "v"));
  EXPECT_EQ(rows->syncs(), before + 10);
}

TEST_F(IndexTest, ASecondOpeningIsRefused) {
  auto rows = open();
  auto second = index::open(*disk, scratch.path("index"), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, fault_code::busy) << second.error().what;
}

TEST_F(IndexTest, ManyReadersBesideTheWriter) {
  auto rows = open();
  std::atomic<bool> is_over{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&] {
      while (!is_over) {
        const auto view = rows->view();
        auto one = view.get("one");
        auto two = view.get("two");
        if (!one || !two || *one != *two) ++wrong;
      }
    });
  for (int i = 0; i < 300; ++i) {
    row_batch batch;
    batch.put("one", std::to_string(i));
    batch.put("two", std::to_string(i));
    ASSERT_TRUE(rows->write(std::move(batch)));
  }
  is_over = true;
  for (auto& one : readers) one.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace stagecoach::store
