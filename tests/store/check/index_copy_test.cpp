// What RepairDB would make of an index by itself, and must not.
#include "store/check/index_copy.hpp"

#include <gtest/gtest.h>
#include <leveldb/comparator.h>
#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>

#include <filesystem>
#include <memory>

#include "tests/store/faulty_env.hpp"
#include "tests/store/scratch.hpp"

namespace stagecoach::store {
namespace {

// Leaves the keys of a table's index whole: the others would lose the number behind them.
struct whole_keys final : leveldb::Comparator {
  int Compare(const leveldb::Slice& a, const leveldb::Slice& b) const override { return a.compare(b); }
  const char* Name() const override { return "whole keys"; }
  void FindShortestSeparator(std::string*, const leveldb::Slice&) const override {}
  void FindShortSuccessor(std::string*) const override {}
};

struct IndexCopy : testing::Test {
  IndexCopy() { std::filesystem::create_directory(order.from); }

  // One row, as LevelDB keeps it: behind its key stand a sequence number of 56 bits and what was done, 1 for put.
  void make_table(const std::string& name, std::uint64_t sequence, const std::string& value) const {
    leveldb::WritableFile* opened = nullptr;
    ASSERT_TRUE(leveldb::Env::Default()->NewWritableFile(order.from + "/" + name, &opened).ok());
    const std::unique_ptr<leveldb::WritableFile> file(opened);
    const whole_keys keys;
    leveldb::Options options;
    options.comparator = &keys;
    leveldb::TableBuilder table(options, file.get());
    std::string key = "row";
    for (int i = 0; i < 8; ++i) key += static_cast<char>((sequence << 8 | 1) >> (8 * i));
    table.Add(key, value);
    ASSERT_TRUE(table.Finish().ok());
    ASSERT_TRUE(file->Close().ok());
  }
  std::string row_of_copy() {
    auto rows = index::open(*disk, order.to, {});
    EXPECT_TRUE(rows) << rows.error().what;
    const auto row = (*rows)->get("row");
    return row && *row ? **row : "none";
  }

  scratch_directory scratch{memory_file_system()};
  std::unique_ptr<files> disk = make_system_files();
  index_copy_order order{scratch.path("damaged"), scratch.path("copy"), {}};
};

// A compaction has written the old row to a table of a higher number than that of the new one.
TEST_F(IndexCopy, HasTheLatestRowWhateverTheNumberOfItsTable) {
  make_table("000100.ldb", 200, "new");
  make_table("000101.ldb", 100, "old");
  const auto made = copy_what_can_be_read(*disk, order);
  ASSERT_TRUE(made) << made.error().what;
  EXPECT_TRUE(made->may_be_older);
  EXPECT_TRUE(made->left_out.empty());
  EXPECT_EQ(row_of_copy(), "new");
}

TEST_F(IndexCopy, FailsRatherThanLeaveOutWhatItCannotWrite) {
  make_table("000100.ldb", 200, "new");
  {
    index_options options;
    auto rows = index::open(*disk, scratch.path("other"), options);
    row_batch batch;
    batch.put("row of the log", std::string(1000, 'x'));
    ASSERT_TRUE((*rows)->write(std::move(batch)));
  }
  for (const auto& one : std::filesystem::directory_iterator(scratch.path("other")))
    if (one.path().extension() == ".log") std::filesystem::copy_file(one.path(), order.from + "/000102.log");
  std::size_t failed = 0;
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    std::filesystem::remove_all(order.to);
    faulty_env env;
    env.fail_at = n;
    order.options.env = &env;
    const auto made = copy_what_can_be_read(*disk, order);
    if (env.calls < n) break;
    failed += made ? 0 : 1;
    if (!made) continue;
    auto rows = index::open(*disk, order.to, {});
    ASSERT_TRUE(rows);
    EXPECT_TRUE(*(*rows)->get("row of the log")) << "a row was left out";
    EXPECT_TRUE(*(*rows)->get("row")) << "a row was left out";
  }
  EXPECT_GT(failed, 5U);
}

TEST_F(IndexCopy, SaysWhichTableItCannotRead) {
  make_table("000100.ldb", 200, "new");
  make_table("000101.ldb", 100, "old");
  std::filesystem::resize_file(order.from + "/000100.ldb", 20);
  const auto made = copy_what_can_be_read(*disk, order);
  ASSERT_TRUE(made) << made.error().what;
  ASSERT_EQ(made->left_out.size(), 1U);
  EXPECT_NE(made->left_out[0].find("000100.ldb"), std::string::npos) << made->left_out[0];
  EXPECT_EQ(row_of_copy(), "old");
}

}  // namespace
}  // namespace stagecoach::store
