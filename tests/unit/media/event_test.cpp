#include "media/event.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace facet {
namespace {

Event crossing() {
    Event event;
    event.camera = "north";
    event.rule = "stop-line";
    event.type = "line";
    event.direction = "forward";
    event.track = 3;
    event.time = WallTime(std::chrono::milliseconds(1500));
    return event;
}

TEST(EventTest, TheIdOfAnEventNeverChangesBetweenVersions) { EXPECT_EQ(event_id(crossing()), "358117b6637a825c"); }

TEST(EventTest, WhatIdentifiesAnEventIsInItsId) {
    const std::function<void(Event&)> changes[] = {
        [](Event& event) { event.camera = "south"; },
        [](Event& event) { event.rule = "exit"; },
        [](Event& event) { event.type = "zone"; },
        [](Event& event) { event.direction = "backward"; },
        [](Event& event) { event.track = 4; },
        [](Event& event) { event.track.reset(); },
        [](Event& event) { event.time += Nanoseconds(1); },
        [](Event& event) {  // the same characters, cut elsewhere
            event.camera = "norths";
            event.rule = "top-line";
        },
    };
    std::set<std::string> ids{event_id(crossing()), event_id(crossing(), 1)};
    for (const auto& change : changes) {
        auto event = crossing();
        change(event);
        ids.insert(event_id(event));
    }
    EXPECT_EQ(ids.size(), 2 + std::size(changes));
}

TEST(EventTest, WhatWasFoundOutAboutAnEventIsNotInItsId) {
    auto event = crossing();
    event.label = "car";
    event.score = 0.5F;
    event.box = Box{1, 2, 3, 4};
    event.values["counts"] = 7;
    event.evidence.frame = 9;
    event.t = Nanoseconds(5);
    EXPECT_EQ(event_id(event), event_id(crossing()));
}

}  // namespace
}  // namespace facet
