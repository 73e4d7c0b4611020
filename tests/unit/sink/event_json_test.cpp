#include "sink/dialect/event_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace facet::sink::dialect {
namespace {

Event full_event() {
    Event event;
    event.id = "00ff00ff00ff00ff";
    event.camera = "north";
    event.rule = "stop-line";
    event.type = "line";
    event.direction = "forward";
    event.t = Nanoseconds(6'240'000'000);
    event.time = WallTime(Nanoseconds(1'700'000'006'240'000'000));
    event.track = 17;
    event.label = "car";
    event.score = 0.83F;
    event.box = Box{100.5F, 200.25F, 64.1F, 48};
    event.values = {{"forward", 3}, {"speed_kmh", 51.25}};
    event.evidence = {78, "evidence/17.jpg", "evidence/17.crop.jpg", "", "main"};
    event.why.ran.push_back({"vehicles", "openvino bf16 416x256", 7.3, "due"});
    event.why.skipped.push_back({"plates", "budget"});
    return event;
}

TEST(EventJson, IsThisLine) {
    EXPECT_EQ(event_json(full_event()),
              R"({"id":"00ff00ff00ff00ff","camera":"north","rule":"stop-line","type":"line","direction":"forward","t":6.24,)"
              R"("time":"2023-11-14T22:13:26.240000Z","track":17,"label":"car","score":0.83,"box":[100.5,200.25,64.1,48],)"
              R"("values":{"forward":3,"speed_kmh":51.25},"evidence":{"frame":78,"picture":"evidence/17.jpg",)"
              R"("crop":"evidence/17.crop.jpg","source":"main"},)"
              R"("why":{"ran":[{"expert":"vehicles","variant":"openvino bf16 416x256","cost_ms":7.3,"reason":"due"}],)"
              R"("skipped":[{"expert":"plates","reason":"budget"}]}})");
}

TEST(EventJson, LeavesOutWhatIsUnknown) {
    Event event;
    event.id = "1";
    event.camera = "c";
    event.rule = "r";
    event.type = "absence";
    EXPECT_EQ(event_json(event),
              R"({"id":"1","camera":"c","rule":"r","type":"absence","t":0,"time":"1970-01-01T00:00:00.000000Z",)"
              R"("evidence":{"frame":0}})");
}

TEST(EventJson, LeavesOutWhatIsNotFinite) {
    Event event = full_event();
    event.score = std::numeric_limits<float>::quiet_NaN();
    event.box = Box{1, INFINITY, 2, 3};
    event.values = {{"a", std::nan("")}, {"b", 2}};
    const auto json = nlohmann::json::parse(event_json(event));
    EXPECT_FALSE(json.contains("score"));
    EXPECT_FALSE(json.contains("box"));
    EXPECT_EQ(json["values"], nlohmann::json({{"b", 2}}));
}

TEST(EventJson, ReadsBackToTheSameValues) {
    Event event = full_event();
    event.camera = "caf\u00e9 \"3\"";
    event.t = Nanoseconds(33'366'667);
    const auto json = nlohmann::json::parse(event_json(event));
    EXPECT_EQ(json["camera"], event.camera);
    EXPECT_EQ(std::llround(json["t"].get<double>() * 1e9), event.t.count());
    EXPECT_EQ(json["box"][2].get<float>(), event.box->width);
    EXPECT_EQ(json["track"].get<std::int64_t>(), 17);
}

}  // namespace
}  // namespace facet::sink::dialect
