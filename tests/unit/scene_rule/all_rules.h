#pragma once
// Every type of rule; app/builtins.cpp holds the same list.

#include "scene/rule/line.h"
#include "scene/rule/zone.h"

namespace facet::scene {

inline const std::vector<const RuleInfo*> kAllRules{&kLineRule, &kZoneRule};

}  // namespace facet::scene
