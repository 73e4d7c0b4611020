// facet eval track: how well tracks agree with the truth; or how well this build's tracker does on given detections.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/builtins.h"
#include "app/eval_pictures.h"
#include "base/text.h"
#include "quality/clear.h"
#include "quality/hota.h"
#include "quality/identity.h"
#include "quality/truth.h"

namespace facet::app {
namespace {

using config::OptionRow;
using config::OptionType;
using quality::MotRow;

constexpr std::array kEvalTrackOptions{
    OptionRow{.key = "tracks", .type = OptionType::path, .help = "tracks to judge, MOTChallenge text"},
    OptionRow{.key = "detections", .type = OptionType::path, .help = "detections to track first, MOTChallenge text"},
    OptionRow{.key = "truth", .type = OptionType::path, .required = true, .help = "true tracks, MOTChallenge text"},
    OptionRow{.key = "class",
              .type = OptionType::integer,
              .fallback = "1",
              .minimum = 0,
              .maximum = 1e6,
              .help = "column 8 of the truth that counts; 0 = any (1 is the benchmark's pedestrian)"},
    OptionRow{.key = "tracker", .help = "with --detections: its name; the default one where not given"},
    OptionRow{.key = "fps",
              .type = OptionType::number,
              .fallback = "30",
              .minimum = 0.01,
              .maximum = 1000,
              .unit = "1/s",
              .help = "with --detections: frames per second of the video"},
    OptionRow{.key = "convention",
              .type = OptionType::choice,
              .fallback = "trackeval",
              .choices = "trackeval|motmetrics",
              .help = "whose reading of CLEAR MOT (docs/how-to/measure-quality.md)"},
    OptionRow{.key = "json", .type = OptionType::flag, .help = "print the figures as the last line of standard output"},
};

Result<std::vector<MotRow>> read_rows(const std::string& path) {
    FACET_TRY(const std::string text, eval::read_text(path));
    FACET_TRY(std::vector<MotRow> rows, quality::parse_mot(text, path));
    return rows;
}

Result<std::unique_ptr<scene::Tracker>> make_tracker(const std::string& wanted) {
    const auto trackers = builtins().trackers;
    std::vector<std::string_view> names;
    for (const scene::TrackerInfo* info : trackers) {
        if (wanted.empty() || wanted == info->name) {
            const config::Node nothing_set;
            FACET_TRY(const config::Values options, config::Values::read(info->options, nothing_set, info->name));
            return info->create(options);
        }
        names.push_back(info->name);
    }
    return fail(config::unknown_name("--tracker", "tracker", wanted, names));
}

/// The tracker's confirmed tracks of every frame from the first to the last with a detection.
std::vector<MotRow> track(scene::Tracker& tracker, std::vector<MotRow> rows, double frames_per_second) {
    std::stable_sort(rows.begin(), rows.end(), [](const MotRow& a, const MotRow& b) { return a.frame < b.frame; });
    const bool scored = std::any_of(rows.begin(), rows.end(), [](const MotRow& row) { return row.confidence > 0; });
    std::vector<MotRow> tracks;
    auto next = rows.begin();
    for (int frame = rows.front().frame; frame <= rows.back().frame; ++frame) {
        Detections detections;
        for (; next != rows.end() && next->frame == frame; ++next) {
            Detection& detection = detections.items.emplace_back();
            detection.box = {static_cast<float>(next->left), static_cast<float>(next->top), static_cast<float>(next->width),
                             static_cast<float>(next->height)};
            detection.score = scored ? static_cast<float>(next->confidence) : 1.0F;
        }
        std::stable_sort(detections.items.begin(), detections.items.end(),
                         [](const Detection& a, const Detection& b) { return a.score > b.score; });
        for (const Track& one : tracker.update(detections, from_seconds((frame - rows.front().frame) / frames_per_second))) {
            if (one.state != TrackState::confirmed) continue;
            MotRow row;
            row.frame = frame;
            row.id = one.id;
            row.left = static_cast<double>(one.box.x);
            row.top = static_cast<double>(one.box.y);
            row.width = static_cast<double>(one.box.width);
            row.height = static_cast<double>(one.box.height);
            tracks.push_back(row);
        }
    }
    return tracks;
}

void add_figures(eval::Report& report, const quality::Sequence& sequence, quality::ClearConvention convention) {
    const quality::Hota hota = quality::hota(sequence);
    const quality::Clear clear = quality::clear(sequence, 0.5, convention);
    const quality::Identity identity = quality::identity(sequence);
    const auto count = [&](const char* key, const char* title, std::size_t value) {
        report.count(key, title, static_cast<long long>(value));
    };
    count("n", "frames", sequence.frames.size());
    report.figure("hota", "HOTA", hota.hota);
    report.figure("deta", "DetA", hota.deta);
    report.figure("assa", "AssA", hota.assa);
    report.figure("loca", "LocA", hota.loca);
    report.figure("mota", "MOTA", clear.mota);
    report.figure("motp", "MOTP (mean IoU)", clear.motp);
    report.figure("idf1", "IDF1", identity.idf1);
    report.figure("idp", "IDP", identity.precision);
    report.figure("idr", "IDR", identity.recall);
    report.figure("recall", "recall", clear.recall);
    report.figure("precision", "precision", clear.precision);
    count("truth_boxes", "true boxes", sequence.truth_boxes);
    count("tracks_boxes", "boxes of tracks", sequence.found_boxes);
    count("fp", "false positives", clear.invented);
    count("fn", "false negatives", clear.missed);
    count("idsw", "identity switches", clear.switches);
    count("frag", "fragments", clear.fragments);
    count("ids", "true identities", clear.identities);
    count("mt", "mostly tracked", clear.mostly_tracked);
    count("pt", "partly tracked", clear.partly_tracked);
    count("ml", "mostly lost", clear.mostly_lost);
}

int run_track(const config::CommandLine& line, Context&) {
    const config::Values& values = line.values;
    if (values.has("tracks") == values.has("detections"))
        return fail_with(kWrongUsage, "facet eval track: expected either --tracks or --detections");
    const std::string truth_path = values.path("truth");
    FACET_EVAL_TRY(const std::vector<MotRow> all_truth, kInputUnusable, read_rows(truth_path));
    const auto label = static_cast<int>(values.integer("class"));
    const std::vector<MotRow> truth = quality::counted_truth(all_truth, label == 0 ? std::nullopt : std::optional(label));
    if (truth.empty())
        return fail_with(kInputUnusable, fmt::format("{}: none of {} rows counts (confidence not 0, class {})", truth_path,
                                                     all_truth.size(), label));

    std::vector<MotRow> tracks;
    if (values.has("tracks")) {
        FACET_EVAL_TRY(tracks, kInputUnusable, read_rows(values.path("tracks")));
    } else {
        FACET_EVAL_TRY(std::vector<MotRow> detections, kInputUnusable, read_rows(values.path("detections")));
        if (detections.empty()) return fail_with(kInputUnusable, values.path("detections") + ": no detection");
        FACET_EVAL_TRY(const auto tracker, kWrongUsage, make_tracker(values.text("tracker")));
        tracks = track(*tracker, std::move(detections), values.number("fps"));
    }
    FACET_EVAL_TRY(const quality::Sequence sequence, kInputUnusable, quality::make_sequence(truth, tracks));
    eval::Report report;
    add_figures(report, sequence,
                values.text("convention") == "trackeval" ? quality::ClearConvention::trackeval
                                                         : quality::ClearConvention::motmetrics);
    report.count("truth_left_out", all_truth.size() == truth.size() ? "" : "true boxes that do not count",
                 static_cast<long long>(all_truth.size() - truth.size()));
    return report.print(values.flag("json"), kDone);
}

}  // namespace

extern const Command kEvalTrack{{"eval track", "HOTA, MOTA and IDF1 of tracks against the truth", "", kEvalTrackOptions},
                                run_track};

}  // namespace facet::app
