// The peer's side for tests of connections: a real TCP connection over loopback, and a blocking client on it, plain or
// TLS. Reads give up after ten seconds.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/runtime/client_key.hpp"
#include "actors/runtime/self_signed.hpp"
#include "actors/runtime/stream.hpp"
#include "actors/runtime/tls_context.hpp"

namespace stagecoach::testing {

struct socket_pair {
  int client;
  runtime::connected_socket server;
};

inline socket_pair connect_loopback() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  CHECK(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  CHECK(::listen(listener, 1) == 0);
  CHECK(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  const int server = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  CHECK(server >= 0);
  ::close(listener);
  return {client, runtime::connected_socket(server)};
}

// A directory with a self-signed certificate for localhost; removed at the end.
class test_certificate {
 public:
  test_certificate() : test_certificate(unix_ms{1'700'000'000'000}, 3650) {}
  test_certificate(unix_ms from, int days) {
    std::string pattern = (std::filesystem::temp_directory_path() / "stagecoach-tls-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    auto written = runtime::write_self_signed({{"localhost", "127.0.0.1"}, from, days}, files());
    CHECK(written);
  }
  test_certificate(const test_certificate&) = delete;
  test_certificate& operator=(const test_certificate&) = delete;
  ~test_certificate() { std::filesystem::remove_all(directory_); }

  [[nodiscard]] runtime::tls_context::files files() const { return {directory_ / "cert.pem", directory_ / "key.pem"}; }
  [[nodiscard]] runtime::tls_context context() const { return context({}); }
  [[nodiscard]] runtime::tls_context context(std::vector<std::string> protocols) const {
    auto loaded = runtime::tls_context::load(files(), std::move(protocols));
    CHECK(loaded);
    return *loaded;
  }
  [[nodiscard]] public_key_hash key() const {
    const auto read = runtime::read_certificate_key(files().certificate);
    CHECK(read);
    return *read;
  }

 private:
  std::filesystem::path directory_;
};

class test_client {
 public:
  explicit test_client(int descriptor) : descriptor_(descriptor) {}
  test_client(const test_client&) = delete;
  test_client& operator=(const test_client&) = delete;
  ~test_client() { close(); }

  // By ALPN, in the handshake that follows.
  void offer(std::string_view protocol) { offered_ = static_cast<char>(protocol.size()) + std::string(protocol); }
  // False when the handshake fails.
  [[nodiscard]] bool start_tls() { return start_tls(nullptr); }
  // `shown`, which may be none, is what is shown to a server that asks for a certificate.
  [[nodiscard]] bool start_tls(const test_certificate* shown) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_cert_cb(
        context_.get(), [](SSL*, void* was_asked) { return static_cast<int>(*static_cast<bool*>(was_asked) = true); },
        &was_asked_for_certificate_);
    if (shown != nullptr) {
      CHECK(SSL_CTX_use_certificate_chain_file(context_.get(), shown->files().certificate.c_str()) == 1);
      CHECK(SSL_CTX_use_PrivateKey_file(context_.get(), shown->files().key.c_str(), SSL_FILETYPE_PEM) == 1);
    }
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), descriptor_);
    if (!offered_.empty())
      CHECK(SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(offered_.data()),
                                static_cast<unsigned>(offered_.size())) == 0);
    return SSL_connect(tls_.get()) == 1;
  }

  [[nodiscard]] bool was_asked_for_certificate() const { return was_asked_for_certificate_; }

  // What ties this connection, as the client sees it (RFC 9266; RFC 5929 4.1 of a certificate signed with SHA-256).
  [[nodiscard]] std::string exporter() const {
    std::string octets(32, '\0');
    const std::string_view label = "EXPORTER-Channel-Binding";
    CHECK(SSL_export_keying_material(tls_.get(), reinterpret_cast<unsigned char*>(octets.data()), octets.size(),
                                     label.data(), label.size(), nullptr, 0, 1) == 1);
    return octets;
  }
  [[nodiscard]] std::string end_point() const {
    std::string octets(32, '\0');
    const std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(tls_.get()), &X509_free);
    CHECK(X509_digest(certificate.get(), EVP_sha256(), reinterpret_cast<unsigned char*>(octets.data()), nullptr) == 1);
    return octets;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto put = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                            : static_cast<int>(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (put <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

  // What comes next; empty at the end, on a reset or after ten seconds.
  std::string receive() { return receive_some(64 * 1024); }
  // The same, at most so many bytes.
  std::string receive_some(std::size_t at_most) {
    if (!tls_ || SSL_pending(tls_.get()) == 0) {
      pollfd ready{descriptor_, POLLIN, 0};
      if (::poll(&ready, 1, 10'000) != 1) return {};
    }
    std::string bytes(at_most, '\0');
    const auto got = tls_ ? SSL_read(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : static_cast<int>(::recv(descriptor_, bytes.data(), bytes.size(), 0));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  // Exactly so many bytes, fewer at the end.
  std::string receive(std::size_t size) {
    std::string all;
    while (all.size() < size) {
      auto more = receive();
      if (more.empty()) break;
      all += more;
    }
    return all;
  }
  // Everything up to the peer's end.
  std::string receive_all() { return receive(static_cast<std::size_t>(-1)); }

  void finish_sending() { ::shutdown(descriptor_, SHUT_WR); }
  void reset() {  // RST instead of FIN
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  struct context_deleter {
    void operator()(SSL_CTX* one) const { SSL_CTX_free(one); }
  };
  std::unique_ptr<SSL_CTX, context_deleter> context_;
  runtime::ssl_ptr tls_;
  bool was_asked_for_certificate_ = false;
  std::string offered_;
  int descriptor_;
};

}  // namespace stagecoach::testing
