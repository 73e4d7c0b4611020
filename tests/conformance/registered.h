#pragma once
// What the suites share: every implementation that app/builtins.cpp lists has a sample, and its name is the test's.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/builtins.h"

namespace facet::tests {

/// The registered implementation of this name; null where this build has none.
template <class Info>
const Info* find_registered(std::span<const Info* const> registered, std::string_view name) {
    const auto found =
        std::find_if(registered.begin(), registered.end(), [&](const Info* info) { return info->name == name; });
    return found == registered.end() ? nullptr : *found;
}

/// Fails by name for each implementation that the suite would pass over. A sample's `kind` names its implementation.
template <class Info, class Sample>
void expect_samples_for_all(std::span<const Info* const> registered, const std::vector<Sample>& samples) {
    EXPECT_FALSE(registered.empty());
    for (const Info* info : registered)
        EXPECT_TRUE(
            std::any_of(samples.begin(), samples.end(), [&](const Sample& sample) { return sample.kind == info->name; }))
            << info->name << " is in app/builtins.cpp, but this suite has no sample for it: add one";
    for (const Sample& sample : samples)
        EXPECT_NE(find_registered(registered, sample.kind), nullptr)
            << sample.kind << " has a sample, but is not registered";
}

/// "yolov8-pose, decoded" -> "yolov8_pose__decoded": what GoogleTest takes for a name.
inline std::string test_name(std::string name) {
    for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return name;
}

}  // namespace facet::tests
