#include "protocols/mime/threading.hpp"

#include <string>
#include <string_view>

#include "protocols/base/reader.hpp"
#include "protocols/base/sha256.hpp"
#include "protocols/mime/base_subject.hpp"
#include "protocols/mime/decoded.hpp"
#include "protocols/mime/message_id.hpp"

namespace stagecoach::mime {

namespace {

// Never 0.
std::uint64_t key_of(char kind, std::string_view text) {
  const auto digest = sha256(std::string(1, kind).append(text));
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < sizeof key; ++i) key = (key << 8) | static_cast<unsigned char>(digest[i]);
  return key == 0 ? 1 : key;
}

// RFC 3464
bool is_delivery_report(const part& message) {
  if (message.type != "multipart" || message.subtype != "report") return false;
  const auto type = decoded_parameter(message.parameters, "report-type");
  return type && equal_nocase(*type, "delivery-status");
}

}  // namespace

threading threading_of(const part_index& message) {
  threading found;
  const auto& envelope = message.envelope;
  if (const auto id = canonical_message_id(envelope.message_id); !id.empty()) found.id = key_of('i', id);
  const auto references = referenced_ids(message.references, envelope.in_reply_to);
  for (auto one = references.rbegin(); one != references.rend(); ++one)
    if (found.references.size() < thread_references_max) found.references.push_back(key_of('i', *one));
  const auto subject = base_subject_of(decoded_text(envelope.subject));
  if (!subject.text.empty()) found.subject = key_of('s', subject.text);
  found.is_reply = subject.is_reply;
  found.is_report = !message.parts.empty() && is_delivery_report(message.parts.front());
  return found;
}

}  // namespace stagecoach::mime
