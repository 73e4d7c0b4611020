#include "report/analysis_report.h"

#include <gmock/gmock.h>

#include <cstring>

namespace facet::report {
namespace {

using testing::HasSubstr;
using testing::Not;

Picture gray_picture() {
    PictureBuffer buffer(PixelFormat::gray8, {64, 36});
    std::memset(buffer.plane(0), 128, static_cast<std::size_t>(buffer.stride(0)) * 36);
    return std::move(buffer).release();
}

Event event_of(std::string rule, Nanoseconds t) {
    Event event;
    event.rule = std::move(rule);
    event.type = "line";
    event.direction = "forward";
    event.label = "car";
    event.track = 7;
    event.t = t;
    event.box = Box{8, 9, 16, 18};
    return event;
}

RunFacts facts() {
    RunFacts run;
    run.title = "a run";
    run.facts = {{"frames", "1"}};
    run.stage_ms = {{"decode", 1.5}};
    return run;
}

std::string page_of(int frames, int events_per_frame, int tracks_per_frame, const std::string& rule = "gate") {
    AnalysisReport report;
    const Picture picture = gray_picture();
    std::int64_t next_track = 1;
    for (int i = 0; i < frames; ++i) {
        const Nanoseconds t = std::chrono::milliseconds(40) * i;
        const ObjectFacts object{"car", {8, 9, 16, 18}};
        const std::vector<Event> events(static_cast<std::size_t>(events_per_frame), event_of(rule, t));
        std::vector<Track> tracks(static_cast<std::size_t>(tracks_per_frame));
        for (auto& track : tracks) {
            track.id = next_track++;
            track.box = {8, 9, 16, 18};
        }
        const std::vector<std::string_view> labels(tracks.size(), "car");
        report.add({.camera = "north",
                    .t = t,
                    .picture = &picture,
                    .objects = {&object, 1},
                    .tracks = tracks,
                    .track_labels = labels,
                    .events = events});
    }
    return report.html(facts());
}

TEST(AnalysisReportTest, ThePageStandsAloneAndShowsWhatHappened) {
    const std::string page = page_of(50, 0, 0) + page_of(1, 1, 1);
    EXPECT_THAT(page, HasSubstr("<!DOCTYPE html>"));
    EXPECT_THAT(page, HasSubstr("gate · forward · car 7"));
    EXPECT_THAT(page, HasSubstr("data:image/jpeg;base64,/9j/"));
    EXPECT_THAT(page, HasSubstr("name=\"viewport\""));
    EXPECT_THAT(page, HasSubstr("@media print"));
    for (const char* fetch : {"<link", "src=\"http", "href=\"http", "@import", "url(http"})
        EXPECT_THAT(page, Not(HasSubstr(fetch)));
}

TEST(AnalysisReportTest, TextFromOutsideCannotBecomeMarkup) {
    const std::string page = page_of(1, 1, 0, "</script><script>alert(1)</script>");
    EXPECT_THAT(page, Not(HasSubstr("<script>alert(1)")));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
}

TEST(AnalysisReportTest, ALongRunGivesNoLargerPageThanItsLimits) {
    const std::string page = page_of(20'000, 1, 3);
    EXPECT_LT(page.size(), 2'000'000U);
    EXPECT_THAT(page, HasSubstr("19880 further events are not shown here"));
    EXPECT_THAT(page, HasSubstr("400 tracks (and 59600 not drawn)"));
}

TEST(AnalysisReportTest, TheSameRunGivesTheSamePage) { EXPECT_EQ(page_of(300, 1, 2), page_of(300, 1, 2)); }

TEST(AnalysisReportTest, ARunWithoutFramesIsAPageToo) {
    const AnalysisReport report;
    RunFacts run = facts();
    run.errors = {{"input", 1}};
    run.messages = {"a.mp4: no such file"};
    const std::string page = report.html(run);
    EXPECT_THAT(page, HasSubstr("a.mp4: no such file"));
    EXPECT_THAT(page, HasSubstr("</html>"));
}

}  // namespace
}  // namespace facet::report
