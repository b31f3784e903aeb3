// Group commit without actors: N commits of 4 KB that wait together are given to the commit log as one call, again and
// again for two seconds each, on the file system of the directory given (default: a temporary one). Latency is that of
// a commit from the call to its answer. Beside it stand the figures of reference/actor-runtime.md, section 3 of its
// second series: 4 KB, segments and index, measured with an actor in front.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "protocols/base/record.hpp"
#include "store/keys.hpp"
#include "store/store.hpp"

namespace {

using namespace stagecoach;
using namespace stagecoach::store;
using clock_type = std::chrono::steady_clock;

constexpr std::size_t body_bytes = 4096;
constexpr auto run_time = std::chrono::seconds(2);

struct reference_row {
  std::size_t commits;  // that wait together
  const char* per_second;
  const char* syncs;
  const char* latency_ms;  // p50/p99
};
constexpr reference_row reference[] = {
    {1, "2.8k", "2", "0.33/0.51"},
    {10, "14.6k", "0.35", "0.69/1.1"},
    {100, "65k", "0.038", "1.5/2.5"},
    {1000, "120k", "0.004", "8.7/13, worst 21"},
};

struct bench {
  explicit bench(const std::string& directory) : disk(make_system_files()) {
    store_options options;
    options.directory = directory;
    options.reserve = {0, 0};
    options.arriving.memory_total = 256 * 1024 * 1024;
    auto opened = store::store::open(*disk, options);
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().what.c_str());
      std::exit(1);
    }
    world = std::move(*opened);
  }

  // As text of mail is: no two bodies alike, and compressible.
  std::string next_body() {
    std::string body = "Subject: number " + std::to_string(++bodies) + "\r\n\r\n";
    while (body.size() < body_bytes) {
      seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
      body.push_back("etaoin shrdlucmfw"[seed >> 60]);
    }
    return body;
  }

  std::vector<pending_commit> stage(std::size_t count, std::vector<double>& latencies) {
    std::vector<pending_commit> commits(count);
    for (std::size_t i = 0; i < count; ++i) {
      auto& area = world->arriving();
      const auto id = area.begin();
      if (!area.try_append(id, next_body())) std::exit(2);
      const auto body = area.finish(id);
      staged.push_back(id);
      message_row row;
      row.blob = body->hash;
      row.blob_bytes = body->size;
      row.received = {1700000000000};
      auto& what = commits[i].what;
      what.generation = world->log().generation();
      const account_id account{1 + i % 50};
      what.rows.push_back({message_key(account, {1}, {bodies}), write_record(row)});
      what.rows.push_back({account_key(account), write_record(account_row{})});
      what.rows.push_back({mailbox_key(account, {1}), write_record(mailbox_row{})});
      what.blobs.push_back({body->hash, 1, id, body->size});
      commits[i].answer = [this, &latencies](result<messages::committed, failure> answer) {
        if (!answer) {
          std::fprintf(stderr, "%s\n", answer.error().what.c_str());
          std::exit(1);
        }
        latencies.push_back(std::chrono::duration<double, std::milli>(clock_type::now() - began).count());
      };
    }
    return commits;
  }

  void run(const reference_row& beside) {
    std::vector<double> latencies;
    const auto before = world->log().counters();
    clock_type::duration busy{};
    while (busy < run_time) {
      auto commits = stage(beside.commits, latencies);
      began = clock_type::now();
      world->log().append(std::move(commits));
      busy += clock_type::now() - began;
      for (const auto id : staged) world->arriving().discard(id);
      staged.clear();
    }
    const auto after = world->log().counters();
    const double seconds = std::chrono::duration<double>(busy).count();
    const auto count = static_cast<double>(after.commits - before.commits);
    std::sort(latencies.begin(), latencies.end());
    const auto at = [&](double part) {
      return latencies[static_cast<std::size_t>(part * static_cast<double>(latencies.size() - 1))];
    };
    std::printf("%5zu  %9.0f  %6.3f  %7.2f %7.2f %7.2f   | %6s  %6s  %s\n", beside.commits, count / seconds,
                static_cast<double>(after.syncs - before.syncs) / count, at(0.5), at(0.99), latencies.back(),
                beside.per_second, beside.syncs, beside.latency_ms);
    std::fflush(stdout);
  }

  std::unique_ptr<files> disk;
  std::unique_ptr<store::store> world;
  std::vector<messages::staged_id> staged;
  std::uint32_t bodies = 0;
  std::uint64_t seed = 1;
  clock_type::time_point began;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string parent = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
  std::printf("commits of 4 KB, in groups; time of hashing and staging not counted\n");
  std::printf("%5s  %9s  %6s  %7s %7s %7s   | %6s  %6s  %s\n", "wait", "per s", "syncs", "p50 ms", "p99", "worst",
              "ref/s", "syncs", "p50/p99 ms");
  for (const auto& row : reference) {
    std::string directory = parent + "/stagecoach-commit-bench-XXXXXX";
    if (::mkdtemp(directory.data()) == nullptr) return 1;
    bench(directory).run(row);
    std::filesystem::remove_all(directory);
  }
  return 0;
}
