#include "protocols/auth/sasl.hpp"

#include <algorithm>

#include "protocols/base/check.hpp"
#include "protocols/base/reader.hpp"

namespace stagecoach::sasl {

namespace {

using side = std::variant<plain_exchange, login_exchange, scram_exchange>;

side begin_plain(const conditions&) { return plain_exchange(); }
side begin_login(const conditions&) { return login_exchange(); }
template <scram_hash Hash, bool IsPlus>
side begin_scram(const conditions& now) {
  return scram_exchange({Hash, IsPlus, now.is_tls});
}

struct mechanism {
  std::string_view name;
  bool binds_channel;  // there must be one, that is TLS
  side (*begin)(const conditions&);
};

// Those that show no password first; of them those that somebody in between cannot pass on.
constexpr mechanism table[] = {
    {"SCRAM-SHA-256-PLUS", true, begin_scram<scram_hash::sha_256, true>},
    {"SCRAM-SHA-256", false, begin_scram<scram_hash::sha_256, false>},
    {"SCRAM-SHA-1-PLUS", true, begin_scram<scram_hash::sha_1, true>},
    {"SCRAM-SHA-1", false, begin_scram<scram_hash::sha_1, false>},
    {"PLAIN", false, begin_plain},
    {"LOGIN", false, begin_login},
};

bool is_offered(const mechanism& one, const conditions& now) {
  return now.is_tls || (!now.needs_tls && !one.binds_channel);
}

const mechanism* find(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(table), std::end(table), [&](const auto& one) { return equal_nocase(one.name, name); });
  return found == std::end(table) ? nullptr : found;
}

side begin(std::string_view name, const conditions& now) {
  const auto* const one = find(name);
  CHECK(one != nullptr && is_offered(*one, now));
  return one->begin(now);
}

}  // namespace

std::vector<std::string_view> offered(const conditions& now) {
  std::vector<std::string_view> names;
  for (const auto& one : table)
    if (is_offered(one, now)) names.push_back(one.name);
  return names;
}

availability availability_of(std::string_view mechanism, const conditions& now) {
  const auto* const one = find(mechanism);
  if (one == nullptr) return availability::unknown;
  return is_offered(*one, now) ? availability::offered : availability::needs_tls;
}

exchange::exchange(std::string_view mechanism, const conditions& now) : side_(begin(mechanism, now)) {}

step exchange::start(const std::optional<std::string>& initial) {
  if (initial) return received(*initial);
  return challenge{std::string(std::visit([](const auto& one) { return one.first_challenge; }, side_))};
}

step exchange::received(std::string_view message) {
  return std::visit([&](auto& one) { return one.received(message); }, side_);
}

step exchange::answered(verdict what) {
  if (what == verdict::try_later) return gave_up();
  auto name = std::visit([](const auto& one) { return one.name(); }, side_);
  if (what == verdict::wrong) return failed{reason::wrong, std::move(name)};
  return succeeded{std::move(name)};
}

step exchange::answered(key_facts facts) {
  auto* const one = std::get_if<scram_exchange>(&side_);
  CHECK(one != nullptr);
  return one->answered(std::move(facts));
}

step exchange::gave_up() const {
  return failed{reason::try_later, std::visit([](const auto& one) { return one.name(); }, side_)};
}

}  // namespace stagecoach::sasl
