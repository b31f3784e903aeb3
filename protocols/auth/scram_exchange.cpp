#include "protocols/auth/scram_exchange.hpp"

#include <openssl/crypto.h>

#include "protocols/base/check.hpp"
#include "protocols/base/reader.hpp"
#include "protocols/text/base64.hpp"
#include "protocols/text/saslprep.hpp"

namespace stagecoach::sasl {

namespace {

constexpr bool is_printable(char c) { return c >= '!' && c <= '~' && c != ','; }  // RFC 5802 7
constexpr bool is_value_char(char c) { return c != ',' && c != '\0'; }
constexpr bool is_binding_name(char c) {
  return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '.' || c == '-';
}

// RFC 5802 5.1: ',' and '=' of a name are spelled =2C and =3D, and nothing else is.
std::string read_name(reader& in) {
  std::string name;
  for (;;) {
    name += in.take_while([](char c) { return is_value_char(c) && c != '='; });
    if (in.skip("=2C")) {
      name += ',';
    } else if (in.skip("=3D")) {
      name += '=';
    } else {
      if (in.peek() == '=') in.fail(fault_code::syntax, "= in a name");
      break;
    }
  }
  if (name.empty()) in.fail(fault_code::syntax, "empty name");
  return name;
}

// Attributes that an extension may add, up to one with the name `last`; one letter each.
void skip_extensions(reader& in, char last) {
  while (in.ok() && !in.at_end() && in.peek() == ',') {
    if (in.rest().size() > 1 && in.rest()[1] == last) return;
    in.skip(',');
    const auto letter = in.take(1, "attribute");
    if (!in.ok() || ascii_lower(letter[0]) < 'a' || ascii_lower(letter[0]) > 'z' || letter[0] == 'm')
      in.fail(fault_code::syntax, "attribute");
    in.expect('=', "= of an attribute");
    if (in.take_while(is_value_char).empty()) in.fail(fault_code::syntax, "value of an attribute");
  }
}

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

step scram_exchange::fail(reason why) {
  stage_ = stage::over;
  return failed{why, name_};
}

step scram_exchange::received(std::string_view message) {
  switch (stage_) {
    case stage::first:
      return read_first(message);
    case stage::proof:
      return read_proof(message);
    case stage::last:  // the client has seen our signature
      if (!message.empty()) return fail(reason::malformed);
      stage_ = stage::over;
      return succeeded{name_};
    case stage::keys:
    case stage::over:
      break;
  }
  CHECK(!"a message that nobody waits for");
  return fail(reason::malformed);
}

step scram_exchange::read_first(std::string_view message) {
  reader in(message);
  if (in.skip("p=")) {
    binding_type_ = in.take_while(is_binding_name);
    if (binding_type_.empty()) in.fail(fault_code::syntax, "name of a channel binding");
  } else if (in.skip('y')) {
    // RFC 5802 6: a client that could bind, and thinks that we cannot, was told so by somebody in between.
    if (kind_.is_plus_offered) return fail(reason::wrong);
  } else if (!in.skip('n')) {
    in.fail(fault_code::syntax, "gs2 header");
  }
  if (in.ok() && kind_.is_plus != !binding_type_.empty()) return fail(reason::malformed);
  in.expect(',', "gs2 header");
  std::string authorize_as;
  if (in.skip("a=")) authorize_as = read_name(in);
  in.expect(',', "end of the gs2 header");
  if (!in.ok()) return fail(reason::malformed);
  gs2_header_ = message.substr(0, in.offset());
  first_bare_ = in.rest();
  if (!in.skip("n=")) in.fail(fault_code::syntax, "name");  // "m=" too, an extension that must be understood
  const auto spelled = read_name(in);
  in.expect(',', "comma behind the name");
  if (!in.skip("r=")) in.fail(fault_code::syntax, "nonce");
  nonce_ = in.take_while(is_printable);
  if (nonce_.empty()) in.fail(fault_code::syntax, "empty nonce");
  skip_extensions(in, '\0');
  if (!in.ok() || !in.at_end()) return fail(reason::malformed);
  auto name = saslprep(spelled);
  if (!name || name->empty()) return fail(reason::malformed);
  name_ = std::move(*name);
  if (!authorize_as.empty() && !equal_nocase(saslprep(authorize_as).value_or(""), name_))
    return fail(reason::not_allowed);
  stage_ = stage::keys;
  return find_keys{kind_.hash, name_};
}

step scram_exchange::answered(key_facts facts) {
  CHECK(stage_ == stage::keys && facts.keys.is_set() && !facts.server_nonce.empty());
  facts_ = std::move(facts);
  // RFC 5802 7: unsupported-channel-binding-type.
  if (kind_.is_plus && binding().empty()) return fail(reason::malformed);
  nonce_ += facts_.server_nonce;
  server_first_ = "r=" + nonce_ + ",s=" + to_base64(facts_.keys.salt) + ",i=" + std::to_string(facts_.keys.iterations);
  stage_ = stage::proof;
  return challenge{server_first_};
}

std::string scram_exchange::binding() const {
  if (binding_type_ == "tls-exporter") return facts_.bindings.exporter;
  if (binding_type_ == "tls-server-end-point") return facts_.bindings.end_point;
  return {};
}

step scram_exchange::read_proof(std::string_view message) {
  reader in(message);
  if (!in.skip("c=")) in.fail(fault_code::syntax, "channel binding");
  const auto bound = from_base64(in.take_while(is_value_char));
  if (!in.skip(",r=")) in.fail(fault_code::syntax, "nonce");
  const auto nonce = in.take_while(is_printable);
  skip_extensions(in, 'p');
  const auto without_proof = message.substr(0, in.offset());
  if (!in.skip(",p=")) in.fail(fault_code::syntax, "proof");
  const auto proof = from_base64(in.take_while(is_value_char));
  if (!in.ok() || !in.at_end() || !bound || !proof) return fail(reason::malformed);
  std::string auth_message = first_bare_ + ',' + server_first_ + ',';
  auth_message += without_proof;
  const auto signature = check_proof(kind_.hash, facts_.keys, auth_message, *proof);
  if (!signature || !is_same(*bound, gs2_header_ + binding()) || !is_same(nonce, nonce_)) return fail(reason::wrong);
  stage_ = stage::last;
  return challenge{"v=" + to_base64(*signature)};
}

}  // namespace stagecoach::sasl
