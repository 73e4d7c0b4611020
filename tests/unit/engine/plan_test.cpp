#include "engine/plan.h"

#include <gmock/gmock.h>

namespace facet::engine {
namespace {

using testing::ElementsAre;

PlannedExpert expert_named(const std::string& name) {
    PlannedExpert planned;
    planned.config.name = name;
    planned.loaded = std::make_shared<const expert::LoadedExpert>();
    return planned;
}

TEST(PlanOfCamera, HasItsExpertsAloneUnderIndicesOfItsOwn) {
    Plan plan;
    for (const char* name : {"a", "b", "c"}) plan.experts.push_back(expert_named(name));
    plan.cameras.resize(2);
    plan.cameras[1].name = "south";
    plan.cameras[1].experts = {2, 0};
    plan.cameras[1].groups = {{"cars", {2}, {}}};
    plan.cameras[1].segment_groups = {{"road", {0}, {}}};
    const auto own = plan_of_camera(plan, 1);
    ASSERT_EQ(own->cameras.size(), 1U);
    EXPECT_EQ(own->cameras[0].name, "south");
    EXPECT_THAT(own->cameras[0].experts, ElementsAre(0, 1));
    ASSERT_EQ(own->experts.size(), 2U);
    EXPECT_EQ(own->experts[0].config.name, "c");
    EXPECT_EQ(own->experts[1].config.name, "a");
    EXPECT_THAT(own->cameras[0].groups[0].experts, ElementsAre(0));
    EXPECT_THAT(own->cameras[0].segment_groups[0].experts, ElementsAre(1));
    EXPECT_EQ(plan.experts[1].loaded.use_count(), 1) << "what it does not use is not kept by it";
    EXPECT_EQ(plan.experts[2].loaded.use_count(), 2);
}

}  // namespace
}  // namespace facet::engine
