#include "actors/runtime/tls_context.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>

#include "tests/support/sockets.hpp"

namespace stagecoach::runtime {
namespace {

using testing::test_certificate;

TEST(SelfSigned, NamesItsHostsAndKeepsItsKeyPrivate) {
  const test_certificate made;
  struct stat key {};
  ASSERT_EQ(::stat(made.files().key.c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 07777U, 0600U);
  auto* file = std::fopen(made.files().certificate.c_str(), "r");
  ASSERT_NE(file, nullptr);
  auto* certificate = PEM_read_X509(file, nullptr, nullptr, nullptr);
  std::fclose(file);
  ASSERT_NE(certificate, nullptr);
  EXPECT_EQ(X509_check_host(certificate, "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_host(certificate, "other.example", 0, 0, nullptr), 0);
  X509_free(certificate);
}

TEST(SelfSigned, NeverOverwritesAFile) {
  const test_certificate made;
  auto again = write_self_signed({{"localhost"}, unix_ms{0}, 1}, made.files());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, fault_code::disk);
  EXPECT_NE(again.error().what.find(made.files().key.string()), std::string::npos);
}

TEST(TlsContext, SaysWhichFileIsWrong) {
  const test_certificate made;
  const test_certificate other;
  auto missing = tls_context::load({made.files().certificate.string() + ".none", made.files().key}, {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().what.find("cert.pem.none"), std::string::npos);
  auto mixed = tls_context::load({made.files().certificate, other.files().key}, {});
  ASSERT_FALSE(mixed);
  EXPECT_NE(mixed.error().what.find(other.files().key.string()), std::string::npos);
}

}  // namespace
}  // namespace stagecoach::runtime
