#include "store/store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/store/faulty_files.hpp"
#include "tests/store/store_world.hpp"

namespace stagecoach::store {
namespace {

struct StoreTest : testing::Test {
  void open() {
    world.reset();
    world = open_store(disk, options);
    ASSERT_TRUE(world);
  }
  failure refusal() {
    world.reset();
    auto opened = store::open(disk, options);
    EXPECT_FALSE(opened);
    return opened ? failure{} : opened.error();
  }
  // Names and contents of everything below the directory.
  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> all;
    for (const auto& one : std::filesystem::recursive_directory_iterator(options.directory)) {
      std::ifstream in(one.path(), std::ios::binary);
      all[one.path()] = one.is_regular_file() ? std::string(std::istreambuf_iterator<char>(in), {}) : "";
    }
    return all;
  }
  std::string segment(unsigned number) const { return options.directory + "/bodies/" + segment_name(number); }
  std::string notes() const {
    std::string all;
    for (const auto& one : world->notes()) all += one + "\n";
    return all;
  }
  scratch_directory scratch{memory_file_system()};
  faulty_files disk;
  store_options options = options_for(scratch.path("data"));
  std::unique_ptr<store> world;
};

TEST_F(StoreTest, IsForItsOwnerOnly) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "private"));
  struct stat seen {};
  ASSERT_EQ(::stat(options.directory.c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 07777U, 0700U);
  ASSERT_EQ(::stat(segment(1).c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 07777U, 0600U);
}

TEST_F(StoreTest, RefusesADirectoryThatOthersMayRead) {
  open();
  world.reset();
  for (const mode_t mode : {0755U, 0710U, 0701U, 0777U}) {
    ASSERT_EQ(::chmod(options.directory.c_str(), mode), 0);
    const auto before = contents();
    const auto why = refusal();
    EXPECT_NE(why.what.find("chmod 700"), std::string::npos) << why.what;
    EXPECT_EQ(contents(), before);
  }
  ASSERT_EQ(::chmod(options.directory.c_str(), 0700), 0);
  open();
}

TEST_F(StoreTest, RefusesASymbolicLinkAndAFile) {
  std::filesystem::create_directory(scratch.path("elsewhere"));
  ASSERT_EQ(::chmod(scratch.path("elsewhere").c_str(), 0700), 0);
  std::filesystem::create_symlink(scratch.path("elsewhere"), options.directory);
  EXPECT_EQ(refusal().code, fault_code::corrupt);
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path("elsewhere")));
  std::filesystem::remove(options.directory);
  std::ofstream(options.directory) << "a file";
  EXPECT_EQ(refusal().code, fault_code::corrupt);
}

TEST_F(StoreTest, RefusesAParentThatIsNotThere) {
  options.directory = scratch.path("no/such/data");
  EXPECT_EQ(refusal().code, fault_code::not_found);
}

TEST_F(StoreTest, ASecondOneIsRefused) {
  open();
  auto second = store::open(disk, options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), (failure{fault_code::busy, options.directory + " is in use by another stagecoach"}));
  open();
}

TEST_F(StoreTest, RefusesANewerFormatAndChangesNothing) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "mail"));
  world.reset();
  std::ofstream(options.directory + "/format") << "stagecoach store 2\n";
  const auto before = contents();
  EXPECT_EQ(refusal(),
            (failure{fault_code::newer_format,
                     options.directory +
                         " was written by a newer stagecoach (format 2, this one knows 1); nothing was changed"}));
  EXPECT_EQ(contents(), before);
}

TEST_F(StoreTest, RefusesAnIndexOfANewerFormat) {
  open();
  row_batch batch;
  batch.put(format_key(), write_record(format_row{2}));
  ASSERT_TRUE(world->rows().write(std::move(batch)));
  EXPECT_EQ(refusal().code, fault_code::newer_format);
}

TEST_F(StoreTest, RefusesAFormatThatItCannotRead) {
  open();
  world.reset();
  for (const char* text : {"", "maildir\n", "stagecoach store \n", "stagecoach store 0\n", "stagecoach store x\n"}) {
    std::ofstream(options.directory + "/format", std::ios::trunc) << text;
    EXPECT_EQ(refusal().code, fault_code::corrupt) << text;
  }
}

TEST_F(StoreTest, RefusesADirectoryOfWhichAPartIsMissing) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "mail"));
  world.reset();
  std::filesystem::rename(options.directory + "/format", scratch.path("format"));
  EXPECT_EQ(refusal().code, fault_code::corrupt);
  std::filesystem::rename(scratch.path("format"), options.directory + "/format");

  std::filesystem::rename(options.directory + "/index", scratch.path("index"));
  EXPECT_EQ(refusal().code, fault_code::corrupt);
  EXPECT_TRUE(std::filesystem::exists(segment(1)));
  std::filesystem::remove_all(options.directory + "/index");
  std::filesystem::rename(scratch.path("index"), options.directory + "/index");
  open();
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), "mail");
}

// By what the bodies say, as after a crash.
TEST_F(StoreTest, AnOlderCopyOfTheIndexIsRecognised) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "one"));
  world.reset();
  std::filesystem::copy(options.directory + "/index", scratch.path("older"));
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {2}}, "two"));
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {3}}, "three"));
  world.reset();
  std::filesystem::remove_all(options.directory + "/index");
  std::filesystem::copy(scratch.path("older"), options.directory + "/index");
  std::filesystem::remove(options.directory + "/last-commit");
  const auto before = contents().at(segment(1));
  const auto why = refusal();
  EXPECT_EQ(why.code, fault_code::corrupt);
  EXPECT_NE(why.what.find("lost acknowledged commits"), std::string::npos) << why.what;
  EXPECT_EQ(contents().at(segment(1)), before);
}

// The tail of the open segment as a crash leaves it, at every octet of the last record.
TEST_F(StoreTest, CutsATornTailAtEveryOctet) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, made_of(500, 1)));
  world.reset();
  const auto known = std::filesystem::file_size(segment(1));
  const auto body = made_of(300, 2);
  auto head = encode_record_header({hash_of(body), body.size(), 1});
  std::vector<iovec> pieces{{head.data(), head.size()}};
  block_cutter cutter;
  cutter.add(body, pieces);
  cutter.end(pieces);
  std::string record;
  for (const auto& piece : pieces) record.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  for (std::size_t size = 1; size <= record.size(); ++size) {
    std::filesystem::resize_file(segment(1), known);
    std::ofstream(segment(1), std::ios::binary | std::ios::app) << record.substr(0, size);
    open();
    EXPECT_EQ(std::filesystem::file_size(segment(1)), size == record.size() ? known + size : known);
    EXPECT_EQ(world->notes().size(), 1U) << notes();
    EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), made_of(500, 1));
    EXPECT_EQ(problems_of(*world), "");
    world.reset();
  }
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {2}}, body));
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {2}}), body);
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(StoreTest, SegmentsOfACommitThatWasNeverAcknowledgedAreRemoved) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "mail"));
  world.reset();
  std::filesystem::copy(segment(1), segment(2));
  std::ofstream(segment(3)) << "SCb";
  std::ofstream(options.directory + "/bodies/readme") << "not ours";
  open();
  EXPECT_FALSE(std::filesystem::exists(segment(2)));
  EXPECT_FALSE(std::filesystem::exists(segment(3)));
  EXPECT_TRUE(std::filesystem::exists(options.directory + "/bodies/readme"));
  EXPECT_EQ(world->notes().size(), 2U) << notes();
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(StoreTest, ADamagedSegmentIsNotAppendedToAndTheRestIsServed) {
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, made_of(500, 1)));
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {2}}, made_of(500, 2)));
  world.reset();
  std::filesystem::resize_file(segment(1), std::filesystem::file_size(segment(1)) - 10);
  open();
  EXPECT_EQ(world->notes().size(), 1U) << notes();
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), made_of(500, 1));
  EXPECT_EQ(body_at(*world, {{1}, {1}, {2}}).error().code, fault_code::corrupt);
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {3}}, made_of(500, 3)));
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {3}}), made_of(500, 3));
  EXPECT_TRUE(std::filesystem::exists(segment(2)));
  world.reset();
  std::filesystem::remove(segment(1));
  open();
  EXPECT_EQ(body_at(*world, {{1}, {1}, {1}}).error().code, fault_code::corrupt);
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {3}}), made_of(500, 3));
  EXPECT_NE(problems_of(*world), "");
}

// Every call that changes a file fails once while the store is made and opened; the next start finds nothing odd.
TEST_F(StoreTest, AnyOneCallMayFailWhileItIsOpened) {
  for (const bool is_new : {true, false}) {
    for (std::uint64_t n = 1;; ++n) {
      SCOPED_TRACE(n);
      disk.forget();
      std::filesystem::remove_all(options.directory);
      if (!is_new) {
        open();
        ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, "mail"));
        world.reset();
        std::ofstream(segment(1), std::ios::app) << "torn";
        std::ofstream(segment(2)) << "remnant";
        std::ofstream(options.directory + "/staging/9") << "left over";
      }
      disk.calls = 0;
      disk.fail_at = n;
      auto opened = store::open(disk, options);
      const bool was_hit = disk.was_hit();
      if (opened) opened = failure{};
      disk.forget();
      open();
      if (!is_new) {
        EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), "mail");
      }
      ASSERT_TRUE(deliver(*world, {{1}, {1}, {2}}, "more"));
      EXPECT_EQ(problems_of(*world), "");
      world.reset();
      if (HasFailure() || !was_hit) break;
    }
  }
}

}  // namespace
}  // namespace stagecoach::store
