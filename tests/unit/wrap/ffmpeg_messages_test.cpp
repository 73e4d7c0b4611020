#include "wrap/ffmpeg/messages.h"

#include <gtest/gtest.h>

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

namespace facet::ffmpeg {
namespace {

TEST(Messages, TheFirstErrorIsKeptAndGoesNowhereElse) {
    const MessageScope scope;
    av_log(nullptr, AV_LOG_WARNING, "a warning\n");
    av_log(nullptr, AV_LOG_ERROR, "moov atom %s\n", "not found.");
    av_log(nullptr, AV_LOG_ERROR, "and so on\n");
    EXPECT_EQ(scope.text(), "moov atom not found");
    EXPECT_EQ(scope.describe(AVERROR_INVALIDDATA), "Invalid data found when processing input (moov atom not found)");
}

TEST(Messages, PasswordsOfAddressesAreNotKeptAlsoWhereTheLineIsCut) {
    for (std::size_t before = 0; before < 260; ++before) {
        const MessageScope scope;
        av_log(nullptr, AV_LOG_ERROR, "%s http://viewer:hidden@10.0.0.7/main failed", std::string(before, '.').c_str());
        EXPECT_EQ(scope.text().find("hid"), std::string_view::npos) << scope.text();
    }
    const MessageScope scope;
    av_log(nullptr, AV_LOG_ERROR, "%s", ("http://viewer:" + std::string(10'000, 'h')).c_str());
    EXPECT_EQ(scope.text(), "http://viewer:***");
}

TEST(Messages, CodesMeanWhatTriesAgainOrWhatAPersonMustMend) {
    EXPECT_EQ(MessageScope::code_of(AVERROR_HTTP_UNAUTHORIZED), ErrorCode::permission_denied);
    EXPECT_EQ(MessageScope::code_of(AVERROR_HTTP_NOT_FOUND), ErrorCode::not_found);
    EXPECT_EQ(MessageScope::code_of(AVERROR(ECONNREFUSED)), ErrorCode::unavailable);
    EXPECT_EQ(MessageScope::code_of(AVERROR(EBUSY)), ErrorCode::unavailable);
    EXPECT_EQ(MessageScope::code_of(AVERROR_INVALIDDATA), ErrorCode::corrupt);
}

}  // namespace
}  // namespace facet::ffmpeg
