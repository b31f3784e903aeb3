#include "protocols/auth/session_hash.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

// FIPS 180-2 B.1.
TEST(SessionHash, IsSha256OfTheCookie) {
  EXPECT_EQ(session_text(hash_of_cookie("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_NE(hash_of_cookie(session_text(hash_of_cookie("abc"))), hash_of_cookie("abc")) << "it is no cookie";
}

}  // namespace
}  // namespace stagecoach
