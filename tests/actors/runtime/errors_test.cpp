#include "actors/runtime/errors.hpp"

#include <gtest/gtest.h>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include "tests/support/stage.hpp"

namespace stagecoach::runtime {
namespace {

TEST(Errors, AFailureSurvivesTheWayThroughCaf) {
  const failure why{fault_code::full, "quota of ada@example.org"};
  EXPECT_EQ(to_failure(to_error(why)), why);
}

TEST(Errors, CafsOwnErrorsAreTemporaryFailures) {
  struct row {
    caf::error error;
    std::string_view what;
  };
  const row rows[] = {
      {caf::make_error(caf::sec::request_timeout), "no answer in time"},
      {caf::make_error(caf::sec::request_receiver_down), "the asked actor has ended"},
      {caf::make_error(caf::sec::runtime_error, std::string("CHECK(x) failed")), "the asked actor failed"},
      {caf::make_error(caf::sec::invalid_argument), "there is nobody to ask"},
      {caf::make_error(caf::exit_reason::kill), "the asked actor has ended (kill)"},
  };
  for (const auto& r : rows) EXPECT_EQ(to_failure(r.error), (failure{fault_code::busy, std::string(r.what)}));
  EXPECT_EQ(to_failure(caf::error{}).code, fault_code::none);
  EXPECT_TRUE(is_late(caf::make_error(caf::sec::request_timeout)));
  EXPECT_FALSE(is_late(to_error(failure{fault_code::busy, "x"})));
}

TEST(Errors, TheActorSystemSpellsThem) {
  testing::test_stage on;
  EXPECT_EQ(on.stage().system().render(to_error(failure{fault_code::not_found, "no such mailbox"})),
            "not_found: no such mailbox");
}

}  // namespace
}  // namespace stagecoach::runtime
