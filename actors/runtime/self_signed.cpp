#include "actors/runtime/self_signed.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include "protocols/base/check.hpp"

namespace stagecoach::runtime {

namespace {

template <class T, void (*Free)(T*)>
struct freed_by {
  void operator()(T* one) const { Free(one); }
};
using pkey_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY, EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509, X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO, BIO_free_all>>;

bool is_address(const std::string& name) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  CHECK(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

x509_ptr make_certificate(const self_signed& what, EVP_PKEY* key) {
  x509_ptr certificate(X509_new());
  CHECK(certificate != nullptr);
  X509* x = certificate.get();
  X509_set_version(x, X509_VERSION_3);
  std::array<unsigned char, 16> serial{};
  CHECK(RAND_bytes(serial.data(), static_cast<int>(serial.size())) == 1);
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);  // RFC 5280 4.1.2.2: positive, of one length
  auto* number = BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
  BN_free(number);
  const auto from = static_cast<time_t>(what.from.value / 1000);
  ASN1_TIME_set(X509_getm_notBefore(x), from - 3600);  // a client's clock may be behind
  ASN1_TIME_set(X509_getm_notAfter(x), from + static_cast<time_t>(what.days) * 86400);
  X509_set_pubkey(x, key);
  auto* name = X509_get_subject_name(x);
  const auto subject = what.names.front().substr(0, 64);  // RFC 5280: ub-common-name
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(subject.data()),
                             static_cast<int>(subject.size()), -1, 0);
  X509_set_issuer_name(x, name);
  std::string alternatives;
  for (const auto& one : what.names)
    alternatives += (alternatives.empty() ? "" : ",") + std::string(is_address(one) ? "IP:" : "DNS:") + one;
  add_extension(x, NID_subject_alt_name, alternatives);
  add_extension(x, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(x, NID_key_usage, "critical,digitalSignature");
  add_extension(x, NID_ext_key_usage, "serverAuth");
  CHECK(X509_sign(x, key, EVP_sha256()) > 0);
  return certificate;
}

result<done, failure> write_file(const std::filesystem::path& path, mode_t mode, std::string_view content) {
  const auto wrong = [&](const char* what) {
    return failure{fault_code::disk, path.string() + ": " + what + ": " + std::strerror(errno)};
  };
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0) return wrong("cannot create");
  while (!content.empty()) {
    const auto put = ::write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      auto why = wrong("cannot write");
      ::close(fd);
      ::unlink(path.c_str());
      return why;
    }
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  const bool synced = ::fsync(fd) == 0;
  if (::close(fd) != 0 || !synced) return wrong("cannot write");
  return done{};
}

std::string content_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

result<done, failure> write_self_signed(const self_signed& what, const tls_context::files& to) {
  CHECK(!what.names.empty());
  for (const auto& name : what.names)
    if (name.empty() || name.find_first_of(",:\n") != std::string::npos) {
      if (!is_address(name)) return failure{fault_code::syntax, "not a host name for a certificate: " + name};
    }
  const pkey_ptr key(EVP_EC_gen("P-256"));
  CHECK(key != nullptr);
  const auto certificate = make_certificate(what, key.get());

  const bio_ptr key_text(BIO_new(BIO_s_mem()));
  const bio_ptr certificate_text(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  CHECK(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
  if (auto written = write_file(to.key, 0600, content_of(key_text.get())); !written) return written.error();
  return write_file(to.certificate, 0644, content_of(certificate_text.get()));
}

}  // namespace stagecoach::runtime
