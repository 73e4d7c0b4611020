#include "source/synthetic/timeline.h"

namespace facet::source::synthetic {

namespace {
struct Place {
    const Step* step;
    const Step* before;  ///< null where nothing was before
    double weight;       ///< of `step` against `before`
};

Place find(std::span<const Step> steps, double cycle, double t) {
    const bool wrapped = cycle > 0 && t >= cycle;
    const double local = cycle > 0 && t > 0 ? t - cycle * std::floor(t / cycle) : std::max(0.0, t);
    std::size_t index = 0;
    while (index + 1 < steps.size() && steps[index + 1].at <= local) ++index;
    const Step& step = steps[index];
    const Step* before = index > 0 ? &steps[index - 1] : wrapped ? &steps.back() : nullptr;
    const double since = local - step.at;
    if (!before || step.over <= 0 || since >= step.over) return {&step, nullptr, 1};
    return {&step, before, since / step.over};
}
}  // namespace

Moment Timeline::at(double t) const {
    const auto [step, before, weight] = find(steps_, cycle_, t);
    Moment moment{step->dials, nullptr, 1};
    if (!before) return moment;
    const auto mixed = [weight = weight](double a, double b) { return mix_values(a, b, weight); };
    const Dials& old = before->dials;
    Dials& now = moment.dials;
    now.hour = mixed(old.hour, now.hour);
    now.flicker = mixed(old.flicker, now.flicker);
    now.noise = mixed(old.noise, now.noise);
    now.shake = mixed(old.shake, now.shake);
    now.rain = mixed(old.rain, now.rain);
    now.sway = mixed(old.sway, now.sway);
    now.objects = mixed(old.objects, now.objects);
    if (!old.same_world(now)) {
        moment.fading = &old;
        moment.fade = weight;
    }
    return moment;
}

double Timeline::objects_at(double t) const {
    const auto [step, before, weight] = find(steps_, cycle_, t);
    return before ? mix_values(before->dials.objects, step->dials.objects, weight) : step->dials.objects;
}

}  // namespace facet::source::synthetic
