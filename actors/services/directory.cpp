#include "actors/services/directory.hpp"

#include "actors/runtime/stage.hpp"
#include "actors/services/password.hpp"
#include "store/account/create.hpp"
#include "store/keys.hpp"

namespace stagecoach::services {

using namespace std::chrono_literals;

namespace {

constexpr auto hashing_deadline = 30s;
constexpr auto commit_deadline = 60s;
constexpr std::size_t login_bytes_max = 254;  // RFC 5321 4.5.3.1.3, without the brackets

const failure too_many_failed{fault_code::busy, "too many failed sign-ins; try again later"};
const failure too_many_at_once{fault_code::busy, "too many sign-ins at once; try again"};

bool is_login_name(std::string_view name) {
  const auto at = name.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == name.size() || name.size() > login_bytes_max) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c != '\x7f'; });
}

}  // namespace

directory::directory(caf::actor_config& cfg, runtime::stage& on, login_book book, const std::string& catch_all,
                     const config::limit_table& limits, std::vector<password_hasher_handle> hashers,
                     blob_readers readers, store_writer_handle writer, std::atomic<bool>& has_public_keys)
    : watched(cfg, on, "directory", ""),
      book_(std::move(book)),
      failed_(limits),
      catch_all_(login_name(catch_all)),
      hashers_(std::move(hashers)),
      readers_(std::move(readers)),
      writer_(std::move(writer)),
      has_public_keys_(has_public_keys) {
  note_keys();
  if (const auto* row = book_.find(catch_all_)) book_.set_catch_all(row->account);
}

void directory::on_exit() {
  hashers_.clear();
  checking_.clear();
  delayed_.clear();
  password_watchers_.clear();
  readers_ = {};
  writer_ = store_writer_handle();
}

directory::behavior_type directory::make_behavior() {
  return {
      [this](const messages::lookup_recipient& m) { return find_recipient(m); },
      [this](const messages::sign_in& m) { return sign_in(m); },
      [this](const messages::add_account& m) { return add(m); },
      [this](const messages::set_password& m) { return change_password(m); },
      [this](const messages::list_accounts&) { return messages::account_list{book_.list()}; },
      [this](const messages::lookup_keys& m) { return find_keys(m); },
      [this](const messages::check_sender& m) {
        return messages::sender_checked{book_.is_address_of(m.account, m.sender)};
      },
      [this](const messages::sign_in_ended& m) {
        failed_.ended(target_named(m.name), m.remote_ip, m.is_good, on().clock().steady());
      },
      [this](const messages::watch_passwords&) {
        password_watchers_.push_back(sender_speaking<messages::password_watcher_talk>());
        monitor(password_watchers_.back());
      },
      [this](const messages::sign_in_by_key& m) { return sign_in_by_key(m); },
      [this](const messages::add_public_key& m) { return add_key(m); },
      [this](const messages::remove_public_key& m) { return remove_key(m); },
      [this](const messages::list_public_keys& m) { return list_keys(m); },
      [this](const messages::keep_session& m) { return keep(m); },
      [this](const messages::end_sessions& m) { return end(m); },
  };
}

runtime::reply<messages::recipient_found> directory::find_recipient(const messages::lookup_recipient& m) {
  const auto found = book_.recipient(m.recipient);
  if (!found) return runtime::to_error(failure{fault_code::not_found, "no such user here"});
  const auto now = on().clock().steady();
  if (!m.greylisted.empty() && !greylist_.may_pass(m.greylisted + ' ' + address_text(m.recipient), now))
    return runtime::to_error(failure{fault_code::busy, "greylisted"});
  return messages::recipient_found{*found};
}

// All names of an account are one to who guesses; a name of none is one of its own, and waits like them.
login_target directory::target_named(const std::string& name) const {
  if (const auto* row = book_.find(name)) return {std::to_string(row->account.value), true};
  return {login_name(name.substr(0, login_bytes_max)), false};
}

template <class Answer>
runtime::reply<Answer> directory::in_time(const std::string& name, const std::string& remote_ip,
                                          const std::function<void(runtime::promise<Answer>)>& look) {
  const auto wait = failed_.wait_before(target_named(name), remote_ip, on().clock().steady());
  const auto note = [&](std::string_view what) {
    return runtime::log_line(runtime::log_level::warning, what).with("username", name).with("remote", remote_ip);
  };
  if (!wait) {
    log(note("too_many_failed_logins"));
    return runtime::to_error(too_many_failed);
  }
  auto answer = make_response_promise<Answer>();
  if (wait->count() == 0) {
    look(answer);
    return answer;
  }
  log(note("login_delayed").with("ms", wait->count()));
  const auto number = ++delayed_count_;
  delayed_[number] = remind(*wait, [this, number, answer, look] {
    delayed_.erase(number);
    look(answer);
  });
  return answer;
}

template runtime::reply<messages::signed_in> directory::in_time(
    const std::string&, const std::string&, const std::function<void(runtime::promise<messages::signed_in>)>&);

runtime::reply<messages::keys_found> directory::find_keys(const messages::lookup_keys& m) {
  return in_time<messages::keys_found>(
      m.name, m.remote_ip,
      [this, name = m.name](runtime::promise<messages::keys_found> answer) { answer.deliver(book_.keys(name)); });
}

runtime::reply<messages::signed_in> directory::sign_in(const messages::sign_in& m) {
  return in_time<messages::signed_in>(
      m.name, m.remote_ip, [this, m](runtime::promise<messages::signed_in> answer) { check(m, std::move(answer)); });
}

void directory::check(const messages::sign_in& m, runtime::promise<messages::signed_in> answer) {
  const auto* row = book_.find(m.name);
  if (row != nullptr && book_.was_right(m.name, m.password)) {
    answer.deliver(messages::signed_in{row->account, login_name(m.name)});
    return;
  }
  const auto check = book_.fingerprint(m.name, m.password);
  const auto same = checking_.find(check);
  if (same == checking_.end() && checking_.size() >= checks_waiting_max) {
    answer.deliver(runtime::to_error(too_many_at_once));
    return;
  }
  if (same != checking_.end()) {  // a client that opens ten connections costs one check
    same->second.push_back(std::move(answer));
    return;
  }
  checking_[check].push_back(std::move(answer));
  // A name that does not exist takes as long as a wrong password.
  const std::string hash = row != nullptr ? row->password_hash : hash_of_nobody();
  ask(next_hasher(), hashing_deadline, messages::verify_password{m.password, hash})
      .then(
          [this, check, name = m.name, password = m.password, hash](const messages::password_verified& v) {
            const auto* now = book_.find(name);
            const bool is_right = v.is_right && now != nullptr && now->password_hash == hash;
            if (is_right) book_.remember_right(name, password);
            for (auto& waiting : take_waiting(check)) {
              if (is_right)
                waiting.deliver(messages::signed_in{now->account, login_name(name)});
              else
                waiting.deliver(runtime::to_error(failure{fault_code::not_found, "wrong name or password"}));
            }
          },
          [this, check](caf::error& why) {
            for (auto& waiting : take_waiting(check)) waiting.deliver(why);
          });
}

std::vector<runtime::promise<messages::signed_in>> directory::take_waiting(const std::string& check) {
  auto waiting = std::move(checking_.at(check));
  checking_.erase(check);
  return waiting;
}

runtime::reply<messages::account_added> directory::add(const messages::add_account& m) {
  const std::string name = login_name(m.name);
  if (!is_login_name(name))
    return runtime::to_error(failure{fault_code::syntax, "\"" + m.name + "\" is not an address; no account was added"});
  if (book_.find(name) != nullptr || being_added_.count(name) != 0)
    return runtime::to_error(failure{fault_code::duplicate, "account " + name + " exists already"});
  const auto now = on().clock().wall();
  store::login_row row;
  row.account = on().random().new_account();
  row.created = now;
  store::new_account wanted;
  wanted.account = row.account;
  wanted.name = name;
  wanted.created = now;
  auto created = store::create_account(wanted);
  return commit_login<messages::account_added>(name, m.password, row, std::move(created.rows));
}

runtime::reply<messages::password_set> directory::change_password(const messages::set_password& m) {
  const auto* row = book_.find(m.name);
  if (row == nullptr)
    return runtime::to_error(failure{fault_code::not_found, "there is no account " + m.name + "; nothing was changed"});
  return commit_login<messages::password_set>(login_name(m.name), m.password, *row, {});
}

template <class Answer>
runtime::reply<Answer> directory::commit_login(const std::string& name, std::string password, store::login_row row,
                                               std::vector<messages::row_write> rows) {
  auto answer = make_response_promise<Answer>();
  being_added_.insert(name);
  const auto give_up = [this, answer, name](caf::error& why) mutable {
    being_added_.erase(name);
    answer.deliver(std::move(why));
  };
  ask(next_hasher(), hashing_deadline,
      messages::hash_password{std::move(password), random_octets(salt_bytes), random_octets(scram_salt_bytes)})
      .then(
          [this, answer, name, row, rows = std::move(rows), give_up](const messages::password_hashed& m) mutable {
            row.password_hash = m.hash;
            row.scram_sha_256 = m.sha_256;
            row.scram_sha_1 = m.sha_1;
            rows.push_back({store::login_key(name), write_record(row)});
            const auto put_in_book = [this, answer, name, row](const messages::committed&) mutable {
              being_added_.erase(name);
              put(name, row);
              for (const auto& one : password_watchers_) send(one, messages::password_changed{row.account});
              answer.deliver(Answer{row.account});
            };
            commit_rows(std::move(rows), put_in_book, give_up);
          },
          give_up);
  return answer;
}

// A commit names the generation of the store that it rests on; what it replaces was read in it.
void directory::commit_rows(std::vector<messages::row_write> rows,
                            std::function<void(const messages::committed&)> done_with_it,
                            std::function<void(caf::error&)> give_up) {
  messages::scan_rows question{{rows.back().key}};
  ask(readers_.of(0), commit_deadline, std::move(question))
      .then(
          [this, rows = std::move(rows), done_with_it, give_up](const messages::scanned_rows& now) mutable {
            messages::commit what;
            what.generation = now.generation;
            what.rows = std::move(rows);
            ask(writer_, commit_deadline, std::move(what)).then(done_with_it, give_up);
          },
          give_up);
}

void directory::put(const std::string& name, const store::login_row& row) {
  book_.put(name, row);
  if (name == catch_all_) book_.set_catch_all(row.account);
}

std::string directory::random_octets(std::size_t count) {
  std::string octets(count, '\0');
  on().random().fill({reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
  return octets;
}

const password_hasher_handle& directory::next_hasher() { return hashers_[turn_++ % hashers_.size()]; }

}  // namespace stagecoach::services
