#include "wrap/openssl/sha256.h"

#include <gtest/gtest.h>

namespace facet {
namespace {

TEST(Sha256, IsTheKnownHash) {
    EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_TRUE(is_sha256(sha256_of("")));
    EXPECT_FALSE(is_sha256(std::string(64, 'G')));
    EXPECT_FALSE(is_sha256("abc"));
}

TEST(Sha256, OfPiecesIsTheOneOfTheWhole) {
    Sha256 hash;
    hash.update("a");
    hash.update("bc");
    EXPECT_EQ(hash.finish(), sha256_of("abc"));
}

TEST(Sha256, OfAFileThatIsNotThereNamesIt) {
    const auto hash = sha256_of_file("no/such/file");
    ASSERT_FALSE(hash.has_value());
    EXPECT_EQ(hash.error().code, ErrorCode::not_found);
    EXPECT_NE(hash.error().message.find("no/such/file"), std::string::npos);
}

}  // namespace
}  // namespace facet
