// A fuzz target without a fuzzer, with any compiler: runs it on the files of a folder, then on inputs that are made of
// them (mutator.hpp). An input that fails is written to a file; moved into the folder, it is a test.
//
//   replay_NAME FOLDER RUNS [DICTIONARY]
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "tests/fuzz/mutator.hpp"

// tests/fuzz/lot.hpp
extern "C" void stagecoach_fuzz_replays();
extern "C" void stagecoach_fuzz_replays() {}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                                     std::size_t size_max, unsigned seed);
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

constexpr unsigned input_seconds_max = 60;
constexpr std::uint64_t first_number = 1;

std::unique_ptr<stagecoach::fuzz::mutator> changes;
std::string running;     // the input
std::string found_path;  // where to write it

// Also within a signal handler.
void keep_input() {
  const int file = ::open(found_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const bool is_kept = ::write(file, running.data(), running.size()) == static_cast<ssize_t>(running.size());
  ::close(file);
  const char* say = is_kept ? "\nthe input that failed is in " : "\nthe input that failed could not be written to ";
  for (const auto* text : {say, found_path.c_str(), "\n"})
    if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

extern "C" void on_signal(int) {
  keep_input();
  ::_exit(1);
}

void watch_for_failure() {
  std::signal(SIGABRT, on_signal);
  std::signal(SIGALRM, on_signal);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(keep_input);
  } else {
    for (const int one : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(one, on_signal);
  }
}

void run(std::string input) {
  running = std::move(input);
  // Of its very size, so that a sanitizer sees what reads behind it.
  const auto octets = std::make_unique<std::uint8_t[]>(running.size());
  std::copy(running.begin(), running.end(), octets.get());
  ::alarm(input_seconds_max);
  (void)LLVMFuzzerTestOneInput(octets.get(), running.size());
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (file.good() || file.eof()) return content;
  std::fprintf(stderr, "cannot read %s\n", path.c_str());
  std::exit(1);
}

std::vector<std::string> seeds_in(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const auto& path : paths) seeds.push_back(content_of(path));
  return seeds;
}

std::string next_input() {
  auto input = changes->next();
  if (LLVMFuzzerCustomMutator == nullptr) return input;
  const auto size = input.size();
  input.resize(stagecoach::fuzz::mutator::bytes_max);
  input.resize(
      LLVMFuzzerCustomMutator(reinterpret_cast<std::uint8_t*>(input.data()), size, input.size(), changes->number()));
  return input;
}

}  // namespace

// libFuzzer's, for what targets do by themselves.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max) {
  std::string input(reinterpret_cast<const char*>(data), size);
  changes->change(input);
  input.resize(std::min(input.size(), size_max));
  std::copy(input.begin(), input.end(), data);
  return input.size();
}

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: %s FOLDER RUNS [DICTIONARY]\n", arguments[0]);
    return 2;
  }
  found_path = std::string(arguments[0]) + ".found";
  const auto seeds = seeds_in(arguments[1]);
  const auto words = stagecoach::fuzz::read_dictionary(count > 3 ? content_of(arguments[3]) : "");
  if (!words) {
    std::fprintf(stderr, "%s is no dictionary\n", arguments[3]);
    return 1;
  }
  changes = std::make_unique<stagecoach::fuzz::mutator>(seeds, *words, first_number);
  watch_for_failure();
  for (const auto& seed : seeds) run(seed);
  const auto runs = std::strtoul(arguments[2], nullptr, 10);
  for (auto left = runs; left > 0; --left) run(next_input());
  ::alarm(0);
  std::printf("%zu seeds, %lu inputs made of them\n", seeds.size(), runs);
}
