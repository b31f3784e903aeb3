// Pages that are whole in memory, by their paths: what each request for one is answered (RFC 9110 9.3.1, 13.1.2, 14).
// For a connection; knows no socket and no user.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/http/head.hpp"
#include "protocols/http/response.hpp"

namespace stagecoach::http {

struct page {
  std::string path;  // "/", "/mail/"; exactly this
  std::string type;  // media type with its charset
  std::string body;
  std::string policy = {};  // Content-Security-Policy; empty: nothing may be loaded
};

struct site_answer {
  response_head head;
  std::string_view body;        // lives as long as the site
  std::size_t plain_bytes = 0;  // without compression
};

class fixed_site {
 public:
  explicit fixed_site(std::vector<page> pages);

  // GET and HEAD of a page; 304 to who has it; 206 and 416 to who asks for a part; 303 from "/mail" to "/mail/"; else
  // 404 and 405.
  [[nodiscard]] site_answer answer(const request_head& asked) const;
  // Whether there is a page for it, or the way to one.
  [[nodiscard]] bool has(std::string_view target) const;

 private:
  struct kept {
    page what;
    std::string tag;     // strong, quoted
    std::string zipped;  // empty: it does not get smaller
    std::string zipped_tag;
  };
  std::map<std::string, kept, std::less<>> pages_;
};

// Fields that every answer has, whatever it is (security.md 2.9): no sniffing, no referrer, no frames, nothing loaded.
[[nodiscard]] std::vector<field> safe_fields();

}  // namespace stagecoach::http
