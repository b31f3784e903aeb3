// Inputs that are made of seeds and of a dictionary's words: always the same ones for the same seeds, words and number.
// It knows nothing of what an input reached; looking for that is what `./dev fuzz` does.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::fuzz {

class mutator {
 public:
  mutator(std::vector<std::string> seeds, std::vector<std::string> words, std::uint64_t number)
      : seeds_(std::move(seeds)), words_(std::move(words)), random_(number) {
    if (seeds_.empty()) seeds_.emplace_back();
  }

  // A seed with one to five changes.
  std::string next() {
    std::string input = seeds_[below(seeds_.size())];
    for (auto left = 1 + below(5); left > 0; --left) change(input);
    return input;
  }

  void change(std::string& input) {
    switch (below(7)) {
      case 0:
        if (!input.empty()) input[below(input.size())] = static_cast<char>(below(256));
        break;
      case 1:
        if (!input.empty()) input[below(input.size())] ^= static_cast<char>(1U << below(8));
        break;
      case 2:
        input.erase(below(input.size() + 1), 1 + below(16));
        break;
      case 3:
        insert(input, std::string(1 + below(3), marks[below(sizeof marks)]));
        break;
      case 4:
        if (!words_.empty()) insert(input, words_[below(words_.size())]);
        break;
      case 5:
        insert(input, piece(input, 64));
        break;
      default:
        splice(input);
    }
    if (input.size() > bytes_max) input.resize(bytes_max);
  }

  [[nodiscard]] unsigned number() { return static_cast<unsigned>(random_()); }

  static constexpr std::size_t bytes_max = 4096;

 private:
  // What ends or begins something in some protocol.
  static constexpr char marks[] = "\0\r\n\t \"\\{}()<>[]:;,.*%|=+-?@&0189aA~\x7f\x80\xc3\xff";

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

  std::string piece(const std::string& of, std::size_t bytes) {
    return of.substr(below(of.size() + 1), 1 + below(bytes));
  }

  void insert(std::string& input, const std::string& what) { input.insert(below(input.size() + 1), what); }

  // Begins as it does, ends as another seed does.
  void splice(std::string& input) {
    const auto& other = seeds_[below(seeds_.size())];
    input.resize(below(input.size() + 1));
    input += other.substr(below(other.size() + 1));
  }

  std::vector<std::string> seeds_;
  std::vector<std::string> words_;
  std::mt19937_64 random_;
};

// The words of a dictionary as libFuzzer reads it: a line is empty, a comment behind '#', or `name="word"` with \\, \"
// and \xNN in the word. None: some line is no such line.
inline std::optional<std::vector<std::string>> read_dictionary(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const auto begin = line.find('"');
    if (begin == line.npos || line.back() != '"' || line.size() < begin + 3) return std::nullopt;
    const auto quoted = line.substr(begin + 1, line.size() - begin - 2);
    std::string word;
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      if (quoted[i] == '"') return std::nullopt;
      if (quoted[i] != '\\') {
        word += quoted[i];
      } else if (const auto next = quoted.substr(i + 1, 1); next == "\\" || next == "\"") {
        word += quoted[++i];
      } else {
        if (next != "x" || i + 4 > quoted.size()) return std::nullopt;
        const std::string digits(quoted.substr(i + 2, 2));
        if (digits.find_first_not_of("0123456789abcdefABCDEF") != digits.npos) return std::nullopt;
        word += static_cast<char>(std::stoi(digits, nullptr, 16));
        i += 3;
      }
    }
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace stagecoach::fuzz
