// The golden list of all field numbers (tests/data/fields.txt), generated anew from the structs and compared.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <set>

#include "protocols/base/json_rules.hpp"
#include "protocols/base/shapes.hpp"
#include "tests/messages/all_described.hpp"
#include "tests/support/golden.hpp"

namespace stagecoach {
namespace {

// Lines of the list, in the order of the structs; those of enums and variants come with the first field that has one.
class listing {
 public:
  template <described_struct T>
  void add() {
    for_each_field<T>([&](const auto& f) {
      using member = typename std::remove_cvref_t<decltype(f)>::value;
      const auto owner = type_name<T>();
      put(owner + " " + std::to_string(f.number) + " " + std::string(f.name) + " " +
          spelled<member>(owner + "." + std::string(f.name)));
    });
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  void put(const std::string& line) {
    if (put_.insert(line).second) lines_.push_back(line);
  }

  // The type as the record form sees it.
  template <class T>
  std::string spelled(const std::string& where) {
    if constexpr (is_strong<T>) {
      const auto name = type_name<T>();  // strong<uid_tag, unsigned int>
      const auto tag = name.find('<') + 1;
      auto word = name.substr(tag, name.find("_tag,", tag) - tag);
      if (word.rfind("stagecoach::", 0) == 0) word = word.substr(12);
      return word + ":" + spelled<typename T::rep>(where);
    } else if constexpr (std::is_same_v<T, bool>) {
      return "bool";
    } else if constexpr (shapes::is_duration<T>) {
      return "duration" + std::string(json_rules::unit_of_duration<T>::suffix());
    } else if constexpr (std::is_enum_v<T>) {
      const auto number = spelled<std::underlying_type_t<T>>(where);
      for (const auto& one : enum_names(T{}))
        put(type_name<T>() + " " + std::to_string(static_cast<std::uint64_t>(one.value)) + " " + std::string(one.name) +
            " enum:" + number);
      return "enum:" + type_name<T>();
    } else if constexpr (std::is_integral_v<T>) {
      return (std::is_signed_v<T> ? "i" : "u") + std::to_string(sizeof(T) * 8);
    } else if constexpr (std::is_same_v<T, std::string>) {
      return "string";
    } else if constexpr (shapes::is_byte_array<T>) {
      return "bytes" + std::to_string(std::tuple_size_v<T>);
    } else if constexpr (shapes::is_optional<T>) {
      return "optional<" + spelled<typename T::value_type>(where) + ">";
    } else if constexpr (shapes::is_vector<T>) {
      return "list<" + spelled<typename T::value_type>(where) + ">";
    } else if constexpr (shapes::is_variant<T>) {
      alternatives<0, T>(where);
      return "one_of";
    } else {
      return type_name<T>();
    }
  }

  template <std::size_t I, class Variant>
  void alternatives(const std::string& where) {
    if constexpr (I < std::variant_size_v<Variant>) {
      using one = std::variant_alternative_t<I, Variant>;
      put(where + " " + std::to_string(I) + " " + std::string(one::kind) + " " + type_name<one>());
      alternatives<I + 1, Variant>(where);
    }
  }

  std::vector<std::string> lines_;
  std::set<std::string> put_;
};

std::vector<std::string> generated_lines() {
  listing actual;
  for_each_described([&](auto type) { actual.add<typename decltype(type)::type>(); });
  return actual.lines();
}

TEST(Fields, KeepTheirNumbers) {
  for (const auto& wrong : golden::differences(golden::read_lines(TEST_DATA "/fields.txt"), generated_lines()))
    ADD_FAILURE() << "tests/data/fields.txt: " << wrong;
}

bool is_snake_case(const std::string& name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos &&
         name[0] >= 'a';
}

// They are written into JSON as they are.
TEST(Fields, HaveNamesInSnakeCase) {
  for (const auto& line : generated_lines()) {
    const auto rest = golden::entry_of(line).rest;
    EXPECT_TRUE(is_snake_case(rest.substr(0, rest.find(' ')))) << line;
  }
}

// Names of the structs whose fields a header describes, without namespaces: the words before "::" in
// field(3, "uids", &set_flags::uids.
void find_described(const std::filesystem::path& header, std::set<std::string>& found) {
  std::ifstream in(header);
  std::string code;
  for (std::string line; std::getline(in, line);) {
    const auto start = line.find_first_not_of(' ');
    if (start != std::string::npos && line[start] != '/') code += line.substr(start) + " ";
  }
  for (auto at = code.find("field("); at != std::string::npos; at = code.find("field(", at + 1)) {
    const auto member = code.find('&', at);
    const auto colons = code.find("::", at);
    if (member == std::string::npos || colons == std::string::npos) break;
    const auto owner = code.substr(member + 1, colons - member - 1);
    if (std::isdigit(static_cast<unsigned char>(code[at + 6])) != 0 && is_snake_case(owner)) found.insert(owner);
  }
}

TEST(Fields, AreListedForEveryStruct) {
  std::set<std::string> known;
  for_each_described([&](auto type) {
    const auto name = type_name<typename decltype(type)::type>();
    known.insert(name.substr(name.rfind(':') == std::string::npos ? 0 : name.rfind(':') + 1));
  });
  std::set<std::string> found;
  for (const char* folder : {"/protocols/base", "/messages", "/store"})
    for (const auto& file : std::filesystem::directory_iterator(std::string(STAGECOACH_SOURCES) + folder)) {
      const auto name = file.path().filename().string();
      const bool is_row_file = name == "rows_mail.hpp";
      if (file.path().extension() == ".hpp" && (is_row_file || std::string(folder) != "/store"))
        find_described(file.path(), found);
    }
  EXPECT_GE(found.size(), 60U);
  for (const auto& name : found)
    EXPECT_EQ(known.count(name), 1U) << "add " << name << " to tests/messages/all_described.hpp";
}

struct row {
  const char* name;
  std::vector<std::string> listed;
  std::vector<std::string> actual;
  std::vector<std::string> wrong;
};

TEST(GoldenList, SaysWhatToDo) {
  const row rows[] = {
      {"same", {"a 1 x u8"}, {"a 1 x u8"}, {}},
      {"new", {}, {"a 1 x u8"}, {"add this line: a 1 x u8"}},
      {"changed",
       {"a 1 x u8"},
       {"a 1 x u16"},
       {"a 1 was \"x u8\" and never changes; it is now \"x u16\": take a new number"}},
      {"gone", {"a 1 x u8"}, {}, {"a 1 x u8 is gone: let its line say \"a 1 reserved\""}},
      {"reserved", {"a 1 reserved"}, {}, {}},
      {"used again",
       {"a 1 reserved"},
       {"a 1 x u8"},
       {"a 1 is reserved, a number is never used again: take another for x u8"}},
      {"twice", {"a 1 x u8", "a 1 reserved"}, {"a 1 x u8"}, {"listed twice: a 1 reserved"}},
  };
  for (const auto& r : rows) EXPECT_EQ(golden::differences(r.listed, r.actual), r.wrong) << r.name;
}

}  // namespace
}  // namespace stagecoach
