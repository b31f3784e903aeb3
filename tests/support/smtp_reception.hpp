// The connection's part towards a server core, without sockets: answers what it asks and keeps what it delivers.
// Recipients and senders whose local part begins with "unknown" or "later" are refused so; a mail whose size ends up in
// `failing_sizes` is not committed. Everybody's password is "stagecoach", and that of "later" cannot be checked. A key
// that begins with 1 is ada's, and one that begins with 2 cannot be looked up.
#pragma once

#include <set>
#include <string>
#include <variant>
#include <vector>

#include "protocols/smtp/path.hpp"
#include "protocols/smtp/session.hpp"
#include "tests/support/talk.hpp"

namespace stagecoach::smtp {

struct delivered_mail {
  envelope mail;
  std::string body;
  std::uint32_t header_bytes = 0;
  bool has_date = false;
  bool has_message_id = false;
  friend bool operator==(const delivered_mail&, const delivered_mail&) = default;
};

class reception {
 public:
  explicit reception(session_options options) : core_(std::move(options)) {}
  reception(session_options options, const public_key_hash& key) : reception(std::move(options)) {
    core_.client_showed(key);
  }

  // Takes what the core yields until there is no more; what the client sees: replies, and in brackets what else it
  // notices.
  std::string take() {
    std::string seen;
    while (auto o = core_.next()) seen += std::visit([this](auto& one) { return on(one); }, *o);
    return seen;
  }

  // A whole dialogue, cut at `cuts`.
  std::string talk(const turns& dialogue, const std::vector<std::size_t>& cuts, taking when) {
    return stagecoach::talk(core_, dialogue, cuts, when, [this](session&) { return take(); });
  }

  [[nodiscard]] session& core() { return core_; }
  [[nodiscard]] const std::vector<delivered_mail>& mails() const { return mails_; }
  [[nodiscard]] const std::vector<address>& asked() const { return asked_; }
  // "+ada" signed in, "-eve" failed to.
  [[nodiscard]] const std::vector<std::string>& sign_ins() const { return sign_ins_; }
  [[nodiscard]] std::size_t aborted() const { return aborted_; }
  [[nodiscard]] bool is_open() const { return body_.has_value(); }
  std::set<std::size_t> failing_sizes;
  sasl::channel_bindings bindings{"exporter", "end point"};

 private:
  std::string on(send& o) { return std::move(o.bytes); }
  std::string on(ask_recipient& o) {
    asked_.push_back(o.to);
    if (o.to.local.starts_with("unknown")) {
      core_.answered(recipient_refused::unknown);
    } else if (o.to.local.starts_with("later")) {
      core_.answered(recipient_refused::try_later);
    } else if (!o.greylisted_from.empty() && attempts_.insert(o.greylisted_from + o.to.local).second) {
      core_.answered(recipient_refused::greylisted);
    } else {
      core_.answered(recipient_accepted{account_id{7}});
    }
    return {};
  }
  std::string on(ask_sender& o) {
    core_.answered(o.from.local.starts_with("unknown") ? sender_answer::not_yours
                   : o.from.local.starts_with("later") ? sender_answer::try_later
                                                       : sender_answer::yours);
    return {};
  }
  std::string on(sasl::check_password& o) {
    core_.answered(o.name == "later"            ? sasl::verdict::try_later
                   : o.password == "stagecoach" ? sasl::verdict::right
                                                : sasl::verdict::wrong);
    return {};
  }
  std::string on(sasl::find_keys& o) {
    if (o.name == "later") {
      core_.answered(sasl::verdict::try_later);
    } else {
      core_.answered(sasl::key_facts{*derive_scram(o.hash, "stagecoach", {"salt", 1}), "server-nonce", bindings});
    }
    return {};
  }
  std::string on(sasl::find_owner& o) {
    const bool fits = o.authorize_as.empty() || o.authorize_as == "ada";
    if (o.key.sha_256[0] == 1 && fits) {
      core_.answered(sasl::key_owner{"ada"});
    } else {
      core_.answered(o.key.sha_256[0] == 2 ? sasl::verdict::try_later : sasl::verdict::wrong);
    }
    return {};
  }
  std::string on(sign_in_ended& o) {
    sign_ins_.push_back((o.is_good ? "+" : "-") + o.name);
    return {};
  }
  std::string on(begin_mail&) {
    CHECK(!body_);
    return {};
  }
  std::string on(begin_body&) {
    CHECK(!body_);
    body_.emplace();
    return {};
  }
  std::string on(body_octets& o) {
    CHECK(body_ && !o.octets.empty());
    *body_ += o.octets;
    return {};
  }
  std::string on(end_of_body& o) {
    CHECK(body_ && body_->size() == o.size);
    if (failing_sizes.contains(body_->size())) {
      core_.answered(body_failed::try_later);
    } else {
      mails_.push_back({std::move(o.mail), std::move(*body_), o.header_bytes, o.has_date, o.has_message_id});
      core_.answered(body_committed{"t" + std::to_string(mails_.size())});
    }
    body_.reset();
    return {};
  }
  std::string on(abort_body&) {
    CHECK(body_);
    body_.reset();
    ++aborted_;
    return {};
  }
  std::string on(start_tls&) {
    core_.tls_started();
    return "[tls]";
  }
  std::string on(wait& o) { return "[wait " + std::to_string(o.time.count() / 1000) + " s]"; }
  std::string on(fall_silent& o) { return "[silent " + std::to_string(o.time.count() / 1000) + " s]"; }
  std::string on(close&) { return "[close]"; }

  session core_;
  std::optional<std::string> body_;
  std::vector<delivered_mail> mails_;
  std::vector<address> asked_;
  std::set<std::string> attempts_;  // of greylisted recipients
  std::vector<std::string> sign_ins_;
  std::size_t aborted_ = 0;
};

}  // namespace stagecoach::smtp
