// What a run of the load generator measures, and how it is said: one line of JSON, whose keys tests/bench/README.md
// explains.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::bench {

// Latencies in milliseconds; percentiles are by nearest rank over all of them.
class latencies {
 public:
  void add(std::chrono::steady_clock::duration took) {
    all_.push_back(std::chrono::duration<double, std::milli>(took).count());
    sorted_ = false;
  }

  double at(double share) {
    if (all_.empty()) return 0;
    if (!sorted_) std::sort(all_.begin(), all_.end());
    sorted_ = true;
    auto rank = static_cast<std::size_t>(share * static_cast<double>(all_.size()));
    return all_[std::min(rank, all_.size() - 1)];
  }

  std::size_t count() const { return all_.size(); }

 private:
  std::vector<double> all_;
  bool sorted_ = false;
};

class json_line {
 public:
  void put(std::string_view key, double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.3f", value);
    field(key, text);
  }

  void put(std::string_view key, std::uint64_t value) { field(key, std::to_string(value)); }

  void put(std::string_view key, latencies& all) {
    std::string base(key);
    put(base + "_p50_ms", all.at(0.50));
    put(base + "_p99_ms", all.at(0.99));
    put(base + "_max_ms", all.at(1.0));
  }

  void put(std::string_view key, std::string_view text) {
    std::string quoted = "\"";
    for (char one : text) {
      if (one == '"' || one == '\\') quoted += '\\';
      quoted += static_cast<unsigned char>(one) < 0x20 ? ' ' : one;
    }
    field(key, quoted + "\"");
  }

  void print() const {
    std::printf("{%s}\n", text_.c_str());
    std::fflush(stdout);
  }

 private:
  void field(std::string_view key, std::string_view value) {
    if (!text_.empty()) text_ += ',';
    text_ += '"';
    text_ += key;
    text_ += "\":";
    text_ += value;
  }

  std::string text_;
};

}  // namespace stagecoach::bench
