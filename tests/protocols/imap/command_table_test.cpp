#include "protocols/imap/command_table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "protocols/imap/capability.hpp"
#include "protocols/imap/tokens.hpp"
#include "tests/protocols/imap/small_world.hpp"

namespace stagecoach::imap {
namespace {

TEST(CommandTable, NamesEachCommandOnceAndWithItsRfc) {
  std::set<std::string_view> names;
  for (const auto& row : command_table()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(to_upper(row.name), row.name);
    EXPECT_TRUE(row.rfc.starts_with("RFC ")) << row.name;
    EXPECT_NE(row.parse, nullptr);
    EXPECT_EQ(find_command(row.name), &row);
  }
  EXPECT_EQ(find_command("UID"), nullptr);
}

// RFC 3501 7.4.1 names them.
TEST(CommandTable, HoldsNumbersUnderFetchStoreAndSearch) {
  for (const char* name : {"FETCH", "STORE", "SEARCH"}) EXPECT_EQ(find_command(name)->use, numbers::used) << name;
  for (const char* name : {"UID FETCH", "UID STORE", "UID SEARCH", "NOOP", "CHECK", "EXPUNGE", "IDLE"})
    EXPECT_EQ(find_command(name)->use, numbers::unaffected) << name;
}

TEST(Capability, DependsOnTheSession) {
  session_options options;
  options.offers_tls = true;
  options.append_bytes_max = 1000;
  session_state session(options);
  const auto& common = testing::common_capabilities;
  EXPECT_EQ(capabilities(session),
            "IMAP4rev1 IMAP4rev2 LITERAL+ BINARY ESEARCH SEARCHRES STARTTLS LOGINDISABLED " + common);
  session.is_tls = true;
  EXPECT_EQ(capabilities(session), testing::first_capabilities + "SASL-IR " + testing::bound_mechanisms + common);
  session.is_signed_in = true;
  EXPECT_EQ(capabilities(session), "IMAP4rev1 IMAP4rev2 LITERAL+ BINARY ESEARCH SEARCHRES " + common);
}

}  // namespace
}  // namespace stagecoach::imap
