#include "source/synthetic/scene.h"

#include "base/assert.h"

namespace facet::source::synthetic {

namespace {
constexpr std::array<const SceneInfo*, 4> kScenes{&kStreetScene, &kCrossingScene, &kHallScene, &kBeltScene};
constexpr std::array<std::string_view, 4> kNames{"street", "crossing", "hall", "belt"};
constexpr std::int64_t kNumbersPerSequence = 10'000'000;
constexpr std::int64_t kFirstNumber = 10'000;  // numbers before time 0 stay positive
}  // namespace

std::span<const SceneInfo* const> scenes() { return kScenes; }
std::span<const std::string_view> scene_names() { return kNames; }

const SceneInfo& scene_of(std::string_view name) {
    for (const SceneInfo* info : kScenes)
        if (info->name == name) return *info;
    FACET_ASSERT(false);
}

void Sequence::for_each(double t, const std::function<double(double start)>& wanted,
                        const std::function<void(std::int64_t n, double age)>& each) const {
    const auto first = static_cast<std::int64_t>(std::floor((t - lifetime) / interval)) + 1;
    const auto last = static_cast<std::int64_t>(std::floor(t / interval));
    for (std::int64_t n = first; n <= last; ++n) {
        const double start = static_cast<double>(n) * interval;
        // The golden ratio spreads any share evenly over the numbers.
        const double place = offset + static_cast<double>(n) * 0.6180339887498949;
        if (place - std::floor(place) < wanted(start)) each(n, t - start);
    }
}

std::int64_t thing_id(int sequence, std::int64_t n) { return sequence * kNumbersPerSequence + kFirstNumber + n; }

Kind choose_kind(std::span<const Kind> kinds, std::uint64_t seed, double (*weight)(Kind)) {
    FACET_ASSERT(!kinds.empty());
    double sum = 0;
    for (const Kind kind : kinds) sum += weight(kind);
    double rest = unit_hash(seed) * sum;
    for (const Kind kind : kinds) {
        rest -= weight(kind);
        if (rest < 0) return kind;
    }
    return kinds.back();
}

}  // namespace facet::source::synthetic
