// Attacks and odd trees of others (tests/data/html), each made safe: whatever comes out is only what is listed, and to
// make it safe again changes nothing. And what is cut out of them at any place.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "protocols/html/safe_page.hpp"
#include "protocols/html/text.hpp"
#include "tests/protocols/html/page_checker.hpp"

namespace stagecoach::html {
namespace {

std::vector<std::string> vectors_in(const std::string& file) {
  std::ifstream lines(std::string(TEST_DATA) + "/html/" + file);
  std::vector<std::string> all;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (number <= 3) continue;  // where they are from
    std::string one;
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] == '\\' && line.substr(at, 2) == "\\x") {
        one += static_cast<char>(std::stoi(line.substr(at + 2, 2), nullptr, 16));
        at += 3;
      } else {
        one += line[at];
      }
    }
    all.push_back(one);
  }
  return all;
}

void expect_safe(const std::string& input) {
  for (const bool allow_external : {false, true}) {
    const safe_options options{allow_external, [](auto) { return "data:image/png;base64,AAAA"; }, 100'000};
    const auto page = safe_page_of(input, options);
    EXPECT_EQ(complaints_about(page.html), "") << input << "\n became \n" << page.html;
    EXPECT_EQ(safe_page_of(page.html, options).html, page.html) << input;
    if (!allow_external) {
      EXPECT_EQ(page.html.find("src=\"http"), std::string::npos) << input;
    }
    EXPECT_FALSE(page.is_cut) << input;
  }
  EXPECT_LT(text_of(input).size(), 2 * input.size() + 100) << input;
}

TEST(HtmlVectors, DomPurifysAttacksAreSafe) {
  const auto all = vectors_in("dompurify.txt");
  EXPECT_EQ(all.size(), 223U);
  for (const auto& one : all) expect_safe(one);
}

TEST(HtmlVectors, TreesOfHtml5libAreSafe) {
  const auto all = vectors_in("html5lib.txt");
  EXPECT_EQ(all.size(), 1734U);
  for (const auto& one : all) expect_safe(one);
}

TEST(HtmlVectors, AttacksAreSafeWhereverTheyBegin) {
  for (const auto& one : vectors_in("dompurify.txt")) {
    if (one.size() > 400) continue;
    for (std::size_t at = 1; at < one.size(); at += 7) {
      expect_safe(one.substr(at));
      expect_safe("<table><tr><b><a href='" + one.substr(at));
    }
  }
}

}  // namespace
}  // namespace stagecoach::html
