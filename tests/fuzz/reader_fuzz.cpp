// A random parser over random bytes: the reader never leaves its input, moves only forwards, and yields nothing after
// its first failure. Numbers that it reads are written back as they were.
#include <algorithm>
#include <cstdint>

#include "protocols/base/check.hpp"
#include "protocols/base/reader.hpp"

namespace {

using stagecoach::reader;

void check_varint(reader& in) {
  const auto before = in.rest();
  const auto value = in.varint("varint");
  if (!in.ok()) return;
  std::string written;
  stagecoach::put_varint(written, value);
  reader again(written);
  CHECK(again.varint("again") == value && again.at_end());
  CHECK(written.size() <= before.size() - in.rest().size());  // ours is the shortest form
}

void check_number(reader& in, std::uint64_t max) {
  const auto value = in.number(max, "number");
  CHECK(value <= max);
}

// One step of the parser; deeper parts end where `in` ends.
void step(reader& in, std::uint8_t what, std::uint8_t argument) {
  switch (what % 12) {
    case 0:
      return check_varint(in);
    case 1:
      return check_number(in, std::uint64_t{argument} << (argument % 57));
    case 2:
      return (void)in.take(argument, "take");
    case 3:
      return (void)in.fixed32("fixed32");
    case 4:
      return (void)in.fixed64("fixed64");
    case 5:
      return (void)in.byte("byte");
    case 6:
      return (void)in.skip(static_cast<char>(argument));
    case 7:
      return (void)in.skip_nocase("fetch");
    case 8:
      return (void)in.expect(static_cast<char>(argument), "expect");
    case 9:
      return (void)in.take_while([&](char c) { return static_cast<std::uint8_t>(c) > argument; });
    case 10: {
      reader part = in.part(argument, "part");
      check_varint(part);
      check_varint(part);
      CHECK(!in.ok() || part.offset() <= in.offset());
      return in.join(part);
    }
    default:
      return check_number(in, ~std::uint64_t{0});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t steps = std::min<std::size_t>(data[0], (size - 1) / 2);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1 + 2 * steps, size - 1 - 2 * steps);
  reader in(bytes);
  for (std::size_t i = 0; i < steps; ++i) {
    const auto before = in.offset();
    const auto was_ok = in.ok();
    const auto error = in.error();
    step(in, data[1 + 2 * i], data[2 + 2 * i]);
    CHECK(in.offset() >= before && in.offset() <= bytes.size());
    CHECK(!in.ok() || in.rest() == bytes.substr(in.offset()));
    CHECK(was_ok || (in.error() == error && in.offset() == before && in.rest().empty()));
    CHECK(in.ok() || in.error().offset <= bytes.size());
  }
  return 0;
}
