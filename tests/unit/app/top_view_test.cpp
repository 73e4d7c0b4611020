#include "app/top_view.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "app/status_json.h"
#include "base/text.h"

namespace facet::app {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

engine::LiveCameraStatus camera(const std::string& name, engine::LiveCameraState state) {
    engine::LiveCameraStatus camera;
    camera.name = name;
    camera.address = "rtsp://viewer:***@10.0.0.7/main";
    camera.state = state;
    camera.is_up = state == engine::LiveCameraState::up;
    camera.events = 12;
    camera.stages = {{"decode", 4.2, 9.1}, {"inference", 7.5, 12}};
    camera.recent = {.packets_per_second = 25,
                     .frames_per_second = 12.5,
                     .results_per_second = 12.4,
                     .latency_p50_ms = 31.2,
                     .latency_p99_ms = 88,
                     .drops = {{"policy", 63}, {"late", 2}}};
    return camera;
}

engine::LiveStatus status_of(std::size_t cameras) {
    engine::LiveStatus status;
    status.automatic_policy = "references";
    status.workers = 2;
    status.wall_s = 3723;
    status.cores_used = 1.25;
    status.resident_bytes = 300.0 * 1024 * 1024;
    for (std::size_t i = 0; i < cameras; ++i)
        status.cameras.push_back(camera(fmt::format("cam{}", i), engine::LiveCameraState::up));
    status.experts.push_back({"vehicles", "yolox-nano", cameras, 100, 12.5});
    return status;
}

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) text.remove_prefix(std::max<std::size_t>(1, utf8_length(text)));
    return count;
}

std::string joined(const std::vector<std::string>& lines) { return fmt::format("{}", fmt::join(lines, "\n")); }

TEST(TopView, SaysOfEachCameraWhatItDoes) {
    const auto lines = top_view(status_json(status_of(1)), 80, 0);
    ASSERT_TRUE(lines) << lines.error().message;
    const std::string text = joined(*lines);
    EXPECT_THAT(text, HasSubstr("running 1:02:03, 1 of 1 cameras up"));
    EXPECT_THAT(text, HasSubstr("CPU 1.25 cores, 2 workers"));
    EXPECT_THAT(text, HasSubstr("p99 ms at worst: decode 9, inference 12\n"));
    EXPECT_THAT(text, HasSubstr("memory 300 MB"));
    EXPECT_THAT(text, HasSubstr("cam0     up      25.0  12.5  12.4   31.2   88.0     12  policy 63, late 2"));
    EXPECT_THAT(text, HasSubstr("vehicles       1     12.5  yolox-nano"));
}

TEST(TopView, OfACameraThatIsNotUpItSaysWhy) {
    auto status = status_of(0);
    auto away = camera("north", engine::LiveCameraState::away);
    away.trouble = "connection refused";
    status.cameras = {away, camera("south", engine::LiveCameraState::paused)};
    const std::string text = joined(*top_view(status_json(status), 80, 0));
    EXPECT_THAT(text, HasSubstr("north    away   connection refused"));
    EXPECT_THAT(text, HasSubstr("south    paused rtsp://viewer:***@10.0.0.7/main"));
    status.cameras[0].trouble = "rtsp://viewer:***@10.0.0.7/main: 404 Not Found";
    EXPECT_THAT(joined(*top_view(status_json(status), 80, 0)), HasSubstr("north    away   404 Not Found"));
}

TEST(TopView, ALazyCameraThatSeesNothingDozes) {
    auto status = status_of(2);
    status.cameras[1].is_dozing = true;
    const std::string text = joined(*top_view(status_json(status), 80, 0));
    EXPECT_THAT(text, HasSubstr("2 of 2 cameras up"));
    EXPECT_THAT(text, HasSubstr("cam1     dozes   25.0"));
}

TEST(TopView, NoLineIsWiderThanTheTerminalWhateverTheNames) {
    auto status = status_of(1);
    for (const std::string name : {"a-name-that-is-far-too-long-for-any-terminal-of-this-width-0123456789",
                                   "Straßenüberführung-Nordöstlicher-Übergang-Nummer-siebenundzwanzig", "\x1b[2Jclear\n"}) {
        status.cameras.push_back(camera(name, engine::LiveCameraState::up));
        status.cameras.back().recent.drops = {{"superseded", 1000000}, {"policy", 1000000}, {"late", 1000000}};
        status.cameras.push_back(camera(name, engine::LiveCameraState::away));
        status.cameras.back().trouble = std::string(300, 'x');
    }
    for (const std::size_t width : {20U, 60U, 80U, 200U}) {
        const auto lines = top_view(status_json(status), width, 0);
        ASSERT_TRUE(lines);
        for (const auto& line : *lines) {
            EXPECT_LE(characters(line), width) << line;
            EXPECT_THAT(line, Not(HasSubstr("\x1b")));
            EXPECT_THAT(line, Not(HasSubstr("\n")));
        }
    }
}

TEST(TopView, WhereNotAllCamerasFitThoseInTroubleComeFirst) {
    auto status = status_of(40);
    status.cameras[30].state = engine::LiveCameraState::away;
    const auto lines = top_view(status_json(status), 80, 24);
    ASSERT_TRUE(lines);
    EXPECT_EQ(lines->size(), 24U);
    EXPECT_THAT((*lines)[6], HasSubstr("cam30    away"));
    EXPECT_THAT(joined(*lines), HasSubstr("and 26 more"));
    EXPECT_EQ(top_view(status_json(status), 80, 0)->size(), 4 + 2 + 40 + 3U);
}

TEST(TopView, WhatIsNoStatusIsRefused) {
    for (const char* text : {"", "{", "[]", "3", R"({"ok":true})", R"({"ok":true,"cameras":3})"})
        EXPECT_FALSE(top_view(text, 80, 0)) << text;
    EXPECT_THAT(top_view(error_json("it stops"), 80, 0).error().message, HasSubstr("it stops"));
}

TEST(StatusJson, AChangeIsToldInWordsAndByName) {
    engine::LiveChange change;
    change.added = {"north", "south"};
    change.unchanged = 1;
    const std::vector<std::string> ignored{"budget.cores"};
    EXPECT_EQ(change_text(change, ignored), "added north, south; not before a restart: budget.cores; 1 camera unchanged");
    const json told = json::parse(change_json(change, ignored));
    EXPECT_EQ(told["ok"], true);
    EXPECT_EQ(told["added"], (json{"north", "south"}));
    EXPECT_EQ(told["ignored"], (json{"budget.cores"}));
}

}  // namespace
}  // namespace facet::app
