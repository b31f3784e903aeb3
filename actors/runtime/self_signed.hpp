// A certificate that nobody vouches for, for localserve and for the first start of a server: ECDSA P-256, valid for the
// given names, its key readable by its owner alone.
#pragma once

#include <string>
#include <vector>

#include "actors/runtime/tls_context.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::runtime {

struct self_signed {
  std::vector<std::string> names;  // DNS names or IP addresses; the first is the subject
  unix_ms from;
  int days = 825;
};

// Neither file may exist.
[[nodiscard]] result<done, failure> write_self_signed(const self_signed& what, const tls_context::files& to);

}  // namespace stagecoach::runtime
