#include "store/staging.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace stagecoach::store {

namespace {

failure unknown(staged_id id) {
  return {fault_code::not_found, "the arriving body " + std::to_string(id.value) + " is not known (discarded?)"};
}

constexpr std::uint64_t body_start = segment_header_bytes + record_header_bytes;

}  // namespace

staged::~staged() {
  area_.release(*this);
  if (!file_) return;
  const std::lock_guard hold(area_.doomed_lock_);
  area_.doomed_.push_back(std::move(file_));
}

staging::staging(files& disk, std::string directory, staging_options options)
    : disk_(disk), directory_(std::move(directory)), options_(options) {}

staging::~staging() {
  for (auto& one : shelves_) one.bodies.clear();
  sweep();
}

result<std::unique_ptr<staging>, failure> staging::open(files& disk, std::string directory, staging_options options) {
  if (const int made = disk.make_directory(directory); made < 0 && made != -EEXIST)
    return disk_failure(made, "create", directory);
  std::unique_ptr<staging> area(new staging(disk, std::move(directory), options));
  auto removed = area->remove_leftovers();
  if (!removed) return removed.error();
  return area;
}

result<done, failure> staging::remove_leftovers() {
  std::vector<std::string> names;
  if (const int listed = disk_.list(directory_, names); listed < 0) return disk_failure(listed, "list", directory_);
  for (const auto& name : names) {
    const std::string path = directory_ + "/" + name;
    if (const int removed = disk_.remove(path); removed < 0) return disk_failure(removed, "remove", path);
  }
  return done{};
}

std::string staging::path_of(staged_id id) const { return directory_ + "/" + std::to_string(id.value); }

staged_id staging::begin() {
  const staged_id id{last_id_.fetch_add(1, std::memory_order_relaxed) + 1};
  auto body = std::make_shared<staged>(*this, id);
  shelf& at = shelf_of(id);
  const std::lock_guard hold(at.lock);
  at.bodies.emplace(id.value, std::move(body));
  return id;
}

std::shared_ptr<staged> staging::held(staged_id id) const {
  const shelf& at = shelf_of(id);
  const std::lock_guard hold(at.lock);
  const auto found = at.bodies.find(id.value);
  return found == at.bodies.end() ? nullptr : found->second;
}

std::shared_ptr<const staged> staging::find(staged_id id) const { return held(id); }

std::size_t staging::count() const {
  std::size_t total = 0;
  for (const auto& one : shelves_) {
    const std::lock_guard hold(one.lock);
    total += one.bodies.size();
  }
  return total;
}

// Memory is taken by doubling, and what is counted is what is taken, not what is filled.
bool staging::reserve(staged& body, std::size_t needed) {
  if (needed > options_.memory_each) return false;
  if (needed <= body.reserved_) return true;
  const std::size_t wanted = std::min(std::max(needed, body.reserved_ * 2), options_.memory_each);
  const std::size_t more = wanted - body.reserved_;
  if (memory_in_use_.fetch_add(more, std::memory_order_relaxed) + more > options_.memory_total) {
    memory_in_use_.fetch_sub(more, std::memory_order_relaxed);
    return false;
  }
  std::string larger;
  larger.reserve(wanted);
  larger.append(body.memory_);
  body.memory_ = std::move(larger);
  body.reserved_ = wanted;
  return true;
}

void staging::release(staged& body) {
  memory_in_use_.fetch_sub(body.reserved_, std::memory_order_relaxed);
  body.reserved_ = 0;
  std::string().swap(body.memory_);
}

bool staging::try_append(staged_id id, std::string_view octets) {
  const auto body = held(id);
  if (!body || body->file_ || body->is_finished_ || !reserve(*body, body->memory_.size() + octets.size())) return false;
  body->memory_.append(octets);
  body->digest_.add(octets);
  body->scanner_.received(octets);
  return true;
}

result<std::uint64_t, failure> staging::append_to_disk(staged_id id, std::string_view octets) {
  sweep();
  const auto body = held(id);
  if (!body) return unknown(id);
  if (body->has_failed_ || body->is_finished_)
    return failure{fault_code::disk, "the arriving body " + std::to_string(id.value) + " takes no more octets"};
  auto written = body->file_ ? result<done, failure>(done{}) : move_to_file(*body);
  if (written) written = write(*body, octets);
  if (!written) {
    body->has_failed_ = true;
    return written.error();
  }
  body->digest_.add(octets);
  body->scanner_.received(octets);
  return body->digest_.size();
}

result<done, failure> staging::move_to_file(staged& body) {
  if (files_.fetch_add(1) >= options_.files_max) {
    files_.fetch_sub(1);
    return failure{fault_code::busy, "too many large bodies arrive at once"};
  }
  auto opened = file::open(disk_, path_of(body.body_.id), O_RDWR | O_CREAT | O_EXCL);
  if (!opened) {
    files_.fetch_sub(1);
    return opened.error();
  }
  body.file_ = std::make_unique<file>(std::move(*opened));
  body.file_bytes_ = body_start;
  auto written = write(body, body.memory_);
  if (written) release(body);
  return written;
}

result<done, failure> staging::write(staged& body, std::string_view octets) {
  std::vector<iovec> pieces;
  body.blocks_.add(octets, pieces);
  std::uint64_t bytes = 0;
  for (const auto& piece : pieces) bytes += piece.iov_len;
  auto written = body.file_->write(pieces, body.file_bytes_);
  body.blocks_.written();
  if (written) body.file_bytes_ += bytes;
  return written;
}

result<messages::staged_body, failure> staging::finish(staged_id id) {
  const auto body = held(id);
  if (!body) return unknown(id);
  if (body->is_finished_) return body->body_;
  if (body->has_failed_)
    return failure{fault_code::disk, "the arriving body " + std::to_string(id.value) + " could not be written"};
  body->body_.size = body->digest_.size();
  body->body_.hash = body->digest_.hash();
  body->body_.parts = body->scanner_.finished();
  body->body_.header_bytes =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(body->body_.parts.parts[0].header_bytes, UINT32_MAX));
  if (body->file_) {
    auto completed = complete_file(*body);
    if (!completed) {
      body->has_failed_ = true;
      return completed.error();
    }
  }
  body->is_finished_ = true;
  return body->body_;
}

// The checksum of the last block, and the two headers, for which room was left. A file too small to become a segment is
// not synced: the commit copies it.
result<done, failure> staging::complete_file(staged& body) {
  std::vector<iovec> pieces;
  body.blocks_.end(pieces);
  auto written = body.file_->write(pieces, body.file_bytes_);
  body.blocks_.written();
  if (!written) return written;
  auto first = encode_segment_header();
  auto second = encode_record_header({body.body_.hash, body.body_.size, 0});
  iovec headers[] = {{first.data(), first.size()}, {second.data(), second.size()}};
  written = body.file_->write(headers, 0);
  if (!written || body.body_.size < options_.own_segment_min) return written;
  auto synced = body.file_->sync();
  body.is_synced_ = static_cast<bool>(synced);
  return synced;
}

bool staging::is_in_memory(staged_id id) const {
  const auto body = held(id);
  return body && body->is_in_memory();
}

void staging::discard(staged_id id) {
  std::shared_ptr<staged> last;  // ends after the lock
  shelf& at = shelf_of(id);
  const std::lock_guard hold(at.lock);
  const auto found = at.bodies.find(id.value);
  if (found == at.bodies.end()) return;
  last = std::move(found->second);
  at.bodies.erase(found);
}

void staging::sweep() {
  std::vector<std::unique_ptr<file>> doomed;
  {
    const std::lock_guard hold(doomed_lock_);
    doomed.swap(doomed_);
  }
  for (const auto& file : doomed) (void)disk_.remove(file->path());  // what stays is removed at the next start
  const auto closed = doomed.size();
  doomed.clear();
  files_.fetch_sub(closed);
}

}  // namespace stagecoach::store
