#include "store/keys.hpp"

#include <algorithm>
#include <array>

namespace stagecoach::store {

namespace {

template <class Rep>
void put_big_endian(std::string& out, Rep value) {
  for (int shift = static_cast<int>(sizeof(Rep)) * 8 - 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift));
}

template <class Rep>
Rep take_big_endian(std::string_view& in) {
  Rep value = 0;
  for (std::size_t i = 0; i < sizeof(Rep); ++i)
    value = static_cast<Rep>((value << 8) | static_cast<unsigned char>(in[i]));
  in.remove_prefix(sizeof(Rep));
  return value;
}

using hash_octets = std::array<std::uint8_t, 32>;

std::string with_octets(char kind, const hash_octets& octets) {
  std::string key(1, kind);
  key.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  return key;
}

std::optional<hash_octets> octets_behind(char kind, std::string_view key) {
  hash_octets octets{};
  if (key.size() != 1 + octets.size() || key[0] != kind) return std::nullopt;
  std::transform(key.begin() + 1, key.end(), octets.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return octets;
}

std::string under_account(account_id account, row_kind k) {
  std::string key = account_prefix(account);
  key.push_back(static_cast<char>(k));
  return key;
}

std::string under_mailbox(account_id account, row_kind k, mailbox_id mailbox) {
  std::string key = under_account(account, k);
  put_big_endian(key, mailbox.value);
  return key;
}

}  // namespace

std::string account_prefix(account_id account) {
  std::string key = "a";
  key.push_back(static_cast<char>(shard_of(account).value));
  put_big_endian(key, account.value);
  return key;
}

std::string account_key(account_id account) { return under_account(account, row_kind::account); }
std::string mailboxes_prefix(account_id account) { return under_account(account, row_kind::mailbox); }
std::string mailbox_key(account_id account, mailbox_id mailbox) {
  return under_mailbox(account, row_kind::mailbox, mailbox);
}
std::string messages_prefix(account_id account, mailbox_id mailbox) {
  return under_mailbox(account, row_kind::message, mailbox);
}
std::string tombstones_prefix(account_id account, mailbox_id mailbox) {
  return under_mailbox(account, row_kind::tombstone, mailbox);
}
std::string contents_prefix(account_id account, mailbox_id mailbox) {
  return under_mailbox(account, row_kind::content, mailbox);
}
std::string message_key(account_id account, mailbox_id mailbox, uid message) {
  std::string key = messages_prefix(account, mailbox);
  put_big_endian(key, message.value);
  return key;
}
std::string tombstone_key(account_id account, mailbox_id mailbox, uid message) {
  std::string key = tombstones_prefix(account, mailbox);
  put_big_endian(key, message.value);
  return key;
}
std::string content_key(account_id account, mailbox_id mailbox, uid message) {
  std::string key = contents_prefix(account, mailbox);
  put_big_endian(key, message.value);
  return key;
}
std::string removed_prefix(account_id account) { return under_account(account, row_kind::removed); }
std::string removed_key(account_id account, mailbox_id mailbox, uid message) {
  std::string key = under_mailbox(account, row_kind::removed, mailbox);
  put_big_endian(key, message.value);
  return key;
}
std::string subscriptions_prefix(account_id account) { return under_account(account, row_kind::subscription); }
std::string subscription_key(account_id account, std::string_view name) {
  return subscriptions_prefix(account) += name;
}
std::string threads_prefix(account_id account, std::uint64_t hash) {
  std::string key = under_account(account, row_kind::thread);
  put_big_endian(key, hash);
  return key;
}
std::string threads_prefix(account_id account, std::uint64_t hash, mailbox_id mailbox) {
  std::string key = threads_prefix(account, hash);
  put_big_endian(key, mailbox.value);
  return key;
}
// splitmix64's finaliser, as of the shards.
std::uint64_t thread_hash(message_id thread) {
  std::uint64_t x = thread.value;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::string thread_key(account_id account, std::uint64_t hash, mailbox_id mailbox, uid message) {
  std::string key = threads_prefix(account, hash, mailbox);
  put_big_endian(key, message.value);
  return key;
}
std::string blob_key(const blob_hash& hash) { return with_octets('b', hash.bytes); }
std::string public_key_key(const public_key_hash& hash) { return with_octets('k', hash.sha_256); }
std::string session_key(const session_hash& session) { return with_octets('w', session.sha_256); }
std::string login_key(std::string_view name) { return "l" + std::string(name); }
std::string format_key() { return "f"; }
std::string sequence_key() { return "n"; }
std::string segment_key(std::uint32_t number) {
  std::string key = "s";
  put_big_endian(key, number);
  return key;
}
std::string all_accounts_prefix() { return "a"; }
std::string blobs_prefix() { return "b"; }
std::string logins_prefix() { return "l"; }
std::string set_aside_key(set_aside what, std::string_view key) { return set_aside_prefix(what).append(key); }
std::string set_aside_prefix(set_aside what) { return {'q', static_cast<char>(what)}; }
std::string public_keys_prefix() { return "k"; }
std::string segments_prefix() { return "s"; }
std::string sessions_prefix() { return "w"; }

std::optional<account_key_parts> parse_account_key(std::string_view key) {
  if (key.size() < 11 || key[0] != 'a') return std::nullopt;
  account_key_parts parts;
  key.remove_prefix(1);
  const auto shard = take_big_endian<std::uint8_t>(key);
  parts.account.value = take_big_endian<std::uint64_t>(key);
  const auto kind = take_big_endian<std::uint8_t>(key);
  if (shard != shard_of(parts.account).value) return std::nullopt;
  if (kind < static_cast<std::uint8_t>(row_kind::account) || kind > static_cast<std::uint8_t>(row_kind::thread))
    return std::nullopt;
  parts.kind = static_cast<row_kind>(kind);
  if (parts.kind == row_kind::subscription) {
    parts.name = key;
    return key.empty() ? std::nullopt : std::optional(std::move(parts));
  }
  const bool is_thread = parts.kind == row_kind::thread;
  const std::size_t rest = parts.kind == row_kind::account ? 0 : parts.kind == row_kind::mailbox ? 4 : 8;
  if (key.size() != rest + (is_thread ? sizeof parts.hash : 0)) return std::nullopt;
  if (is_thread) parts.hash = take_big_endian<std::uint64_t>(key);
  if (rest >= 4) parts.mailbox.value = take_big_endian<std::uint32_t>(key);
  if (rest == 8) parts.message.value = take_big_endian<std::uint32_t>(key);
  return parts;
}

std::optional<blob_hash> parse_blob_key(std::string_view key) {
  const auto octets = octets_behind('b', key);
  return octets ? std::optional(blob_hash{*octets}) : std::nullopt;
}

std::optional<public_key_hash> parse_public_key_key(std::string_view key) {
  const auto octets = octets_behind('k', key);
  return octets ? std::optional(public_key_hash{*octets}) : std::nullopt;
}

std::optional<session_hash> parse_session_key(std::string_view key) {
  const auto octets = octets_behind('w', key);
  return octets ? std::optional(session_hash{*octets}) : std::nullopt;
}

std::optional<std::string> parse_login_key(std::string_view key) {
  if (key.size() < 2 || key[0] != 'l') return std::nullopt;
  return std::string(key.substr(1));
}

std::optional<std::uint32_t> parse_segment_key(std::string_view key) {
  if (key.size() != 5 || key[0] != 's') return std::nullopt;
  key.remove_prefix(1);
  return take_big_endian<std::uint32_t>(key);
}

}  // namespace stagecoach::store
