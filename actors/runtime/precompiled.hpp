// The one precompiled header, for everything in actors/ and nothing else: CAF's core, Asio and the standard library's
// usual parts cost three seconds a file without it. Nobody includes this; each file names what it uses.
#pragma once

#include <algorithm>
#include <asio.hpp>
#include <atomic>
#include <caf/all.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
