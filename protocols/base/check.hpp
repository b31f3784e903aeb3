// CHECK: we are wrong. Always compiled in; input can never reach one. A failed CHECK throws, which ends the one actor
// whose handler it stands in. CHECK_STORE is for a broken invariant of the store: it ends the process, because going on
// would write more of what is wrong.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace stagecoach {

class check_failed : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] inline void fail_check(const char* file, int line, const char* condition) {
  throw check_failed(std::string(file) + ":" + std::to_string(line) + ": CHECK(" + condition + ") failed");
}

[[noreturn]] inline void fail_check_store(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "stagecoach: the store is not what it must be: %s:%d: CHECK_STORE(%s) failed\n", file, line,
               condition);
  std::abort();
}

}  // namespace stagecoach

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) ::stagecoach::fail_check(__FILE__, __LINE__, #condition); \
  } while (false)

#define CHECK_STORE(condition)                                                        \
  do {                                                                                \
    if (!(condition)) ::stagecoach::fail_check_store(__FILE__, __LINE__, #condition); \
  } while (false)
