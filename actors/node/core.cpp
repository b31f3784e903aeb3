#include "actors/node/core.hpp"

#include <algorithm>
#include <caf/scoped_actor.hpp>
#include <filesystem>

#include "actors/node/secret_file.hpp"
#include "actors/services/blob_reader.hpp"
#include "actors/services/directory.hpp"
#include "actors/services/password_hasher.hpp"
#include "actors/services/store_writer.hpp"
#include "protocols/base/record.hpp"
#include "store/keys.hpp"

namespace stagecoach::node {

using namespace std::chrono_literals;

namespace {
constexpr int readers = 2;
constexpr int hashers = 2;
constexpr auto account_deadline = 60s;
constexpr std::uint64_t arriving_share = 8;  // of the process's memory, for bodies that arrive
}  // namespace

result<std::unique_ptr<core>, failure> core::start(core_options options, const runtime::world& outside) {
  std::error_code error;
  const auto parent = std::filesystem::absolute(options.directory, error).parent_path();
  std::filesystem::create_directories(parent, error);
  if (error) return failure{fault_code::disk, "cannot make " + parent.string() + ": " + error.message()};
  auto disk = store::make_system_files();
  store::store_options where;
  where.directory = options.directory;
  where.rows.open_files_max = options.index_files;
  if (const auto bound = outside.memory.bound(); bound != 0)
    where.arriving.memory_total = std::min<std::uint64_t>(where.arriving.memory_total, bound / arriving_share);
  where.arriving.files_max = options.large_bodies;
  auto opened = store::store::open(*disk, std::move(where));
  if (!opened) return opened.error();
  std::unique_ptr<core> made(new core(std::move(options), std::move(disk), std::move(*opened)));
  if (const auto started = made->start_services(outside); !started) return started.error();
  return made;
}

core::core(core_options options, std::unique_ptr<store::files> disk, std::unique_ptr<store::store> opened)
    : options_(std::move(options)), disk_(std::move(disk)), store_(std::move(opened)) {}

core::~core() { stop(); }

void core::stop() {
  services_ = {};
  inspector_ = console::inspector_handle();
  if (stage_) stage_->stop();
}

result<services::login_book, failure> core::read_logins(const runtime::world& outside) {
  services::login_secrets secrets;
  secrets.cache.resize(secret_bytes);
  outside.random.fill({reinterpret_cast<std::uint8_t*>(secrets.cache.data()), secrets.cache.size()});
  auto names = read_or_make_secret(std::filesystem::path(options_.directory) / "sign-in-secret", outside.random);
  if (!names) return names.error();
  secrets.names = std::move(*names);
  services::login_book book(std::move(secrets));
  std::optional<failure> broken;
  const auto scanned = store_->rows().view().scan(store::logins_prefix(), [&](auto key, auto value) {
    const auto name = store::parse_login_key(key);
    const auto row = read_record<store::login_row>(value);
    if (name && row)
      book.put(*name, *row);
    else
      broken = failure{fault_code::corrupt, "a login row of " + options_.directory + " cannot be read"};
    return !broken;
  });
  if (!scanned) return scanned.error();
  const auto keys = store_->rows().view().scan(store::public_keys_prefix(), [&](auto key, auto value) {
    const auto hash = store::parse_public_key_key(key);
    const auto row = read_record<store::public_key_row>(value);
    if (hash && row)
      book.put_key(*hash, *row);
    else
      broken = failure{fault_code::corrupt, "the row of a TLS public key of " + options_.directory +
                                                " cannot be read; stagecoach verify --repair sets it aside"};
    return !broken;
  });
  if (!keys) return keys.error();
  if (broken) return *broken;
  return book;
}

result<done, failure> core::start_services(const runtime::world& outside) {
  auto book = read_logins(outside);
  if (!book) return book.error();
  stage_ = std::make_unique<runtime::stage>(options_.stage, outside);
  for (const auto& note : store_->notes())
    stage_->log(runtime::log_line(runtime::log_level::warning, "recovered").with("what", note));
  const auto writer = stage_->spawn_detached<services::store_writer>(std::ref<store::commit_log>(store_->log()));
  for (int i = 0; i < readers; ++i)
    services_.readers.all.push_back(stage_->spawn_detached<services::blob_reader>(std::ref(*store_)));
  std::vector<services::password_hasher_handle> hasher_pool;
  hasher_pool.reserve(hashers);
  for (int i = 0; i < hashers; ++i) hasher_pool.push_back(stage_->spawn_detached<services::password_hasher>());
  services_.host_name = options_.host_name;
  services_.staging = &store_->arriving();
  services_.has_public_keys = &has_public_keys_;
  services_.accounts = stage_->spawn<mail::accounts>(services_.readers, writer, options_.accounts);
  services_.directory =
      stage_->spawn<services::directory>(std::move(*book), options_.catch_all, options_.limits, std::move(hasher_pool),
                                         services_.readers, writer, std::ref(has_public_keys_));
  inspector_ = stage_->spawn<console::inspector>();
  return done{};
}

template <class Answer, class Question, class Then>
result<done, failure> core::ask_directory(Question what, Then then) {
  caf::scoped_actor self{stage_->system()};
  result<done, failure> outcome = done{};
  self->request(services_.directory, account_deadline, std::move(what))
      .receive([&](const Answer& answer) { then(answer); },
               [&](const caf::error& why) { outcome = runtime::to_failure(why); });
  return outcome;
}

result<bool, failure> core::ensure_account(const std::string& name, const std::string& password) {
  const auto made = ask_directory<messages::account_added>(messages::add_account{name, password});
  if (made) return true;
  if (made.error().code != fault_code::duplicate) return made.error();
  const auto known = ask_directory<messages::signed_in>(messages::sign_in{{}, name, password, {}});
  if (!known && known.error().code != fault_code::not_found) return known.error();
  return static_cast<bool>(known);
}

result<done, failure> core::give_account(const std::string& name, const std::string& password) {
  const auto has_it = ensure_account(name, password);
  if (!has_it) return has_it.error();
  if (*has_it) return done{};  // set once more it would end the account's sessions
  return ask_directory<messages::password_set>(messages::set_password{name, password});
}

result<account_id, failure> core::find_account(const std::string& name) {
  std::optional<account_id> found;
  const auto asked = ask_directory<messages::account_list>(messages::list_accounts{}, [&](const auto& list) {
    for (const auto& one : list.accounts)
      if (one.name == services::login_name(name)) found = one.account;
  });
  if (!asked) return asked.error();
  if (!found) return failure{fault_code::not_found, "there is no account " + name};
  return *found;
}

result<store::stored_sessions, failure> core::read_sessions() {
  const auto view = store_->rows().view();
  auto read = store::read_sessions([&](auto prefix, const auto& visit) { return view.scan(prefix, visit); });
  if (!read) return read;
  for (const auto& key : read->unreadable)
    stage_->log(runtime::log_line(runtime::log_level::warning, "unreadable_session").with("key", to_hex(key)));
  return read;
}

}  // namespace stagecoach::node
