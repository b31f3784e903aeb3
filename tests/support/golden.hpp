// A golden list: lines "owner number what..." that say for ever what a number means. A line never changes and never
// vanishes; what is removed stays as "owner number reserved". New lines come with the commit that brings the number.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace stagecoach::golden {

struct entry {
  std::string key;   // "owner number"
  std::string rest;  // "name type", or "reserved"
};

inline entry entry_of(const std::string& line) {
  std::istringstream in(line);
  std::string owner;
  std::string number;
  std::string rest;
  in >> owner >> number >> std::ws;
  std::getline(in, rest);
  return {owner + " " + number, rest};
}

// Lines without comments and empty ones.
inline std::vector<std::string> read_lines(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  return lines;
}

// What is wrong, each with what to do; empty when the list is right.
inline std::vector<std::string> differences(const std::vector<std::string>& listed,
                                            const std::vector<std::string>& actual) {
  std::vector<std::string> wrong;
  std::map<std::string, std::string> before;
  std::map<std::string, std::string> now;
  for (const auto& line : listed) {
    const auto one = entry_of(line);
    if (!before.emplace(one.key, one.rest).second) wrong.push_back("listed twice: " + line);
  }
  for (const auto& line : actual) {
    const auto one = entry_of(line);
    now.emplace(one.key, one.rest);
    const auto found = before.find(one.key);
    if (found == before.end()) {
      wrong.push_back("add this line: " + line);
    } else if (found->second == "reserved") {
      wrong.push_back(one.key + " is reserved, a number is never used again: take another for " + one.rest);
    } else if (found->second != one.rest) {
      wrong.push_back(one.key + " was \"" + found->second + "\" and never changes; it is now \"" + one.rest +
                      "\": take a new number");
    }
  }
  for (const auto& [key, rest] : before)
    if (rest != "reserved" && now.count(key) == 0)
      wrong.push_back(key + " " + rest + " is gone: let its line say \"" + key + " reserved\"");
  return wrong;
}

}  // namespace stagecoach::golden
