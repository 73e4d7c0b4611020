#include "base/secrets.h"

#include <gtest/gtest.h>

namespace facet {
namespace {

TEST(Secrets, PasswordsAreTakenOutOfAddressesAndNothingElseIs) {
    EXPECT_EQ(without_secrets("rtsp://user:pass@10.0.0.7/main?x=1"), "rtsp://user:***@10.0.0.7/main?x=1");
    EXPECT_EQ(without_secrets("rtsp://user:p@ss:w@10.0.0.7:554/main"), "rtsp://user:***@10.0.0.7:554/main");
    EXPECT_EQ(without_secrets("rtsp://user:pa/ss@host/main"), "rtsp://user:***@host/main");
    EXPECT_EQ(without_secrets("rtsp://user:pass@host"), "rtsp://user:***@host");
    EXPECT_EQ(without_secrets("rtsp://user:pass@[::1]:554/main"), "rtsp://user:***@[::1]:554/main");
    for (const char* clean : {"rtsp://user@10.0.0.7/main", "http://10.0.0.7:80/a@b", "http://[::1]:80/a@b", "video.mp4",
                              "folder/a@b:c.mp4", "synthetic:street?seed=1", "http://host:/x", ""})
        EXPECT_EQ(without_secrets(clean), clean);
}

TEST(Secrets, MessagesMayHaveSeveralAddresses) {
    EXPECT_EQ(without_secrets("keepalive request failed for 'http://u:one@h/a' when parsing http://u:two@h/b: gone"),
              "keepalive request failed for 'http://u:***@h/a' when parsing http://u:***@h/b: gone");
    EXPECT_EQ(without_secrets("Connection to tcp://127.0.0.1:554?timeout=0 failed: Connection refused"),
              "Connection to tcp://127.0.0.1:554?timeout=0 failed: Connection refused");
    EXPECT_EQ(without_secrets("cannot open 'tcp://127.0.0.1:80', gives up"), "cannot open 'tcp://127.0.0.1:80', gives up");
}

TEST(Secrets, AnAddressThatWasCutOffInItsPasswordIsMaskedToItsEnd) {
    EXPECT_EQ(without_secrets("cannot open http://user:half-of-the-pass"), "cannot open http://user:***");
}

TEST(Secrets, QueriesCarryPasswordsToo) {
    EXPECT_EQ(without_secrets("http://h/snap.cgi?user=me&pwd=hidden&size=2"), "http://h/snap.cgi?user=me&pwd=***&size=2");
    EXPECT_EQ(without_secrets("http://h/snap?Token=hidden"), "http://h/snap?Token=***");
    EXPECT_EQ(without_secrets("http://h/snap?passage=1&token"), "http://h/snap?passage=1&token");
}

}  // namespace
}  // namespace facet
