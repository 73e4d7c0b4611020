#pragma once
// Every type of rule; app/builtins.cpp holds the same list.

#include "scene/rule/absence.h"
#include "scene/rule/count.h"
#include "scene/rule/crowd.h"
#include "scene/rule/dwell.h"
#include "scene/rule/left.h"
#include "scene/rule/line.h"
#include "scene/rule/motion.h"
#include "scene/rule/queue.h"
#include "scene/rule/removed.h"
#include "scene/rule/speed.h"
#include "scene/rule/stop.h"
#include "scene/rule/wrong_way.h"
#include "scene/rule/zone.h"

namespace facet::scene {

inline const std::vector<const RuleInfo*> kAllRules{&kLineRule,    &kZoneRule,  &kDwellRule, &kStopRule,    &kWrongWayRule,
                                                    &kSpeedRule,   &kQueueRule, &kLeftRule,  &kRemovedRule, &kCrowdRule,
                                                    &kAbsenceRule, &kCountRule, &kMotionRule};

}  // namespace facet::scene
