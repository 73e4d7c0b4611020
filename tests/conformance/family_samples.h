#pragma once
// One sample or more per expert family: a graph as a backend would declare it, as small as the family takes it.

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "unit/expert/support.h"

namespace facet::tests {

struct FamilySample {
    std::string kind;  ///< name of the family
    std::string form;  ///< tells several samples of one family apart
    backend::ModelFacts facts;
    std::vector<std::pair<std::string, std::string>> wrong_parameters{};  ///< for each parameter a value that is refused
    bool has_labels = true;                                               ///< the graph says how many there are

    std::string name() const { return form.empty() ? kind : kind + " " + form; }
    friend std::ostream& operator<<(std::ostream& out, const FamilySample& sample) { return out << sample.name(); }
};

inline backend::ModelFacts with_operators(backend::ModelFacts facts, std::vector<std::string> operators) {
    facts.operators = std::move(operators);
    return facts;
}

inline std::vector<FamilySample> family_samples() {
    const auto ultraface = facts({1, 3, 240, 320}, {port("scores", {1, 4420, 2}), port("boxes", {1, 4420, 4})});
    const std::vector<std::pair<std::string, std::string>> classifies{{"activation", "relu"}, {"top", "0"}};
    return {
        // 64x64: grids of 8x8, 4x4 and 2x2 cells = 84 rows.
        {"yolox", "", facts({1, 3, 64, 64}, {port("output", {1, 84, 85})}), {{"decoded", "perhaps"}}},
        {"nanodet", "",
         facts({1, 3, 64, 64}, {port("dis_pred_stride_8", {1, 64, 32}), port("cls_pred_stride_8", {1, 64, 80}),
                                port("cls_pred_stride_16", {1, 16, 80}), port("dis_pred_stride_16", {1, 16, 32}),
                                port("cls_pred_stride_32", {1, 4, 80}), port("dis_pred_stride_32", {1, 4, 32})})},
        {"yolov8", "", facts({1, 3, 96, 96}, {port("output0", {1, 84, 189})})},
        {"yolov8-segment", "",
         facts({1, 3, 64, 64}, {port("output0", {1, 4 + 80 + 2, 84}), port("output1", {1, 2, 16, 16})})},
        {"yolov8-pose", "", facts({1, 3, 64, 64}, {port("output0", {1, 56, 84})})},
        {"deeplab", "", facts({1, 33, 33, 3}, {port("logits", {1, 33, 33, 21})})},
        {"road-segmentation", "", facts({1, 32, 56, 3}, {port("softmax", {1, 32, 56, 4})})},
        {"classification", "", facts({1, 3, 224, 224}, {port("output", {1, 1000})}), classifies},
        {"ultraface", "offsets", with_operators(ultraface, {"Conv"}), {{"boxes", "corners"}}},
        {"ultraface", "decoded", with_operators(ultraface, {"Conv", "Exp"}), {{"boxes", "corners"}}},
        {"yunet", "", facts({1, 3, 120, 160}, {port("loc", {1076, 14}), port("conf", {1076, 2}), port("iou", {1076, 1})})},
        {"blazeface", "", facts({1, 128, 128, 3}, {port("regressors", {1, 896, 16}), port("classificators", {1, 896, 1})})},
        {"plate", "", facts({1, 3, 64, 64}, {port("output", {1, 252, 15})})},
        {"plate-colour", "", facts({1, 3, 96, 96}, {port("output", {1, 3})}), classifies},
        {"plate-text", "", facts({1, 3, 24, 94}, {port("logits", {1, 68, 18})})},
        {"embedding", "nchw", facts({1, 3, 256, 128}, {port("output", {1, 8})}), {}, /*has_labels=*/false},
        {"embedding", "nhwc", facts({1, 256, 128, 3}, {port("output", {1, 8})}), {}, /*has_labels=*/false},
        {"motion", "", {}},  // no graph: its input is what it decodes
    };
}

}  // namespace facet::tests
