// The actor wire form of every described struct: its numbered record (protocols/base/record.hpp) as one string, so that
// two versions of a struct on two nodes read each other, and std::optional, std::variant and strong ids work in
// messages although CAF knows none of them. CAF finds `inspect` by argument-dependent lookup.
#pragma once

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <string>
#include <type_traits>

#include "actors/runtime/errors.hpp"
#include "protocols/base/record.hpp"

namespace stagecoach {

template <class Inspector, described_struct T>
typename Inspector::result_type inspect(Inspector& with, T& value) {
  if constexpr (Inspector::reads_state) {
    std::string body = write_record(value);
    return with(body);
  } else {
    std::string body;
    return with(body, caf::meta::load_callback([&]() -> caf::error {
                  auto read = read_record<T>(body);
                  if (!read) return runtime::to_error(read.error());
                  value = std::move(*read);
                  return caf::none;
                }));
  }
}

// Found by argument-dependent lookup: a namespace whose structs are sent needs this line.
namespace messages {
using stagecoach::inspect;
}
namespace runtime {
using stagecoach::inspect;
}

}  // namespace stagecoach
