#include "tracks.h"

namespace facet::scene {
namespace {

using test::around;
using test::make;

class TrackerTest : public testing::TestWithParam<const TrackerInfo*> {
protected:
    std::unique_ptr<Tracker> tracker_ = make(*GetParam());
};
INSTANTIATE_TEST_SUITE_P(All, TrackerTest, testing::ValuesIn(test::kTrackers), [](const auto& instance) {
    std::string name(instance.param->name);
    std::erase(name, '-');
    return name;
});

TEST_P(TrackerTest, AnObjectIsOneTrackFromItsFirstDetection) {
    for (int frame = 0; frame < 30; ++frame) {
        const auto tracks = tracker_->update({{around(100 + 4 * frame, 200)}}, from_seconds(frame / 30.0));
        ASSERT_EQ(tracks.size(), 1U);
        EXPECT_EQ(tracks[0].id, 1);
        EXPECT_EQ(tracks[0].detection, 0);
        EXPECT_EQ(tracks[0].first_seen, Nanoseconds{});
    }
}

}  // namespace
}  // namespace facet::scene
