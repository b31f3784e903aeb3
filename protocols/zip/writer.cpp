#include "protocols/zip/writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <exception>
#include <limits>

#include "protocols/base/check.hpp"

namespace stagecoach::zip {

namespace {

constexpr const char* fastest = "1";  // most attachments are compressed already, and the server has others to serve

// libarchive takes and marks names as UTF-8 only where that is the charset of the locale; so it is while it writes one,
// for this thread. C.UTF-8 is a part of glibc's own package.
class names_in_utf8 {
 public:
  names_in_utf8() : before_(uselocale(utf8())) {}
  names_in_utf8(const names_in_utf8&) = delete;
  names_in_utf8& operator=(const names_in_utf8&) = delete;
  ~names_in_utf8() { uselocale(before_); }

 private:
  static locale_t utf8() {
    static const locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    CHECK(made != nullptr);
    return made;
  }
  locale_t before_;
};

la_ssize_t take(archive* /*of*/, void* to, const void* octets, std::size_t size) {
  // None: the archive is given up, and writes an end that nobody wants.
  auto* out = *static_cast<std::string**>(to);
  if (out == nullptr) return static_cast<la_ssize_t>(size);
  try {
    out->append(static_cast<const char*>(octets), size);
  } catch (const std::exception&) {  // not through functions in C
    return -1;
  }
  return static_cast<la_ssize_t>(size);
}

}  // namespace

void writer::closed::operator()(archive* one) const { archive_write_free(one); }

writer::writer(extent size, std::int64_t seconds)
    : archive_(archive_write_new()),
      seconds_(std::clamp<std::int64_t>(seconds, 0, std::numeric_limits<std::int32_t>::max())) {
  auto* one = archive_.get();
  CHECK(one != nullptr);
  CHECK(archive_write_set_format_zip(one) == ARCHIVE_OK);
  CHECK(archive_write_set_format_option(one, "zip", "compression-level", fastest) == ARCHIVE_OK);
  // Of a member whose size is not known it would say so each time.
  if (size == extent::small) CHECK(archive_write_set_format_option(one, "zip", "zip64", nullptr) == ARCHIVE_OK);
  CHECK(archive_write_set_bytes_per_block(one, 0) == ARCHIVE_OK);  // each piece at once
  CHECK(archive_write_open(one, &out_, nullptr, take, nullptr) == ARCHIVE_OK);
}

writer::~writer() {
  out_ = nullptr;
  archive_.reset();
}

void writer::begin(std::string& out, std::string_view name) {
  out_ = &out;
  struct freed {
    void operator()(archive_entry* one) const { archive_entry_free(one); }
  };
  const std::unique_ptr<archive_entry, freed> entry(archive_entry_new());
  CHECK(entry != nullptr);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), seconds_, 0);
  const names_in_utf8 here;
  archive_entry_set_pathname(entry.get(), std::string(name).c_str());
  CHECK(archive_write_header(archive_.get(), entry.get()) == ARCHIVE_OK);
  out_ = nullptr;
}

void writer::add(std::string& out, std::string_view octets) {
  out_ = &out;
  CHECK(archive_write_data(archive_.get(), octets.data(), octets.size()) == static_cast<la_ssize_t>(octets.size()));
  out_ = nullptr;
}

void writer::finish(std::string& out) {
  out_ = &out;
  CHECK(archive_write_close(archive_.get()) == ARCHIVE_OK);
  out_ = nullptr;
}

}  // namespace stagecoach::zip
