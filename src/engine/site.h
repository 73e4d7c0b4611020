#pragma once
// Site: the whole config of a process, read from YAML and checked as far as that goes without opening a camera or a model.
//
//   cameras:
//     - name: north
//       source: street.mp4
//       experts: [vehicles]
//       rules: [{name: stop-line, type: line, points: [[0, 0.5], [1, 0.5]]}]
//   experts:
//     - {name: vehicles, model: yolox-nano, labels: [car, bus, truck]}

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "brain/schedule/scheduler.h"
#include "config/options.h"
#include "media/geometry.h"

namespace facet::engine {

struct CameraSite {
    std::string name;
    std::string source;                ///< path (made relative to the config's folder) or address
    std::vector<std::string> experts;  ///< names of experts; empty = all that are declared
    std::string tracker;               ///< name of a tracker; empty = the default
    config::Node tracker_options;
    std::vector<Polygon> masks;  ///< areas to ignore, 0..1 of the picture
    std::vector<config::Node> rules;
    bool live = false;    ///< `facet run`: a file is played at its own pace
    bool loop = false;    ///< and starts again at its end
    bool paused = false;  ///< `facet run`: configured, not watched
    Nanoseconds poll{};   ///< of a camera that gives single pictures over HTTP; 0 = it gives a stream
    double weight = 1;    ///< of its share under load, out of `priority`
    brain::DecodePolicy decode = brain::DecodePolicy::automatic;
    std::string evidence_source;  ///< as `source`; empty = none: evidence and recordings come from `source`
    bool record = false;
    std::string place;  ///< where it stands, for messages
    config::Node node;  ///< the whole entry
};

struct ExpertSite {
    std::string name;
    config::Node options;  ///< the whole entry; expert/options.h has its rows
};

/// Pictures and clips of events.
struct EvidenceSite {
    std::string folder;
    Nanoseconds clip_before{};
    Nanoseconds clip_after{};
    Nanoseconds age_max{};
    std::int64_t bytes_max = 0;
};

/// Recordings of the cameras that say `record: true`.
struct RecordSite {
    std::string folder;
    Nanoseconds segment{};
    Nanoseconds age_max{};
    std::int64_t bytes_max = 0;
};

struct Site {
    std::vector<CameraSite> cameras;
    std::vector<ExpertSite> experts;
    std::string model_mirror;    ///< folder; empty = none
    std::string metrics_listen;  ///< "127.0.0.1:9464"; empty = no endpoint
    std::string control_socket;  ///< path; empty = none
    Nanoseconds latency_p99 = std::chrono::milliseconds(200);
    std::size_t cores = 0;  ///< 0 = all
    std::optional<EvidenceSite> evidence;
    std::optional<RecordSite> record;
};

/// Rows of the sections, for the reference pages.
std::span<const config::OptionRow> site_options();
std::span<const config::OptionRow> camera_options();
std::span<const config::OptionRow> models_options();
std::span<const config::OptionRow> metrics_options();
std::span<const config::OptionRow> budget_options();
std::span<const config::OptionRow> evidence_options();
std::span<const config::OptionRow> record_options();
std::span<const config::OptionRow> control_options();

/// What differs between two configs of one process and holds only from its start: "metrics.listen", "budget.cores".
/// Cameras and experts are not looked at: what they are can be changed while it runs.
std::vector<std::string> startup_changes(const config::Node& before, const config::Node& after);

/// Reads a config. Every mistake is an Error with the place, the key and the nearest name: unknown keys, repeated camera or
/// expert names, a camera whose expert is not declared, bad masks.
Result<Site> read_site(const config::Node& root);

}  // namespace facet::engine
