// Signing in to the pages and out (security.md 4.6): a session is a cookie that scripts cannot read and a token that
// scripts send along; a page of another site has neither.
#pragma once

#include <array>
#include <string>
#include <tuple>

#include "messages/api/method.hpp"

namespace stagecoach::api {

// The login token holds for ten minutes and for one attempt; it comes with a cookie that must come back with it.
struct prepared {
  std::string login_token;
  static constexpr auto fields = described(field(1, "login_token", &prepared::login_token));
  friend bool operator==(const prepared&, const prepared&) = default;
};

struct sign_in {
  std::string login_token;
  std::string name;
  std::string password;
  static constexpr auto fields =
      described(field(1, "login_token", &sign_in::login_token),
                field(2, "name", &sign_in::name, "login name, an address"), field(3, "password", &sign_in::password));
  static constexpr std::array<std::string_view, 3> required = {"login_token", "name", "password"};
  friend bool operator==(const sign_in&, const sign_in&) = default;
};

// With the link that localserve prints.
struct sign_in_by_link {
  std::string link;
  static constexpr auto fields = described(field(1, "link", &sign_in_by_link::link));
  static constexpr std::array<std::string_view, 1> required = {"link"};
  friend bool operator==(const sign_in_by_link&, const sign_in_by_link&) = default;
};

struct session_begun {
  std::string name;
  std::string csrf;  // goes into the field X-CSRF of every other request
  static constexpr auto fields =
      described(field(1, "name", &session_begun::name), field(2, "csrf", &session_begun::csrf, "for the field X-CSRF"));
  friend bool operator==(const session_begun&, const session_begun&) = default;
};

inline constexpr std::tuple session_methods{
    method<nothing, prepared>{"session.prepare", needs::nobody,
                              "Begin to sign in: a login token, and a cookie to go with it."},
    method<sign_in, session_begun>{"session.sign_in", needs::nobody,
                                   "Sign in with a password; sets the session's cookie."},
    method<sign_in_by_link, session_begun>{"session.sign_in_by_link", needs::nobody,
                                           "Sign in with the link that localserve prints, once."},
    method<nothing, nothing>{"session.sign_out", needs::user, "End this session and all that it has open."},
};

}  // namespace stagecoach::api
