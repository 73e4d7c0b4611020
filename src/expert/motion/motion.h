#pragma once
// motion: what moves, without a model. See detector.h for how.
//
//   experts:
//     - {name: movement, model: motion}
//
// Input: u8 gray, the picture at most 320 pixels wide and high, its aspect kept. Gives Detections labelled `motion`, one box
// per moving blob. One State per camera; frames in order, at any rate (2 to 60 a second), gaps allowed.

#include "expert/expert.h"

namespace facet::expert {
extern const FamilyInfo kMotion;
}
