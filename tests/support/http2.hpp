// A client of HTTP/2 for tests, made of nghttp2's other half, frames by hand, and a server around the core that answers
// as tests/support/http_server.hpp does: "GET /x" is answered with "GET /x"; a body stands in brackets behind it;
// "/unwanted" is answered before its body, "/chunks" in two pieces, "/later" not at all, "/304" by its number.
#pragma once

#include <nghttp2/nghttp2.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/base/check.hpp"
#include "protocols/http/session2.hpp"

namespace stagecoach::http {

inline constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

inline std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
  std::string out;
  for (const int shift : {16, 8, 0}) out += static_cast<char>(payload.size() >> shift);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(stream >> shift);
  return out + std::string(payload);
}
inline const std::string no_settings = frame(NGHTTP2_SETTINGS, 0, 0, "");

// A field without compression: a literal that nobody remembers (RFC 7541 6.2.2), shorter than 127 octets.
inline std::string literal(std::string_view name, std::string_view value) {
  const auto text = [](std::string_view what) { return static_cast<char>(what.size()) + std::string(what); };
  return std::string(1, '\0') + text(name) + text(value);
}
inline std::string head_of_get(std::string_view path) {
  return literal(":method", "GET") + literal(":scheme", "https") + literal(":path", path) + literal(":authority", "a");
}
// HEADERS with END_HEADERS and END_STREAM.
inline std::string headers(std::uint32_t stream, std::string_view block) {
  return frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, stream, block);
}

struct got_answer {
  std::map<std::string, std::string> fields;
  std::string body;
  bool is_whole = false;
  std::optional<std::uint32_t> reset;  // its code
};

class http2_client {
 public:
  explicit http2_client(bool gives_windows) {
    nghttp2_session_callbacks* calls = nullptr;
    CHECK(nghttp2_session_callbacks_new(&calls) == 0);
    nghttp2_session_callbacks_set_on_header_callback(
        calls, [](nghttp2_session*, const nghttp2_frame* of, const std::uint8_t* name, std::size_t name_size,
                  const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
          self(user).answers[of->hd.stream_id].fields[text(name, name_size)] = text(value, value_size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        calls,
        [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data, std::size_t size, void* user) {
          self(user).answers[id].body += text(data, size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        calls, [](nghttp2_session*, const nghttp2_frame* got, void* user) {
          auto& one = self(user).answers[got->hd.stream_id];
          if (got->hd.type == NGHTTP2_RST_STREAM) one.reset = got->rst_stream.error_code;
          if (got->hd.type == NGHTTP2_GOAWAY) self(user).goaway = got->goaway.error_code;
          if (got->hd.type <= NGHTTP2_HEADERS && (got->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) one.is_whole = true;
          return 0;
        });
    nghttp2_option* options = nullptr;
    CHECK(nghttp2_option_new(&options) == 0);
    nghttp2_option_set_no_auto_window_update(options, gives_windows ? 0 : 1);
    nghttp2_session* made = nullptr;
    CHECK(nghttp2_session_client_new2(&made, calls, this, options) == 0);
    session_.reset(made);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(calls);
    CHECK(nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, nullptr, 0) == 0);
  }

  std::int32_t ask(std::string_view method, std::string_view path) { return ask(method, path, std::nullopt); }
  std::int32_t ask(std::string_view method, std::string_view path, std::optional<std::string> body) {
    return ask_with(
        {{":method", std::string(method)}, {":scheme", "https"}, {":path", std::string(path)}, {":authority", "a"}},
        std::move(body));
  }
  std::int32_t ask_with(const std::vector<std::pair<std::string, std::string>>& fields,
                        std::optional<std::string> body) {
    std::vector<nghttp2_nv> pairs;
    const auto octets = [](const std::string& what) {
      return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(what.data()));
    };
    for (const auto& [name, value] : fields)
      pairs.push_back({octets(name), octets(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    nghttp2_data_provider provider{};
    provider.read_callback = [](nghttp2_session*, std::int32_t id, std::uint8_t* into, std::size_t room,
                                std::uint32_t* flags, nghttp2_data_source*, void* user) -> ssize_t {
      auto& left = self(user).bodies_[id];
      const auto size = left.copy(reinterpret_cast<char*>(into), room);
      left.erase(0, size);
      if (size == 0 && self(user).is_body_unfinished_) return NGHTTP2_ERR_DEFERRED;
      if (left.empty() && !self(user).is_body_unfinished_) *flags |= NGHTTP2_DATA_FLAG_EOF;
      return static_cast<ssize_t>(size);
    };
    const auto id = nghttp2_submit_request(session_.get(), nullptr, pairs.data(), pairs.size(),
                                           body ? &provider : nullptr, nullptr);
    if (body) bodies_[id] = std::move(*body);
    return id;
  }
  // A request whose body never ends.
  std::int32_t begin(std::string_view method, std::string_view path, std::string body) {
    is_body_unfinished_ = true;
    return ask(method, path, std::move(body));
  }
  void cancel(std::int32_t id) {
    (void)nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  }
  void give_window(std::int32_t id, std::size_t octets) {  // and as much of the connection's
    (void)nghttp2_submit_window_update(session_.get(), NGHTTP2_FLAG_NONE, id, static_cast<std::int32_t>(octets));
    (void)nghttp2_submit_window_update(session_.get(), NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(octets));
  }
  std::string take() {
    std::string out;
    const std::uint8_t* data = nullptr;
    for (ssize_t size = 0; (size = nghttp2_session_mem_send(session_.get(), &data)) > 0;)
      out += text(data, static_cast<std::size_t>(size));
    return out;
  }
  // False: these are not frames.
  bool received(std::string_view bytes) {
    return nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                    bytes.size()) >= 0;
  }

  std::map<std::int32_t, got_answer> answers;
  std::optional<std::uint32_t> goaway;

 private:
  struct deleter {
    void operator()(nghttp2_session* one) const { nghttp2_session_del(one); }
  };
  static http2_client& self(void* user) { return *static_cast<http2_client*>(user); }
  static std::string text(const std::uint8_t* from, std::size_t size) {
    return {reinterpret_cast<const char*>(from), size};
  }

  std::unique_ptr<nghttp2_session, deleter> session_;
  std::map<std::int32_t, std::string> bodies_;
  bool is_body_unfinished_ = false;
};

class answering_server2 {
 public:
  [[nodiscard]] session2& core() { return core_; }
  // What was read: "GET /x POST /y", and each that was cancelled as "cancelled".
  [[nodiscard]] const std::vector<std::string>& read() const { return read_; }
  [[nodiscard]] std::size_t refused_ones() const { return refused_; }
  [[nodiscard]] const std::map<exchange_number, std::string>& open_ones() const { return asked_; }

  std::string take() {
    std::string seen;
    while (auto one = core_.next()) seen += std::visit([this](auto& what) { return on(what); }, *one);
    return seen;
  }

 private:
  std::string on(send& what) { return std::move(what.bytes); }
  std::string on(refused&) { return ++refused_, std::string(); }
  std::string on(close&) { return {}; }
  std::string on(cancelled& what) {
    if (asked_.erase(what.number) == 1) read_.emplace_back("cancelled");
    return {};
  }
  std::string on(request& what) {
    const auto& head = what.head;
    read_.push_back(head.method + " " + head.target);
    asked_[what.number] = read_.back();
    if (std::holds_alternative<no_body>(head.body) || head.target == "/unwanted") {
      if (head.target != "/later") answer(what.number, head.target);
    } else {
      core_.want_body(what.number);
      asked_[what.number] += "[";
    }
    return {};
  }
  std::string on(body_octets& what) {
    const auto found = asked_.find(what.number);
    if (found == asked_.end()) return {};
    found->second += what.octets;
    if (!what.is_last) return {};
    found->second += "]";
    answer(what.number, "");
    return {};
  }
  void answer(exchange_number number, std::string_view target) {
    const auto text = asked_[number];
    if (target == "/304") {
      core_.respond(number, {304, {}}, std::nullopt);
    } else if (target == "/chunks") {
      core_.respond(number, {200, {{"X-Kind", "chunks"}}}, std::nullopt);
      core_.send_body(number, "one");
      core_.send_body(number, "and two");
    } else {
      core_.respond(number, {200, {}}, text.size());
      core_.send_body(number, text);
    }
    core_.end_body(number);
    asked_.erase(number);
  }

  session2 core_;
  std::map<exchange_number, std::string> asked_;
  std::vector<std::string> read_;
  std::size_t refused_ = 0;
};

}  // namespace stagecoach::http
