// A zip archive while it is made: members that are compressed piece by piece, sizes and checksums behind them, so
// nothing of it is kept but a window and its list of members (APPNOTE 4.3.9, 4.4.4). libarchive writes it. Called by
// the stream of a message's attachments.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct archive;

namespace stagecoach::zip {

// Whether a member, or all of them, may have 4 GiB and more (APPNOTE 4.3.14). Some programs cannot open what says so
// and does not need it.
enum class extent : std::uint8_t { small, large };

class writer {
 public:
  // `seconds`: when its members were made, since 1970 UTC.
  writer(extent size, std::int64_t seconds);
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  ~writer();

  // Each puts into `out` what is there to be sent.
  void begin(std::string& out, std::string_view name);  // of a member, UTF-8; the one before has ended
  void add(std::string& out, std::string_view octets);  // of the member that was begun last
  void finish(std::string& out);                        // nothing comes behind it

 private:
  struct closed {
    void operator()(archive* one) const;
  };
  std::unique_ptr<archive, closed> archive_;
  std::string* out_ = nullptr;  // while one of these is called
  std::int64_t seconds_;
};

}  // namespace stagecoach::zip
