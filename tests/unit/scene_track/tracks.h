#pragma once
// What the tests of trackers share: making trackers, and short ways to write detections.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "config/node.h"
#include "scene/track/appearance.h"
#include "scene/track/bytetrack.h"
#include "scene/track/oc_sort.h"

namespace facet::scene::test {

inline const TrackerInfo* const kTrackers[] = {&kByteTrack, &kOcSort, &kAppearance};

/// A tracker with its defaults, but for `options` (YAML, "lost_time: 2s").
inline std::unique_ptr<Tracker> make(const TrackerInfo& info, const std::string& options = "{}") {
    const auto node = config::parse_yaml(options, "test", [](const char*) -> const char* { return nullptr; });
    auto values = config::Values::read(info.options, *node, "tracker");
    EXPECT_TRUE(values.has_value()) << values.error().message;
    auto tracker = info.create(*values);
    EXPECT_TRUE(tracker.has_value());
    return std::move(*tracker);
}

inline Detection at(float x, float y, float width, float height, float score = 0.9F, int label = 0) {
    Detection detection;
    detection.box = {x, y, width, height};
    detection.score = score;
    detection.label = label;
    return detection;
}

/// A box of 40x40 around a centre.
inline Detection around(double x, double y, float score = 0.9F, int label = 0) {
    return at(static_cast<float>(x) - 20, static_cast<float>(y) - 20, 40, 40, score, label);
}

/// One tracker with its defaults per test and per kind of tracker.
class TrackerTest : public testing::TestWithParam<const TrackerInfo*> {
protected:
    std::span<const Track> see(double t_s, std::vector<Detection> detections) {
        return tracker_->update({std::move(detections)}, from_seconds(t_s));
    }
    std::unique_ptr<Tracker> tracker_ = make(*GetParam());
};

inline std::string name_of(const testing::TestParamInfo<const TrackerInfo*>& instance) {
    std::string name(instance.param->name);
    std::erase(name, '-');
    return name;
}

}  // namespace facet::scene::test
