#include "protocols/auth/sasl.hpp"

#include <algorithm>
#include <iterator>

#include "protocols/base/check.hpp"
#include "protocols/base/reader.hpp"

namespace stagecoach::sasl {

namespace {

using side = std::variant<plain_exchange, login_exchange, scram_exchange, external_exchange>;

side begin_plain(const conditions&) { return plain_exchange(); }
side begin_login(const conditions&) { return login_exchange(); }
side begin_external(const conditions& now) { return external_exchange(*now.client_key); }
template <scram_hash Hash, bool IsPlus>
side begin_scram(const conditions& now) {
  return scram_exchange({Hash, IsPlus, now.is_tls});
}

enum class need : std::uint8_t { nothing, channel, client_key };  // the latter two come with TLS only

struct mechanism {
  std::string_view name;
  need needs;
  side (*begin)(const conditions&);
};

// Those that show no password first; of them those that somebody in between cannot pass on. EXTERNAL stands last: who
// takes the first one that it knows, with a certificate for something else, goes on as it did.
constexpr mechanism table[] = {
    {"SCRAM-SHA-256-PLUS", need::channel, begin_scram<scram_hash::sha_256, true>},
    {"SCRAM-SHA-256", need::nothing, begin_scram<scram_hash::sha_256, false>},
    {"SCRAM-SHA-1-PLUS", need::channel, begin_scram<scram_hash::sha_1, true>},
    {"SCRAM-SHA-1", need::nothing, begin_scram<scram_hash::sha_1, false>},
    {"PLAIN", need::nothing, begin_plain},
    {"LOGIN", need::nothing, begin_login},
    {"EXTERNAL", need::client_key, begin_external},
};

bool is_offered(const mechanism& one, const conditions& now) {
  switch (one.needs) {
    case need::nothing:
      return now.is_tls || !now.needs_tls;
    case need::channel:
      return now.is_tls;
    case need::client_key:
      return now.is_tls && now.client_key.has_value();
  }
  return false;
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
  names.reserve(std::size(table));
  for (const auto& one : table)
    if (is_offered(one, now)) names.push_back(one.name);
  return names;
}

availability availability_of(std::string_view mechanism, const conditions& now) {
  const auto* const one = find(mechanism);
  if (one == nullptr) return availability::unknown;
  if (is_offered(*one, now)) return availability::offered;
  return now.is_tls ? availability::needs_client_key : availability::needs_tls;
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
  const bool is_key = std::holds_alternative<external_exchange>(side_);
  if (what == verdict::wrong) return failed{is_key ? reason::no_owner : reason::wrong, std::move(name)};
  return succeeded{std::move(name)};
}

step exchange::answered(key_facts facts) {
  auto* const one = std::get_if<scram_exchange>(&side_);
  CHECK(one != nullptr);
  return one->answered(std::move(facts));
}

step exchange::answered(key_owner owner) {
  CHECK(std::holds_alternative<external_exchange>(side_));
  return succeeded{std::move(owner.name)};
}

step exchange::gave_up() const {
  return failed{reason::try_later, std::visit([](const auto& one) { return one.name(); }, side_)};
}

}  // namespace stagecoach::sasl
