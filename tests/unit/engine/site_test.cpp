#include "engine/site.h"

#include <gmock/gmock.h>

namespace facet::engine {
namespace {

using testing::HasSubstr;

Result<Site> read(std::string_view yaml) {
    FACET_TRY(const auto root,
              config::parse_yaml(yaml, "conf/site.yaml", [](const char*) -> const char* { return nullptr; }));
    return read_site(root);
}

std::string error_of(std::string_view yaml) {
    const auto site = read(yaml);
    return site ? "" : site.error().message;
}

TEST(SiteTest, PathsAreRelativeToTheConfigAndAddressesAreNot) {
    const auto site = read(
        "cameras:\n"
        "  - {name: a, source: street.mp4}\n"
        "  - {name: b, source: /videos/street.mp4}\n"
        "  - {name: c, source: 'synthetic:street?seed=1'}\n"
        "  - {name: d, source: 'rtsp://10.0.0.7/main'}\n"
        "models: {mirror: ../models}\n");
    ASSERT_TRUE(site) << site.error().message;
    EXPECT_EQ(site->cameras[0].source, "conf/street.mp4");
    EXPECT_EQ(site->cameras[1].source, "/videos/street.mp4");
    EXPECT_EQ(site->cameras[2].source, "synthetic:street?seed=1");
    EXPECT_EQ(site->cameras[3].source, "rtsp://10.0.0.7/main");
    EXPECT_EQ(site->model_mirror, "conf/../models");
}

TEST(SiteTest, AnUnknownKeyIsNamedWithItsLineAndTheNearestKey) {
    EXPECT_THAT(error_of("cameras:\n  - name: a\n    sorce: x\n"),
                HasSubstr("conf/site.yaml:3: camera 'a': unknown key 'sorce'"));
    EXPECT_THAT(error_of("cameras:\n  - name: a\n    sorce: x\n"), HasSubstr("did you mean 'source'?"));
    EXPECT_THAT(error_of("camera: []\n"), HasSubstr("did you mean 'cameras'?"));
}

TEST(SiteTest, ACameraThatNamesAnUndeclaredExpertIsRefused) {
    EXPECT_THAT(error_of("cameras: [{name: a, experts: [vehicle]}]\nexperts: [{name: vehicles, model: motion}]\n"),
                HasSubstr("unknown expert 'vehicle', did you mean 'vehicles'?"));
}

TEST(SiteTest, NamesAreUnique) {
    EXPECT_THAT(error_of("cameras: [{name: a}, {name: a}]\n"), HasSubstr("camera 'a' is declared twice"));
    EXPECT_THAT(error_of("experts: [{name: a, model: m}, {name: a, model: n}]\n"),
                HasSubstr("expert 'a' is declared twice"));
    EXPECT_THAT(error_of("cameras: [{source: x}]\n"), HasSubstr("'name' is missing"));
}

TEST(SiteTest, AMaskThatIsNoPolygonIsRefused) {
    EXPECT_THAT(error_of("cameras: [{name: a, masks: [[[0, 0], [1, 1]]]}]\n"), HasSubstr("expected a simple polygon"));
    EXPECT_THAT(error_of("cameras: [{name: a, masks: [[[0, 0], [1, 1], [1, 0], [0, 1]]]}]\n"), HasSubstr("crosses itself"));
    EXPECT_THAT(error_of("cameras: [{name: a, masks: [[[0, 0], [1, 1], [2, 0]]]}]\n"), HasSubstr("outside of 0..1"));
    EXPECT_THAT(error_of("cameras: [{name: a, masks: [0, 1]}]\n"), HasSubstr("expected [[[x, y], ...], ...]"));
}

TEST(SiteTest, ATrackerIsANameOrASectionWithOptions) {
    const auto site = read("cameras: [{name: a, tracker: oc-sort}, {name: b, tracker: {name: bytetrack, lost: 2s}}]\n");
    ASSERT_TRUE(site) << site.error().message;
    EXPECT_EQ(site->cameras[0].tracker, "oc-sort");
    EXPECT_EQ(site->cameras[1].tracker, "bytetrack");
    EXPECT_EQ(site->cameras[1].tracker_options.members.size(), 1U);
}

TEST(SiteTest, TheControlSocketLiesRelativeToTheConfigAndCamerasMayBePaused) {
    const auto site = read("cameras: [{name: a, paused: true}, {name: b}]\ncontrol: {socket: run/control}\n");
    ASSERT_TRUE(site) << site.error().message;
    EXPECT_EQ(site->control_socket, "conf/run/control");
    EXPECT_TRUE(site->cameras[0].paused);
    EXPECT_FALSE(site->cameras[1].paused);
    EXPECT_EQ(site->cameras[0].node.members.size(), 2U);
}

TEST(SiteTest, OnlyWhatHoldsFromTheStartCountsAsAChangeThatNeedsOne) {
    const auto changes = [](std::string_view before, std::string_view after) {
        const auto parsed = [](std::string_view yaml) { return *config::parse_yaml(yaml, "", nullptr); };
        return startup_changes(parsed(before), parsed(after));
    };
    using testing::ElementsAre;
    using testing::IsEmpty;
    constexpr std::string_view kBefore = "cameras: [{name: a}]\nbudget: {latency_p99: 1s, cores: 2}\n";
    EXPECT_THAT(changes(kBefore, kBefore), IsEmpty());
    EXPECT_THAT(changes(kBefore, "cameras: [{name: b}]\nexperts: []\nbudget: {latency_p99: 2s, cores: 2}\n"), IsEmpty());
    EXPECT_THAT(changes(kBefore, "cameras: [{name: a}]\nmodels: {mirror: x}\n"), ElementsAre("budget.cores"));
    EXPECT_THAT(changes(kBefore, "budget: {cores: 3}\ncontrol: {socket: x}\nmetrics: {listen: ':1'}\n"),
                ElementsAre("metrics.listen", "budget.cores", "control.socket"));
}

TEST(SiteTest, EvidenceAndRecordingsAreReadWithTheirUnits) {
    const auto site = read(
        "cameras: [{name: a, source: sub.mp4, evidence_source: main.mp4, record: true}]\n"
        "evidence: {folder: kept, clip_before: 2s, clip_after: 1500ms, age_max: 2d, bytes_max: 5MB}\n"
        "record: {folder: /recordings}\n");
    ASSERT_TRUE(site) << site.error().message;
    EXPECT_EQ(site->cameras[0].evidence_source, "conf/main.mp4");
    EXPECT_TRUE(site->cameras[0].record);
    ASSERT_TRUE(site->evidence);
    EXPECT_EQ(site->evidence->folder, "conf/kept");
    EXPECT_EQ(site->evidence->clip_before, std::chrono::seconds(2));
    EXPECT_EQ(site->evidence->clip_after, std::chrono::milliseconds(1500));
    EXPECT_EQ(site->evidence->age_max, std::chrono::hours(48));
    EXPECT_EQ(site->evidence->bytes_max, 5'000'000);
    ASSERT_TRUE(site->record);
    EXPECT_EQ(site->record->folder, "/recordings");
    EXPECT_EQ(site->record->segment, std::chrono::minutes(5));
    EXPECT_FALSE(read("cameras: [{name: a}]\n")->evidence);
}

TEST(SiteTest, WhatIsKeptNeedsAPlace) {
    EXPECT_THAT(error_of("cameras: [{name: a, record: true}]\n"), HasSubstr("there is no section `record`"));
    EXPECT_THAT(error_of("cameras: [{name: a, evidence_source: x}]\n"), HasSubstr("no use without a section `evidence`"));
    EXPECT_THAT(error_of("evidence: {clip_before: 1s}\n"), HasSubstr("'folder' is missing"));
    EXPECT_THAT(error_of("record: {folder: x, bytes_max: 10kB}\n"), HasSubstr("bytes_max is '10kB', expected 1000000.."));
}

}  // namespace
}  // namespace facet::engine
