#include "source/synthetic/figure.h"

#include "base/assert.h"

namespace facet::source::synthetic {

namespace {
constexpr std::array<std::string_view, kKindCount> kKindNames{
    "person", "bicycle", "car", "motorcycle", "bus",  "truck", "backpack", "suitcase", "bottle",
    "box",    "cap",     "can", "tree",       "pole", "bush",  "pillar",   "board",    "seam"};
constexpr std::array<std::string_view, 9> kDefectNames{"none", "missing_cap", "tilted_cap", "torn_label", "low_fill",
                                                       "dent", "crushed",     "stain",      "scratch"};
constexpr Defect kBottleDefects[] = {Defect::missing_cap, Defect::tilted_cap, Defect::torn_label, Defect::low_fill};
constexpr Defect kBoxDefects[] = {Defect::crushed, Defect::stain, Defect::torn_label};
constexpr Defect kCapDefects[] = {Defect::scratch, Defect::stain};
constexpr Defect kCanDefects[] = {Defect::dent, Defect::torn_label};
}  // namespace

std::string_view name(Kind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<Kind> kind_of(std::string_view name) {
    for (std::size_t i = 0; i < kKindNames.size() && !is_scenery(static_cast<Kind>(i)); ++i)
        if (kKindNames[i] == name) return static_cast<Kind>(i);
    return std::nullopt;
}

std::string_view name(Defect defect) { return kDefectNames[static_cast<std::size_t>(defect)]; }

std::span<const Defect> defects_of(Kind kind) {
    switch (kind) {
        case Kind::bottle: return kBottleDefects;
        case Kind::box: return kBoxDefects;
        case Kind::cap: return kCapDefects;
        case Kind::can: return kCanDefects;
        default: return {};
    }
}

Footprint footprint(Kind kind, std::uint64_t seed) {
    Random random(seed);
    switch (kind) {
        case Kind::car: return {random.uniform(3.8, 4.8), random.uniform(1.72, 1.88)};
        case Kind::bus: return {random.uniform(10.0, 11.5), 2.5};
        case Kind::truck: return {random.uniform(6.5, 9.0), 2.4};
        case Kind::motorcycle: return {2.0, 0.7};
        case Kind::bicycle: return {1.75, 0.55};
        case Kind::person: return {0.4, 0.5};
        case Kind::backpack: return {0.3, 0.35};
        case Kind::suitcase: return {0.25, 0.42};
        case Kind::bottle: return {0.08, 0.08};
        case Kind::box: return {random.uniform(0.14, 0.2), random.uniform(0.12, 0.16)};
        case Kind::cap: return {0.07, 0.07};
        case Kind::can: return {0.068, 0.068};
        default: return {1, 1};
    }
}

void model(Modeller& modeller, const Actor& actor) {
    switch (actor.kind) {
        case Kind::person: return model_person(modeller, actor);
        case Kind::car:
        case Kind::bus:
        case Kind::truck: return model_vehicle(modeller, actor);
        case Kind::bicycle:
        case Kind::motorcycle: return model_cycle(modeller, actor);
        case Kind::backpack:
        case Kind::suitcase:
        case Kind::bottle:
        case Kind::box:
        case Kind::cap:
        case Kind::can: return model_product(modeller, actor);
        case Kind::tree:
        case Kind::pole:
        case Kind::bush:
        case Kind::pillar:
        case Kind::board:
        case Kind::seam: return model_scenery(modeller, actor);
    }
    FACET_ASSERT(false);
}

}  // namespace facet::source::synthetic
