#pragma once
// plate: licence plates in three steps that a cascade joins: where (with four corners), which colour, what text.
//
//   experts:
//     - {name: vehicles, model: yolox-nano, labels: [car, bus, truck]}
//     - {name: plates, model: plate-y5fu, of: vehicles}
//     - {name: plate-text, model: lprnet, of: plates}
//     - {name: plate-colour, model: plate-colour, of: plates}
//
// plate         detector (HyperLPR3's y5fu). Input: f32 NCHW, RGB / 255, centred letterbox padded with black. Output
//               [1, rows, 15]: cx, cy, w, h, objectness, x, y of left top, right top, right bottom and left bottom, score of
//               one row, score of two rows; tensor pixels. score = objectness * the larger one; the label says which.
// plate-colour  classifier of the rectified plate, BGR / 255 -> [1, 3], softmax applied.
// plate-text    LPRNet (Zherzdev and Gruzdev, arXiv 1806.10447): the rectified plate, BGR (x - 127.5) / 128, 94x24 ->
//               logits [1, characters, steps]; greedy CTC: the best character of each step, repeats merged, blanks (the last
//               character) dropped. One-row plates.

#include <array>

#include "expert/model_expert.h"

namespace facet::expert {

extern const FamilyInfo kPlate;
extern const FamilyInfo kPlateColour;
extern const FamilyInfo kPlateText;

namespace plate {

/// What is above the threshold, in tensor pixels; `index` is the row. `rows` is [n, 15].
std::vector<Candidate> decode(std::span<const float> rows, const Selection& selection);

/// The four corners of one row, in tensor pixels.
std::array<Point, 4> decode_corners(std::span<const float> rows, std::size_t index);

/// Greedy CTC over logits [characters, steps]; the last of `characters` is the blank. The score is the mean probability of
/// the characters given; 0 for an empty text.
Text decode_text(std::span<const float> logits, std::size_t steps, std::span<const std::string> characters);

}  // namespace plate
}  // namespace facet::expert
