#include "source/synthetic/dials.h"

#include <algorithm>

#include "source/synthetic/light.h"

namespace facet::source::synthetic {

namespace {

using config::OptionRow;
using config::OptionType;
using config::Values;

// The first kWorldRows rows are dials of a scene: a step of a schedule file may change them too.
constexpr std::size_t kWorldRows = 14;
constexpr OptionRow kRows[] = {
    {.key = "objects",
     .type = OptionType::number,
     .fallback = "8",
     .minimum = 0,
     .maximum = 200,
     .help = "moving things at one time, on average; a scene has room for a limited number"},
    {.key = "object_size",
     .type = OptionType::number,
     .fallback = "1",
     .minimum = 0.3,
     .maximum = 3,
     .help = "multiplies the size of all things"},
    {.key = "speed",
     .type = OptionType::number,
     .fallback = "1",
     .minimum = 0.05,
     .maximum = 10,
     .help = "multiplies the speed of all things"},
    {.key = "kinds",
     .type = OptionType::texts,
     .help = "kinds of things: person, bicycle, car, motorcycle, bus, truck, backpack, suitcase; on the belt bottle, box, "
             "cap, can; not set: what the scene usually has"},
    {.key = "occlusion",
     .type = OptionType::number,
     .fallback = "0.3",
     .minimum = 0,
     .maximum = 1,
     .help = "how much stands in front of things: trees, poles, boards, pillars"},
    {.key = "camouflage",
     .type = OptionType::number,
     .fallback = "0.25",
     .minimum = 0,
     .maximum = 1,
     .help = "share of things that have nearly the colour of what is behind them"},
    {.key = "defects",
     .type = OptionType::number,
     .fallback = "0.15",
     .minimum = 0,
     .maximum = 1,
     .help = "share of goods on the belt that have a defect"},
    {.key = "parked",
     .type = OptionType::integer,
     .fallback = "4",
     .minimum = 0,
     .maximum = 12,
     .help = "parked cars in the street"},
    {.key = "light",
     .type = OptionType::choice,
     .fallback = "day",
     .choices = "day|dusk|night",
     .help = "time of day: brightness, colour, shadows, lamps"},
    {.key = "flicker",
     .type = OptionType::number,
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .help = "brightness that trembles, as under old lamps"},
    {.key = "noise",
     .type = OptionType::number,
     .fallback = "0.15",
     .minimum = 0,
     .maximum = 1,
     .help = "noise of the camera; 1 = a standard deviation of 20 luma steps"},
    {.key = "shake",
     .type = OptionType::number,
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .help = "trembling of the camera; 1 = up to 1.25 % of the picture's width"},
    {.key = "rain",
     .type = OptionType::number,
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .help = "falling drops, as clutter"},
    {.key = "sway",
     .type = OptionType::number,
     .fallback = "0.5",
     .minimum = 0,
     .maximum = 1,
     .help = "how much trees and bushes move in the wind"},
    {.key = "seed",
     .type = OptionType::integer,
     .fallback = "1",
     .minimum = 0,
     .maximum = 9e15,
     .help = "another seed, another scene; the same seed, the same bytes"},
    {.key = "size",
     .type = OptionType::text,
     .fallback = "1280x720",
     .unit = "pixels",
     .help = "WIDTHxHEIGHT, both even, 64x64 to 3840x2160"},
    {.key = "fps",
     .type = OptionType::number,
     .fallback = "25",
     .minimum = 1,
     .maximum = 240,
     .unit = "frames per second",
     .help = "frames per second"},
    {.key = "frames",
     .type = OptionType::integer,
     .fallback = "250",
     .minimum = 0,
     .maximum = 1e9,
     .help = "number of frames; 0 = without end"},
    {.key = "line",
     .type = OptionType::text,
     .help = "truth lines: X1,Y1,X2,Y2 in 0..1 of the picture, several separated by ';'; not set: the scene's own"},
    {.key = "zone",
     .type = OptionType::text,
     .help =
         "truth zones: X1,Y1,X2,Y2,X3,Y3,... in 0..1 of the picture, several separated by ';'; not set: the scene's own"},
    {.key = "schedule",
     .type = OptionType::choice,
     .fallback = "none",
     .choices = "none|abrupt|gradual|cyclic",
     .help = "change over time. abrupt: after each period the next light (day, dusk, night) or scene (see scenes) at once; "
             "gradual: the next one little by little, and the last one stays; cyclic: little by little, and round again"},
    {.key = "period",
     .type = OptionType::duration,
     .fallback = "10s",
     .minimum = 0.1,
     .maximum = 86400,
     .unit = "s",
     .help = "how long a step of the schedule lasts"},
    {.key = "scenes",
     .type = OptionType::texts,
     .help = "scenes of the schedule; not set: one scene, and the light changes"},
    {.key = "schedule_file",
     .type = OptionType::path,
     .help = "a YAML file with steps; see docs/how-to/synthetic-scenes.md"},
};

}  // namespace

std::span<const OptionRow> dial_options() { return kRows; }
std::size_t world_option_count() { return kWorldRows; }

Status check_scene(const std::string& scene, std::string_view place) {
    const auto names = scene_names();
    if (std::find(names.begin(), names.end(), scene) != names.end()) return {};
    return fail(config::unknown_name(place, "scene", scene, names));
}

Status apply_dials(const Values& values, bool defaults, std::string_view place, Dials& dials) {
    const auto number = [&](std::string_view key, double& out) {
        if (defaults || values.has(key)) out = values.number(key);
    };
    number("objects", dials.objects);
    number("object_size", dials.object_size);
    number("speed", dials.speed);
    number("occlusion", dials.occlusion);
    number("camouflage", dials.camouflage);
    number("defects", dials.defects);
    number("flicker", dials.flicker);
    number("noise", dials.noise);
    number("shake", dials.shake);
    number("rain", dials.rain);
    number("sway", dials.sway);
    if (defaults || values.has("parked")) dials.parked = static_cast<double>(values.integer("parked"));
    if (defaults || values.has("light")) {
        const auto found = std::find(kLightNames.begin(), kLightNames.end(), values.text("light"));
        dials.hour = static_cast<double>(found - kLightNames.begin());
    }
    if (values.has("kinds")) {
        dials.kinds.clear();
        for (const auto& word : values.texts("kinds")) {
            const auto kind = kind_of(word);
            if (!kind) {
                std::vector<std::string_view> known;
                for (int i = 0; i < kKindCount; ++i)
                    if (!is_scenery(static_cast<Kind>(i))) known.push_back(name(static_cast<Kind>(i)));
                return fail(config::unknown_name(place, "kind", word, known));
            }
            dials.kinds.push_back(*kind);
        }
    }
    return {};
}

}  // namespace facet::source::synthetic
