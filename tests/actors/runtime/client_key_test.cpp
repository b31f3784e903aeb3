#include "actors/runtime/client_key.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/sockets.hpp"

namespace stagecoach::runtime {
namespace {

using testing::test_certificate;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The key of a file with this content; else what is said of it, without the file's name.
struct reading {
  explicit reading(const std::string& content) {
    const auto path = held.files().key.parent_path() / "other.pem";
    std::ofstream(path, std::ios::binary) << content;
    const auto read = read_certificate_key(path);
    if (read) {
      key = *read;
      return;
    }
    said = read.error().what;
    const auto at = said.find(path.string());
    if (at != std::string::npos) said.erase(at, path.string().size());
  }
  test_certificate held;
  public_key_hash key;
  std::string said;
};

TEST(ClientKey, IsThatOfTheFirstCertificateWhateverStandsBeforeIt) {
  const test_certificate one;
  const test_certificate other;
  const auto certificate = content_of(one.files().certificate);
  EXPECT_NE(one.key(), other.key());
  EXPECT_EQ(reading(certificate).key, one.key());
  EXPECT_EQ(reading(content_of(one.files().key) + certificate + content_of(other.files().certificate)).key, one.key());
  EXPECT_EQ(reading("subject=/CN=x\n" + certificate).key, one.key());
}

TEST(ClientKey, SaysWhyThereIsNone) {
  const std::string none = " holds no certificate in PEM form";
  const auto certificate = content_of(test_certificate().files().certificate);
  const auto begin = certificate.substr(0, certificate.find('\n') + 1);
  const auto end = certificate.substr(certificate.find("-----END"));
  const std::pair<const char*, std::string> rows[] = {
      {"empty", ""},
      {"text", "hello\n"},
      {"a key only", content_of(test_certificate().files().key)},
      {"cut", certificate.substr(0, certificate.size() / 2)},
      {"no base64", begin + "!!!!\n" + end},
      {"no ASN.1", begin + "AAAA\n" + end},
      {"encrypted", begin + "Proc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0011223344556677\n\nAAAAAAAAAAA=\n" + end},
      {"not within a megabyte", std::string(1 << 20, '\n') + certificate},
  };
  for (const auto& [name, content] : rows) EXPECT_EQ(reading(content).said, none) << name;
  const auto missing = read_certificate_key("/nowhere/at/all.pem");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().what, "/nowhere/at/all.pem: No such file or directory");
  const auto folder = read_certificate_key("/");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, fault_code::disk);
}

}  // namespace
}  // namespace stagecoach::runtime
