// Every mechanism: whole exchanges, and each way in which one fails. "client: message" and what the server says to it.
#include "protocols/auth/sasl.hpp"

#include <gtest/gtest.h>

#include "tests/support/scram_client.hpp"

namespace stagecoach::sasl {
namespace {

using namespace std::string_literals;

constexpr conditions with_tls{true, true};
constexpr conditions without_tls{false, true};
constexpr conditions on_loopback{false, false};
constexpr conditions with_certificate{true, true, public_key_hash{{0xab, 0xcd}}};
const std::string key_name = "sha256:abcd" + std::string(60, '0');

const channel_bindings bindings{"exporter-octets", "end-point-octets"};

key_facts facts_for(scram_hash hash) {
  key_facts facts;
  facts.keys = *derive_scram(hash, "stagecoach", {"salty", 4096});
  facts.server_nonce = "server-nonce";
  facts.bindings = bindings;
  return facts;
}

std::string shown(const step& s) {
  struct visitor {
    std::string operator()(const challenge& one) const { return "challenge " + one.text; }
    std::string operator()(const check_password& one) const { return "check " + one.name + " " + one.password; }
    std::string operator()(const find_keys& one) const { return "keys of " + one.name; }
    std::string operator()(const find_owner& one) const {
      return "owner of " + key_text(one.key).substr(0, 11) + " as '" + one.authorize_as + "'";
    }
    std::string operator()(const succeeded& one) const { return "good " + one.name; }
    std::string operator()(const failed& one) const {
      constexpr std::string_view names[] = {"malformed ", "wrong ", "no owner ", "not allowed ", "later "};
      return std::string(names[static_cast<std::size_t>(one.why)]) + one.name;
    }
  };
  return std::visit(visitor{}, s);
}

using names = std::vector<std::string_view>;

TEST(Sasl, OffersWhatTheConnectionCanBear) {
  EXPECT_EQ(offered(with_tls),
            (names{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN", "LOGIN"}));
  EXPECT_EQ(offered(on_loopback), (names{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}));
  EXPECT_EQ(offered(without_tls), names{});
  EXPECT_EQ(offered(with_certificate), (names{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1",
                                              "PLAIN", "LOGIN", "EXTERNAL"}));
  EXPECT_EQ(availability_of("external", with_certificate), availability::offered);
  EXPECT_EQ(availability_of("EXTERNAL", with_tls), availability::needs_client_key);
  EXPECT_EQ(availability_of("EXTERNAL", without_tls), availability::needs_tls);
  EXPECT_EQ(availability_of("EXTERNAL", on_loopback), availability::needs_tls);
  EXPECT_EQ(availability_of("plain", with_tls), availability::offered);
  EXPECT_EQ(availability_of("PLAIN", without_tls), availability::needs_tls);
  EXPECT_EQ(availability_of("SCRAM-SHA-1-PLUS", on_loopback), availability::needs_tls);
  EXPECT_EQ(availability_of("CRAM-MD5", with_tls), availability::unknown);
}

TEST(Sasl, Plain) {
  const struct {
    const char* name;
    std::string in;
    std::string out;
  } rows[] = {
      {"name and password", "\0ada\0secret"s, "check ada secret"},
      {"as oneself", "Ada\0ada\0secret"s, "check ada secret"},
      {"for somebody else", "bob\0ada\0secret"s, "not allowed ada"},
      {"no NUL", "ada", "malformed "},
      {"one NUL", "\0ada"s, "malformed "},
      {"three NULs", "\0ada\0secret\0"s, "malformed "},
      {"no name", "\0\0secret"s, "malformed "},
      {"no password", "\0ada\0"s, "malformed "},
      {"nothing", "", "malformed "},
  };
  for (const auto& r : rows) {
    exchange at_once("PLAIN", with_tls);
    EXPECT_EQ(shown(at_once.start(r.in)), r.out) << r.name;
    exchange asked("plain", with_tls);
    EXPECT_EQ(shown(asked.start(std::nullopt)), "challenge ");
    EXPECT_EQ(shown(asked.received(r.in)), r.out) << r.name;
  }
  exchange one("PLAIN", with_tls);
  (void)one.start("\0ada\0secret"s);
  EXPECT_EQ(shown(one.answered(verdict::right)), "good ada");
  EXPECT_EQ(shown(one.answered(verdict::wrong)), "wrong ada");
  EXPECT_EQ(shown(one.answered(verdict::try_later)), "later ada");
}

TEST(Sasl, Login) {
  exchange one("LOGIN", with_tls);
  EXPECT_EQ(shown(one.start(std::nullopt)), "challenge Username:");
  EXPECT_EQ(shown(one.received("ada")), "challenge Password:");
  EXPECT_EQ(shown(one.received("secret")), "check ada secret");
  EXPECT_EQ(shown(one.answered(verdict::right)), "good ada");
  exchange at_once("LOGIN", with_tls);
  EXPECT_EQ(shown(at_once.start("ada")), "challenge Password:");
  EXPECT_EQ(shown(at_once.received("")), "malformed ada");
  exchange bad("LOGIN", with_tls);
  EXPECT_EQ(shown(bad.start("")), "malformed ");
  EXPECT_EQ(shown(bad.received("a\0b"s)), "malformed ");
}

TEST(Sasl, External) {
  const struct {
    const char* name;
    std::string in;
    std::string out;
    std::string attempt;  // what it is called when it fails
  } rows[] = {
      {"as whoever has the key", "", "owner of sha256:abcd as ''", key_name},
      {"as a name", "ada@x", "owner of sha256:abcd as 'ada@x'", "ada@x"},
      {"as a name of UTF-8", "gr\xc3\xbc\xc3\x9f\x65@x", "owner of sha256:abcd as 'gr\xc3\xbc\xc3\x9f\x65@x'",
       "gr\xc3\xbc\xc3\x9f\x65@x"},
      {"a NUL", "ada\0x"s, "malformed " + key_name, {}},
      {"nothing but a NUL", "\0"s, "malformed " + key_name, {}},
      {"no UTF-8", "\xff", "malformed " + key_name, {}},
      {"half a character", "a\xc3", "malformed " + key_name, {}},
      {"a character spelled too long", "\xc0\xaf", "malformed " + key_name, {}},
      {"a surrogate", "\xed\xa0\x80", "malformed " + key_name, {}},
  };
  for (const auto& r : rows) {
    exchange at_once("EXTERNAL", with_certificate);
    EXPECT_EQ(shown(at_once.start(r.in)), r.out) << r.name;
    exchange asked("external", with_certificate);
    EXPECT_EQ(shown(asked.start(std::nullopt)), "challenge ");
    EXPECT_EQ(shown(asked.received(r.in)), r.out) << r.name;
    if (r.attempt.empty()) continue;
    EXPECT_EQ(shown(asked.answered(verdict::wrong)), "no owner " + r.attempt) << r.name;
    EXPECT_EQ(shown(asked.answered(verdict::try_later)), "later " + r.attempt) << r.name;
    EXPECT_EQ(shown(asked.answered(key_owner{"ada@localhost"})), "good ada@localhost") << r.name;
  }
}

struct vector_row {
  const char* rfc;
  std::string_view mechanism;
  scram_hash hash;
  std::string salt, server_nonce, client_first, server_first, client_last, server_last;
};
const vector_row vectors[] = {
    {"RFC 5802 5", "SCRAM-SHA-1", scram_hash::sha_1, "QSXCR+Q6sek8bf92", "3rfcNHYJY1ZVvWVs7j",
     "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
     "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
     "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
    {"RFC 7677 3", "SCRAM-SHA-256", scram_hash::sha_256, "W22ZaJ0SNY7soEsUEjb6gQ==", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
     "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
     "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
     "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
     "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
};

TEST(Sasl, ScramOfTheRfcs) {
  for (const auto& v : vectors) {
    SCOPED_TRACE(v.rfc);
    key_facts facts;
    facts.keys = *derive_scram(v.hash, "pencil", {*from_base64(v.salt), 4096});
    facts.server_nonce = v.server_nonce;
    exchange one(v.mechanism, on_loopback);
    EXPECT_EQ(shown(one.start(v.client_first)), "keys of user");
    EXPECT_EQ(shown(one.answered(facts)), "challenge " + v.server_first);
    EXPECT_EQ(shown(one.received(v.client_last)), "challenge " + v.server_last);
    EXPECT_EQ(shown(one.received("")), "good user");
  }
}

// Plays a whole exchange; the last thing that the server says.
std::string play(std::string_view mechanism, const conditions& now, const scram_client& client) {
  exchange one(mechanism, now);
  auto at = one.start(client.first());
  if (!std::holds_alternative<find_keys>(at)) return shown(at);
  at = one.answered(facts_for(std::get<find_keys>(at).hash));
  if (!std::holds_alternative<challenge>(at)) return shown(at);
  at = one.received(client.last(std::get<challenge>(at).text));
  if (!std::holds_alternative<challenge>(at)) return shown(at);
  return shown(one.received(""));
}

TEST(Sasl, ScramBindsToTheChannel) {
  const struct {
    const char* name;
    std::string_view mechanism;
    conditions now;
    std::string gs2_header;
    std::string binding;
    std::string out;
  } rows[] = {
      {"exporter", "SCRAM-SHA-256-PLUS", with_tls, "p=tls-exporter,,", "exporter-octets", "good ada"},
      {"end point", "SCRAM-SHA-256-PLUS", with_tls, "p=tls-server-end-point,,", "end-point-octets", "good ada"},
      {"of another connection", "SCRAM-SHA-256-PLUS", with_tls, "p=tls-exporter,,", "other octets", "wrong ada"},
      {"nothing bound", "SCRAM-SHA-256-PLUS", with_tls, "p=tls-exporter,,", "", "wrong ada"},
      {"a type that we do not have", "SCRAM-SHA-256-PLUS", with_tls, "p=tls-unique,,", "x", "malformed ada"},
      {"no type", "SCRAM-SHA-256-PLUS", with_tls, "p=,,", "", "malformed "},
      {"PLUS without binding", "SCRAM-SHA-256-PLUS", with_tls, "n,,", "", "malformed "},
      {"binding without PLUS", "SCRAM-SHA-256", with_tls, "p=tls-exporter,,", "exporter-octets", "malformed "},
      {"no binding", "SCRAM-SHA-256", with_tls, "n,,", "", "good ada"},
      {"PLUS was hidden from the client", "SCRAM-SHA-256", with_tls, "y,,", "", "wrong "},
      {"there is no PLUS to hide", "SCRAM-SHA-256", on_loopback, "y,,", "", "good ada"},
      {"octets that the header did not promise", "SCRAM-SHA-256", with_tls, "n,,", "x", "wrong ada"},
      {"as oneself", "SCRAM-SHA-256", with_tls, "n,a=ada,", "", "good ada"},
      {"for somebody else", "SCRAM-SHA-256", with_tls, "n,a=bob,", "", "not allowed ada"},
  };
  for (const auto& r : rows) {
    scram_client client;
    client.gs2_header = r.gs2_header;
    client.binding = r.binding;
    EXPECT_EQ(play(r.mechanism, r.now, client), r.out) << r.name;
  }
  scram_client sha_1;
  sha_1.hash = scram_hash::sha_1;
  EXPECT_EQ(play("SCRAM-SHA-1", with_tls, sha_1), "good ada");
  sha_1.gs2_header = "p=tls-exporter,,";
  sha_1.binding = "exporter-octets";
  EXPECT_EQ(play("SCRAM-SHA-1-PLUS", with_tls, sha_1), "good ada");
  sha_1.password = "wrong";
  EXPECT_EQ(play("SCRAM-SHA-1-PLUS", with_tls, sha_1), "wrong ada");
}

// RFC 5929 4: a certificate without a hash of its own has no end point.
TEST(Sasl, ScramWithoutTheBindingThatWasAskedFor) {
  exchange one("SCRAM-SHA-256-PLUS", with_tls);
  (void)one.start("p=tls-exporter,,n=ada,r=x");
  auto facts = facts_for(scram_hash::sha_256);
  facts.bindings.exporter.clear();
  EXPECT_EQ(shown(one.answered(facts)), "malformed ada");
}

TEST(Sasl, ScramFirstMessages) {
  const struct {
    const char* name;
    std::string in;
    std::string out;
  } rows[] = {
      {"spelled commas and equals", "n,,n=a=2Cb=3Dc,r=x", "keys of a,b=c"},
      {"an extension", "n,,n=ada,r=x,x=y,z=w", "keys of ada"},
      {"SASLprep", "n,,n=\xe2\x85\xa8,r=x", "keys of IX"},
      {"nothing", "", "malformed "},
      {"no gs2 header", "n=ada,r=x", "malformed "},
      {"another flag", "x,,n=ada,r=x", "malformed "},
      {"no name", "n,,n=,r=x", "malformed "},
      {"no nonce", "n,,n=ada,r=", "malformed "},
      {"no nonce at all", "n,,n=ada", "malformed "},
      {"an equals sign", "n,,n=a=b,r=x", "malformed "},
      {"small letters", "n,,n=a=2cb,r=x", "malformed "},
      {"a mandatory extension", "n,,m=x,n=ada,r=x", "malformed "},
      {"and behind", "n,,n=ada,r=x,m=y", "malformed "},
      {"a NUL", "n,,n=a\0b,r=x"s, "malformed "},
      {"no UTF-8", "n,,n=\xff,r=x", "malformed "},
      {"a control character", "n,,n=a\x07,r=x", "malformed "},
      {"a space in the nonce", "n,,n=ada,r=x y", "malformed "},
      {"a comma at the end", "n,,n=ada,r=x,", "malformed "},
      {"an extension without value", "n,,n=ada,r=x,y=", "malformed "},
  };
  for (const auto& r : rows) {
    exchange one("SCRAM-SHA-256", with_tls);
    EXPECT_EQ(shown(one.start(r.in)), r.out) << r.name;
  }
}

TEST(Sasl, ScramProofs) {
  const std::string nonce = "client-nonceserver-nonce";
  const auto right = scram_client{}.last("r=" + nonce + ",s=" + to_base64("salty") + ",i=4096");
  const auto proof = right.substr(right.find(",p="));
  const struct {
    const char* name;
    std::string in;
    std::string out;
  } rows[] = {
      {"nothing", "", "malformed ada"},
      {"no proof", "c=biws,r=" + nonce, "malformed ada"},
      {"an empty proof", "c=biws,r=" + nonce + ",p=", "wrong ada"},
      {"a short proof", "c=biws,r=" + nonce + ",p=YWJj", "wrong ada"},
      {"a proof that is no base64", "c=biws,r=" + nonce + ",p=!", "malformed ada"},
      {"the client's nonce only", "c=biws,r=client-nonce" + proof, "wrong ada"},
      {"another nonce", "c=biws,r=x" + proof, "wrong ada"},
      {"another header", "c=eSws,r=" + nonce + proof, "wrong ada"},
      {"a header that is no base64", "c=!,r=" + nonce + proof, "malformed ada"},
      {"an extension that was not proved", "c=biws,r=" + nonce + ",x=y" + proof, "wrong ada"},
      {"a mandatory extension", "c=biws,r=" + nonce + ",m=y" + proof, "malformed ada"},
      {"octets behind the proof", right + ",x=y", "malformed ada"},
  };
  for (const auto& r : rows) {
    exchange one("SCRAM-SHA-256", with_tls);
    (void)one.start(scram_client{}.first());
    (void)one.answered(facts_for(scram_hash::sha_256));
    EXPECT_EQ(shown(one.received(r.in)), r.out) << r.name;
  }
  exchange one("SCRAM-SHA-256", with_tls);
  (void)one.start(scram_client{}.first());
  (void)one.answered(facts_for(scram_hash::sha_256));
  EXPECT_TRUE(shown(one.received(right)).starts_with("challenge v="));
  EXPECT_EQ(shown(one.received("x")), "malformed ada");
}

}  // namespace
}  // namespace stagecoach::sasl
