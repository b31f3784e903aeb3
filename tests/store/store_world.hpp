// A store in a directory of its own and what its users have been told: commits of messages as an account makes them,
// and at the end the question whether everything acknowledged is there.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/base/record.hpp"
#include "protocols/mime/part_scanner.hpp"
#include "store/body_digest.hpp"
#include "store/check/blob_check.hpp"
#include "store/keys.hpp"
#include "store/store.hpp"
#include "tests/store/scratch.hpp"

namespace stagecoach::store {

inline std::string made_of(std::size_t size, std::uint64_t seed) {
  std::string body(size, '\0');
  for (auto& octet : body)
    octet = static_cast<char>((seed = seed * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
  return body;
}

inline store_options options_for(const std::string& directory) {
  store_options options;
  options.directory = directory;
  options.reserve = {0, 0};
  return options;
}

inline std::unique_ptr<store> open_store(files& disk, const store_options& options) {
  auto opened = store::open(disk, options);
  EXPECT_TRUE(opened) << (opened ? "" : opened.error().what);
  return opened ? std::move(*opened) : nullptr;
}

inline mime::part_index parts_of(std::string_view body) {
  mime::part_scanner scanner;
  scanner.received(body);
  return scanner.finished();
}

// A body in the staging area, finished.
inline std::optional<messages::staged_body> stage(staging& area, std::string_view body) {
  const auto id = area.begin();
  if (!area.try_append(id, body) && !area.append_to_disk(id, body)) return std::nullopt;
  auto ended = area.finish(id);
  if (!ended) return std::nullopt;
  return *ended;
}

struct message_at {
  account_id account{7};
  mailbox_id mailbox{1};
  uid message;
};

inline std::string key_of(const message_at& at) { return message_key(at.account, at.mailbox, at.message); }

inline std::string content_key_of(const message_at& at) { return content_key(at.account, at.mailbox, at.message); }

inline messages::commit adding(const store& into, const message_at& at, const messages::staged_body& body) {
  message_row row;
  row.blob = body.hash;
  row.blob_bytes = body.size;
  row.header_bytes = body.header_bytes;
  messages::commit what;
  what.generation = const_cast<store&>(into).log().generation();
  what.rows.push_back({key_of(at), write_record(row)});
  what.rows.push_back({content_key_of(at), write_record(content_row{"", body.parts})});
  what.blobs.push_back({body.hash, 1, body.id, body.size});
  return what;
}

inline messages::commit removing(store& from, const message_at& at, const blob_hash& hash) {
  messages::commit what;
  what.generation = from.log().generation();
  what.rows.push_back({key_of(at), std::nullopt});
  what.rows.push_back({content_key_of(at), std::nullopt});
  what.blobs.push_back({hash, -1, {}, 0});
  return what;
}

using commit_result = result<messages::committed, failure>;

// All as one call; the answers in the order of the commits.
inline std::vector<commit_result> commit_all(store& into, std::vector<messages::commit> commits) {
  std::vector<std::optional<commit_result>> answers(commits.size());
  std::vector<pending_commit> pending;
  for (std::size_t i = 0; i < commits.size(); ++i)
    pending.push_back({std::move(commits[i]), [&answers, i](commit_result answer) {
                         EXPECT_FALSE(answers[i]) << "answered twice";
                         answers[i] = std::move(answer);
                       }});
  into.log().append(std::move(pending));
  std::vector<commit_result> all;
  for (auto& answer : answers) {
    EXPECT_TRUE(answer) << "never answered";
    all.push_back(answer ? std::move(*answer) : commit_result(failure{fault_code::none, "never answered"}));
  }
  return all;
}

inline commit_result commit_one(store& into, messages::commit what) {
  std::vector<messages::commit> one;
  one.push_back(std::move(what));
  return commit_all(into, std::move(one)).front();
}

// Stages, commits, discards: one delivery.
inline commit_result deliver(store& into, const message_at& at, std::string_view body) {
  const auto staged = stage(into.arriving(), body);
  if (!staged) return failure{fault_code::disk, "could not be staged"};
  auto answer = commit_one(into, adding(into, at, *staged));
  into.arriving().discard(staged->id);
  return answer;
}

inline result<std::string, failure> body_at(store& from, const message_at& at) {
  auto stored = from.rows().get(key_of(at));
  if (!stored) return stored.error();
  if (!*stored) return failure{fault_code::not_found, "no such message"};
  auto row = read_record<message_row>(**stored);
  if (!row) return failure{fault_code::corrupt, "the row of the message"};
  return from.bodies().read(row->blob, {0, row->blob_bytes});
}

inline std::string problems_of(store& in) {
  std::string all;
  for (const auto& one : check_blobs(in.rows(), in.bodies(), blob_check_depth::full)) all += one + "\n";
  return all;
}

}  // namespace stagecoach::store
