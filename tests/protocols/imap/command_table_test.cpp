#include "protocols/imap/command_table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "protocols/imap/capability.hpp"
#include "protocols/imap/tokens.hpp"

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
  session_state session(options);
  EXPECT_EQ(capabilities(session), "IMAP4rev1 LITERAL- STARTTLS LOGINDISABLED ID IDLE UNSELECT MOVE UIDPLUS");
  session.is_tls = true;
  EXPECT_EQ(
      capabilities(session),
      "IMAP4rev1 LITERAL- SASL-IR AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-1 "
      "AUTH=PLAIN AUTH=LOGIN ID IDLE UNSELECT MOVE UIDPLUS");
  session.is_signed_in = true;
  EXPECT_EQ(capabilities(session), "IMAP4rev1 LITERAL- ID IDLE UNSELECT MOVE UIDPLUS");
}

}  // namespace
}  // namespace stagecoach::imap
