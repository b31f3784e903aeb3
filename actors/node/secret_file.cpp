#include "actors/node/secret_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace stagecoach::node {

namespace {

class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

result<std::string, failure> read_or_make_secret(const std::filesystem::path& file, runtime::random_source& random) {
  const auto wrong = [&](const char* what) {
    return failure{fault_code::disk, file.string() + ": " + what + ": " + std::strerror(errno)};
  };
  std::string secret(secret_bytes, '\0');
  const descriptor there(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (there.number() >= 0) {
    if (::read(there.number(), secret.data(), secret.size()) == static_cast<ssize_t>(secret.size())) return secret;
    return failure{fault_code::corrupt, file.string() + " is no secret of 32 octets; remove it, and a new one is made"};
  }
  if (errno != ENOENT) return wrong("cannot read");
  random.fill({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
  const auto new_file = file.string() + ".new";  // so that a start which is cut short leaves none or a whole one
  const descriptor made(::open(new_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (made.number() < 0) return wrong("cannot create");
  const auto put = ::write(made.number(), secret.data(), secret.size());
  if (put != static_cast<ssize_t>(secret.size()) || ::fsync(made.number()) != 0) return wrong("cannot write");
  if (::rename(new_file.c_str(), file.c_str()) != 0) return wrong("cannot create");
  return secret;
}

}  // namespace stagecoach::node
