// The trace fields that final delivery puts before a message (RFC 5321 4.4): Return-Path, Delivered-To and Received.
// One prefix per recipient, so no recipient learns of another; the message itself is stored once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/address.hpp"
#include "protocols/base/ids.hpp"

namespace stagecoach::smtp {

struct trace_facts {
  std::optional<address> reverse_path;  // none: null
  address recipient;
  std::string_view greeting_name;  // what the client called itself, as parsed
  std::string_view peer_ip;        // as the socket prints it; empty: nobody else's business
  std::string_view host;           // we
  std::string_view tls;            // "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty: none
  bool is_extended = false;
  bool is_utf8 = false;  // SMTPUTF8
  bool is_signed_in = false;
  std::string_view id;  // by which the mail is found in our logs
  unix_ms when;
  bool adds_date = false;  // RFC 6409 8: what a mail program left out
  bool adds_message_id = false;
};

// Header fields with CRLF, ready to stand before the message.
[[nodiscard]] std::string write_prefix(const trace_facts& facts);
// RFC 5322 3.3, in UTC: "Thu, 01 Jan 1970 00:00:00 +0000".
[[nodiscard]] std::string write_date(unix_ms when);

}  // namespace stagecoach::smtp
