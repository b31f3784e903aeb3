// Serves two pages of octets that do not compress, /1k and /1m, over HTTP and HTTPS on free ports of the loopback, as
// the program does with its own pages, without a log. Takes the files of a certificate and its key, says both ports,
// and ends with its input. http_bench.py runs it beside nginx.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "actors/edge/admission.hpp"
#include "actors/edge/http_connection.hpp"
#include "actors/runtime/stage.hpp"
#include "actors/runtime/world_real.hpp"

using namespace stagecoach;

namespace {

http::page page_of(const char* path, std::size_t size) {
  std::string octets(size, '\0');
  std::ifstream("/dev/urandom", std::ios::binary).read(octets.data(), static_cast<std::streamsize>(size));
  return {path, "application/octet-stream", std::move(octets)};
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;

  runtime::real_world outside;
  runtime::stage_options options;
  options.least_logged = runtime::log_level::error;
  runtime::stage on(options, outside.view());
  config::limit_table limits;
  limits.connections = 10'000;
  limits.connections_per_address = 10'000;
  limits.connections_per_address_minute = 1'000'000;
  edge::admission door(limits);
  const auto pages = std::make_shared<const http::fixed_site>(
      std::vector<http::page>{page_of("/1k", 1024), page_of("/1m", 1024 * 1024)});
  const auto secure = runtime::tls_context::load({words[1], words[2]}, {"h2", "http/1.1"});
  if (!secure) return 1;
  for (const auto& tls : {std::optional<runtime::tls_context>(), std::optional(*secure)}) {
    auto port = edge::bound_port::bind("127.0.0.1", 0);
    if (!port) return 1;
    std::printf("%u\n", port->port());
    const edge::start_connection start = [&on, pages, tls](runtime::io_unit& unit,
                                                           runtime::connected_socket from) -> edge::connection_handle {
      return on.spawn_pinned<edge::http_connection>(unit, std::move(from),
                                                    edge::http_options{tls, pages, std::chrono::seconds(30)});
    };
    on.spawn_pinned<edge::listener>(on.units().next(), std::move(*port), edge::listener_options{"http", "", ""}, door,
                                    start);
  }
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  on.stop();
  return 0;
}
