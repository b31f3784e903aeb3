// Messages and fields that others have parsed, with what they found (tests/data/mime). Where they found something else
// than we do, tests/data/mime/disagreements.txt says why; a line there that is not needed any more is a failure too.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "protocols/base/reader.hpp"
#include "protocols/mime/address.hpp"
#include "protocols/mime/content_type.hpp"
#include "protocols/mime/date.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/mime/header.hpp"
#include "protocols/mime/lexer.hpp"
#include "protocols/mime/message_id.hpp"
#include "tests/protocols/mime/part_text.hpp"

namespace stagecoach::mime {
namespace {

namespace dom = simdjson::dom;
const std::string data = TEST_DATA "/mime/";

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// The expected parses are of messages with bare line feeds; some of the files are not.
std::string with_line_feeds(std::string text) {
  for (auto at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at)) text.erase(at, 1);
  return text;
}

// Compares what was found with what was expected, against the list of known disagreements of one kind.
class agreement {
 public:
  explicit agreement(std::string kind) : kind_(std::move(kind)) {
    std::istringstream lines(file_text(data + "disagreements.txt"));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string listed_kind, which;
      words >> listed_kind >> which;
      if (listed_kind == kind_) listed_[which] = false;
    }
  }
  void compare(const std::string& which, const std::string& found, const std::string& expected) {
    const auto known = listed_.find(which);
    if (known != listed_.end()) {
      known->second = true;
      EXPECT_NE(found, expected) << kind_ << " " << which << ": agrees now; take it out of disagreements.txt";
    } else {
      EXPECT_EQ(found, expected) << kind_ << " " << which;
    }
  }
  ~agreement() {
    for (const auto& [which, was_met] : listed_)
      EXPECT_TRUE(was_met) << kind_ << " " << which << " of disagreements.txt is no case";
  }

 private:
  std::string kind_;
  std::map<std::string, bool> listed_;
};

std::string text_of(dom::element value) {
  return value.is_null() ? std::string() : std::string(std::string_view(value));
}

// compare(header value, expected) -> {found, expected} for each case of a file.
template <class Compare>
void for_each_header(const std::string& kind, Compare compare) {
  agreement with(kind);
  dom::parser parser;
  std::size_t number = 0;
  for (dom::element one : dom::array(parser.load(data + "mail-parser/headers/" + kind + ".json"))) {
    const auto header = "X:" + text_of(one["header"]);
    const auto [found, expected] = compare(header_fields(header).next()->value, one["expected"].value());
    with.compare(std::to_string(number++), found, expected);
  }
}

std::string address_text(std::string_view name, std::string_view address) {
  return std::string(name) + "|" + std::string(address) + "\n";
}

std::string expected_list(dom::array list) {
  std::string text;
  for (dom::element one : list) text += address_text(text_of(one["name"]), text_of(one["address"]));
  return text;
}

TEST(Vectors, Addresses) {
  for_each_header("address", [](std::string_view value, dom::element expected) {
    std::string found;
    for (const auto& one : parse_addresses(value, 1000).entries) {
      if (one.kind == address_kind::group_start) {
        found += decoded_text(one.mailbox) + ":\n";
      } else if (one.kind == address_kind::group_end) {
        found += ";\n";
      } else {
        const auto route = one.route.empty() ? "" : one.route + ":";
        found += address_text(decoded_text(one.name), route + one.mailbox + (one.host.empty() ? "" : "@") + one.host);
      }
    }
    std::string wanted;
    dom::array list;
    if (!expected["List"].get(list)) {
      wanted = expected_list(list);
    } else if (!expected["Group"].get(list)) {
      for (dom::element group : list) {
        const bool is_group = !group["name"].is_null();
        if (is_group) wanted += text_of(group["name"]) + ":\n";
        wanted += expected_list(dom::array(group["addresses"]));
        if (is_group) wanted += ";\n";
      }
    }
    return std::pair(found, wanted);
  });
}

TEST(Vectors, ContentTypes) {
  for_each_header("content_type", [](std::string_view value, dom::element expected) {
    const auto type = parse_content_type(value);
    std::map<std::string, std::string> parameters;
    for (const auto& one : type.parameters) {
      const auto base = one.name.substr(0, one.name.find('*'));
      if (base.empty()) continue;
      if (const auto text = decoded_parameter(type.parameters, base)) parameters[base] = *text;
    }
    std::string found = type.type + "/" + type.subtype + "\n";
    for (const auto& [name, text] : parameters) found += name + "=" + text + "\n";
    if (expected.is_null()) return std::pair(type.type.empty() ? "" : found, std::string());
    std::string wanted = text_of(expected["c_type"]) + "/" + text_of(expected["c_subtype"]) + "\n";
    std::map<std::string, std::string> wanted_parameters;
    dom::array attributes;
    if (!expected["attributes"].get(attributes))
      for (dom::array pair : attributes) wanted_parameters[text_of(pair.at(0))] = text_of(pair.at(1));
    for (const auto& [name, text] : wanted_parameters)
      if (name.find("-language") == std::string::npos) wanted += name + "=" + text + "\n";
    return std::pair(found, wanted);
  });
}

TEST(Vectors, Dates) {
  for_each_header("date", [](std::string_view value, dom::element expected) {
    const auto date = parse_date(value);
    const std::string found = date ? std::to_string(date->unix_seconds) + " " + std::to_string(date->zone_minutes) : "";
    if (expected.is_null()) return std::pair(found, std::string());
    const auto number = [&](const char* name) { return std::int64_t(expected[name]); };
    const std::chrono::year_month_day day{std::chrono::year{static_cast<int>(number("year"))},
                                          std::chrono::month{static_cast<unsigned>(number("month"))},
                                          std::chrono::day{static_cast<unsigned>(number("day"))}};
    const std::int64_t zone =
        (number("tz_hour") * 60 + number("tz_minute")) * (bool(expected["tz_before_gmt"]) ? -1 : 1);
    const std::int64_t seconds = std::chrono::sys_days{day}.time_since_epoch().count() * 86'400 +
                                 number("hour") * 3600 + (number("minute") - zone) * 60 + number("second");
    return std::pair(found, std::to_string(seconds) + " " + std::to_string(zone));
  });
}

TEST(Vectors, MessageIds) {
  for_each_header("id", [](std::string_view value, dom::element expected) {
    // An id without brackets is one in Message-ID only.
    auto ids = referenced_ids(value, "");
    if (auto id = canonical_message_id(value); ids.empty() && !id.empty()) ids.push_back(std::move(id));
    std::string found, wanted;
    for (const auto& one : ids) found += one + "\n";
    if (!expected.is_null())
      for (dom::element one : dom::array(expected)) wanted += ascii_lower(text_of(one)) + "\n";
    return std::pair(found, wanted);
  });
}

TEST(Vectors, UnstructuredText) {
  for_each_header("unstructured", [](std::string_view value, dom::element expected) {
    return std::pair(decoded_text(value), text_of(expected));
  });
}

// --- whole messages ---

std::string part_line(std::size_t depth, std::uint64_t header, std::uint64_t body, std::uint64_t end) {
  return std::string(depth, ' ') + std::to_string(header) + " " + std::to_string(body) + " " + std::to_string(end) +
         "\n";
}

struct seen_parts {
  std::string offsets;
  std::string texts;
};

// A message of the expected parse: parts by number, the tree in the lists of multiparts.
void expect_part(dom::element message, std::size_t number, std::size_t depth, seen_parts& seen) {
  dom::element part = message["parts"].at(number).value();
  seen.offsets += part_line(depth, std::uint64_t(part["offset_header"]), std::uint64_t(part["offset_body"]),
                            std::uint64_t(part["offset_end"]));
  dom::array children;
  dom::element nested;
  std::string_view text;
  dom::element body = part["body"];
  if (!body["Multipart"].get(children)) {
    for (const std::uint64_t child : children) expect_part(message, child, depth + 1, seen);
  } else if (!body["Message"].get(nested)) {
    expect_part(nested, 0, depth + 1, seen);
  } else if (!body["Text"].get(text) || !body["Html"].get(text)) {
    seen.texts += std::string(text) + "\n--\n";
  }
}

void find_parts(std::string_view message, seen_parts& seen) {
  const auto index = scan(message);
  std::vector<std::uint32_t> left;
  for (const auto& one : index.parts) {
    while (!left.empty() && left.back() == 0) left.pop_back();
    seen.offsets += part_line(left.size(), one.offset, one.body_offset(), one.end());
    if (!left.empty()) --left.back();
    left.push_back(one.children);
    if (one.children > 0 || one.type != "text") continue;
    text_decoder decoder(one);
    decoder.decode(seen.texts, message.substr(one.body_offset(), one.body_bytes));
    decoder.finish(seen.texts);
    seen.texts += "\n--\n";
  }
}

TEST(Vectors, Messages) {
  agreement offsets("offsets");
  agreement texts("texts");
  for (const std::string folder : {"rfc", "malformed", "thirdparty"}) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(data + "mail-parser/" + folder))
      if (entry.path().extension() == ".eml") names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
      const auto path = folder + "/" + name;
      seen_parts expected, found;
      dom::parser parser;
      expect_part(parser.load(data + "mail-parser/" + path + ".json"), 0, 0, expected);
      find_parts(with_line_feeds(file_text(data + "mail-parser/" + path + ".eml")), found);
      offsets.compare(path, found.offsets, expected.offsets);
      texts.compare(path, found.texts, expected.texts);
    }
  }
}

// Messages without an expected parse: what a person finds in them.
TEST(Vectors, TreesOfRealMessages) {
  const std::pair<std::string, std::string> rows[] = {
      {"mox/message-rfc822-multipart",
       "multipart/report\n multipart/related\n  multipart/alternative\n   text/plain\n   text/html\n  image/png\n"
       " message/delivery-status\n message/rfc822\n  multipart/mixed\n   multipart/alternative\n    text/plain\n"
       "    text/html\n"},
      {"mox/message-rfc822-multipart2",
       "multipart/report\n text/plain\n message/delivery-status\n message/rfc822\n  multipart/alternative\n"
       "   text/plain\n   text/html\n"},
      {"nodemailer-mailparser/base64encodedroot", "image/png\n"},
      {"nodemailer-mailparser/decoderended",
       "multipart/mixed\n multipart/alternative\n  text/plain\n  text/html\n message/rfc822\n  text/plain\n"},
      {"nodemailer-mailparser/delivery-status",
       "multipart/report\n text/plain\n message/delivery-status\n message/rfc822\n  multipart/alternative\n"
       "   text/plain\n   text/html\n"},
      {"nodemailer-mailparser/mixed",
       "multipart/mixed\n multipart/alternative\n  text/plain\n  text/html\n text/plain\n"},
      {"nodemailer-mailparser/nested",
       "multipart/mixed\n multipart/related\n  multipart/alternative\n   text/plain\n   text/html\n"
       " multipart/alternative\n  text/plain\n  text/html\n"},
  };
  for (const auto& [name, tree] : rows) {
    const auto message = file_text(data + name + ".eml");
    part_scanner scanner;
    for (std::size_t at = 0; at < message.size(); at += 7) scanner.received(std::string_view(message).substr(at, 7));
    const auto index = scanner.finished();
    EXPECT_EQ(index, scan(message));
    std::string found;
    std::istringstream lines(parts_text(index));
    for (std::string line; std::getline(lines, line);) found += line.substr(0, line.find(' ', line.find('/'))) + "\n";
    EXPECT_EQ(found, tree) << name;
  }
}

}  // namespace
}  // namespace stagecoach::mime
