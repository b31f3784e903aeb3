// The disk refuses one read, of LevelDB's files or of ours, wherever it comes: nothing is served that is short or
// wrong, what cannot be read is answered with a failure, nothing is written for it, and the next attempt reads all.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "tests/store/account/operations.hpp"
#include "tests/store/faulty_env.hpp"
#include "tests/store/faulty_files.hpp"

namespace stagecoach::store {
namespace {

namespace fs = std::filesystem;

struct ReadFaults : testing::TestWithParam<bool> {
  ReadFaults() {
    options.bodies.segment_bytes_max = 40000;
    options.arriving = {5000, 100000, 10000};
    options.rows.write_buffer_bytes = 64 * 1024;
    auto world = open_store(*disk, options);
    for (const auto& what : operating::operations()) EXPECT_TRUE(what.run(*world)) << what.name;
    wanted_rows = operating::picture_of(*world);
    wanted_bodies = bodies_of(*world);
    world.reset();
    fs::rename(options.directory, filled);
  }

  // Of every body that is used: its octets, or "refused".
  static std::vector<std::string> bodies_of(store& from) {
    std::vector<std::string> all;
    for (const auto& row : operating::rows_under(from, {blobs_prefix()}).rows) {
      const auto hash = parse_blob_key(row.key);
      const auto stored = read_record<blob_row>(row.value);
      EXPECT_TRUE(hash && stored);
      const auto body = from.bodies().read_at(*hash, *stored, {0, stored->size});
      all.push_back(body ? *body : "refused");
      if (!body) {
        EXPECT_EQ(body.error().code, fault_code::disk) << body.error().what;
      }
    }
    return all;
  }

  static result<std::string, failure> rows_of(store& from) {
    std::string all;
    const auto view = from.rows().view();
    for (const auto& prefix : {all_accounts_prefix(), logins_prefix(), sessions_prefix()}) {
      const auto scanned = view.scan(prefix, [&](std::string_view key, std::string_view value) {
        all += std::to_string(key.size()) + ' ' + std::string(key);
        all += std::to_string(value.size()) + ' ' + std::string(value);
        return true;
      });
      if (!scanned) return scanned.error();
    }
    return all;
  }

  void expect_all_of(store& in) const {
    EXPECT_EQ(operating::picture_of(in), wanted_rows);
    EXPECT_EQ(bodies_of(in), wanted_bodies);
    EXPECT_EQ(operating::all_problems_of(in), "");
  }

  // With the fault at read `n`; how many answers were refused. `was_hit`: there was such a read.
  std::size_t read_all(bool is_of_rows, std::uint64_t n, bool& was_hit) {
    faulty_files files;
    faulty_env env;
    store_options faulty = options;
    faulty.rows.env = &env;
    auto& reads = is_of_rows ? env.reads : files.reads;
    (is_of_rows ? env.fail_read_at : files.fail_read_at) = n;
    std::size_t refused = 0;
    auto opened = store::open(files, faulty);
    if (!opened) {
      EXPECT_FALSE(opened.error().what.empty());
      ++refused;
    } else {
      const auto rows = rows_of(**opened);
      if (rows) {
        EXPECT_TRUE(*rows == wanted_rows) << "rows are missing without a word";
        const auto found = bodies_of(**opened);
        EXPECT_LE(found.size(), wanted_bodies.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
          const bool is_refused = found[i] == "refused";
          if (is_refused) ++refused;
          EXPECT_TRUE(is_refused || found.size() < wanted_bodies.size() || found[i] == wanted_bodies[i]);
        }
      } else {
        ++refused;
      }
    }
    was_hit = reads >= n;
    return refused;
  }

  scratch_directory scratch{memory_file_system()};
  const std::unique_ptr<files> disk = make_system_files();
  store_options options = options_for(scratch.path("data"));
  std::string filled = scratch.path("filled");
  std::string wanted_rows;
  std::vector<std::string> wanted_bodies;
};

TEST_P(ReadFaults, AreToldAndForgotten) {
  std::size_t faults = 0, refused = 0;
  for (std::uint64_t n = 1; !HasFailure(); ++n) {
    SCOPED_TRACE("read " + std::to_string(n));
    fs::copy(filled, options.directory, fs::copy_options::recursive);
    bool was_hit = false;
    refused += read_all(GetParam(), n, was_hit);
    {
      auto again = open_store(*disk, options);
      ASSERT_TRUE(again);
      expect_all_of(*again);
    }
    fs::remove_all(options.directory);
    if (!was_hit) break;
    ++faults;
  }
  std::cout << "score {\"faults\": " << faults << "}\n";
  EXPECT_GT(faults, 5U);
  EXPECT_GT(refused, 5U);
}

INSTANTIATE_TEST_SUITE_P(Of, ReadFaults, testing::Bool(),
                         [](const auto& one) { return one.param ? "LevelDB" : "Bodies"; });

}  // namespace
}  // namespace stagecoach::store
