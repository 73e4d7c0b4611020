#include "engine/site.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace facet::engine {

namespace {

using config::Node;
using config::OptionChange;
using config::OptionRow;
using config::OptionType;
using config::Values;

constexpr std::array kSiteOptions{
    OptionRow{.key = "cameras", .type = OptionType::node, .change = OptionChange::live, .help = "list of cameras"},
    OptionRow{.key = "experts",
              .type = OptionType::node,
              .change = OptionChange::live,
              .help = "list of experts that cameras name"},
    OptionRow{.key = "models", .type = OptionType::node, .help = "where models are looked for"},
    OptionRow{.key = "metrics", .type = OptionType::node, .help = "where `facet run` shows its numbers"},
    OptionRow{.key = "budget", .type = OptionType::node, .help = "what `facet run` may take and must keep"},
    OptionRow{.key = "evidence", .type = OptionType::node, .help = "facet run: pictures and clips of events; absent = none"},
    OptionRow{
        .key = "record", .type = OptionType::node, .help = "facet run: where cameras with `record: true` are recorded"},
    OptionRow{.key = "control", .type = OptionType::node, .help = "how `facet run` is asked and changed while it runs"},
};

constexpr std::array kCameraOptions{
    OptionRow{.key = "name",
              .type = OptionType::text,
              .required = true,
              .change = OptionChange::live,
              .help = "unique; written into every result"},
    OptionRow{.key = "source",
              .type = OptionType::text,
              .change = OptionChange::live,
              .help = "path, or an address such as synthetic:street?seed=1"},
    OptionRow{.key = "experts",
              .type = OptionType::texts,
              .change = OptionChange::live,
              .help = "names of experts; all where not given"},
    OptionRow{.key = "tracker",
              .type = OptionType::node,
              .change = OptionChange::live,
              .help = "name of a tracker, or {name: NAME, its options}"},
    OptionRow{.key = "masks",
              .type = OptionType::polygons,
              .change = OptionChange::live,
              .help = "polygons whose detections are ignored, 0..1 of the picture"},
    OptionRow{.key = "rules", .type = OptionType::node, .change = OptionChange::live, .help = "list of rules"},
    OptionRow{.key = "live",
              .type = OptionType::flag,
              .fallback = "false",
              .change = OptionChange::live,
              .help = "facet run: a file is played at its own pace, the newest frame wins"},
    OptionRow{.key = "paused",
              .type = OptionType::flag,
              .fallback = "false",
              .change = OptionChange::live,
              .help = "facet run: configured, but not connected to and not watched"},
    OptionRow{.key = "loop",
              .type = OptionType::flag,
              .fallback = "false",
              .change = OptionChange::live,
              .help = "a live file starts again at its end"},
    OptionRow{.key = "poll",
              .type = OptionType::duration,
              .minimum = 0.02,
              .maximum = 86400,
              .change = OptionChange::live,
              .help = "facet run: an http(s) source gives single pictures (JPEG, PNG), fetched this often"},
    OptionRow{.key = "priority",
              .type = OptionType::choice,
              .fallback = "normal",
              .choices = "low|normal|high",
              .change = OptionChange::live,
              .help = "whose results come more often under load"},
    OptionRow{.key = "decode",
              .type = OptionType::choice,
              .fallback = "auto",
              .choices = "auto|all|references|forward|keys|lazy",
              .change = OptionChange::live,
              .help = "facet run: all frames; those that others refer to; of these, those that do not refer to later ones; "
                      "key frames only; auto = references, or forward where the cores are full; lazy = key frames while "
                      "nothing happens, else auto, from before it began"},
    OptionRow{
        .key = "evidence_source",
        .type = OptionType::text,
        .help = "facet run: a better stream of the same camera, as `source`; pictures, clips and recordings are of it"},
    OptionRow{.key = "record",
              .type = OptionType::flag,
              .fallback = "false",
              .help = "facet run: all that the camera sends goes to disk, as the section `record` says"},
};

constexpr std::array kMetricsOptions{
    OptionRow{.key = "listen", .type = OptionType::text, .help = "address and port of /metrics, for example 127.0.0.1:9464"},
};

constexpr std::array kBudgetOptions{
    OptionRow{.key = "latency_p99",
              .type = OptionType::duration,
              .fallback = "200ms",
              .minimum = 0.001,
              .maximum = 3600,
              .change = OptionChange::live,
              .help = "from the arrival of a frame's packet to the decision on its events; what would miss it is refused"},
    OptionRow{.key = "cores",
              .type = OptionType::integer,
              .fallback = "0",
              .minimum = 0,
              .maximum = 256,
              .help = "workers; 0 = one each for the cores of this machine"},
};

constexpr std::array kControlOptions{
    OptionRow{.key = "socket",
              .type = OptionType::path,
              .help = "Unix socket of `facet top` and `facet reload`, made for this user alone"},
};

constexpr OptionRow kAgeMax{.key = "age_max",
                            .type = OptionType::duration,
                            .fallback = "30d",
                            .minimum = 1,
                            .maximum = 1e9,
                            .help = "older files are removed"};
constexpr OptionRow kBytesMax{.key = "bytes_max",
                              .type = OptionType::bytes,
                              .fallback = "10GB",
                              .minimum = 1e6,
                              .help = "where there would be more, the oldest files are removed"};

constexpr std::array kEvidenceOptions{
    OptionRow{.key = "folder",
              .type = OptionType::path,
              .required = true,
              .help = "of CAMERA/YYYY-MM-DD/ID.jpg, ID.crop.jpg and ID.mp4"},
    OptionRow{.key = "clip_before",
              .type = OptionType::duration,
              .fallback = "5s",
              .minimum = 0,
              .maximum = 60,
              .help = "a clip begins at least so long before its event; with clip_after 0s: no clips"},
    OptionRow{.key = "clip_after",
              .type = OptionType::duration,
              .fallback = "5s",
              .minimum = 0,
              .maximum = 60,
              .help = "a clip ends so long after its event"},
    kAgeMax,
    kBytesMax,
};

constexpr std::array kRecordOptions{
    OptionRow{.key = "folder",
              .type = OptionType::path,
              .required = true,
              .help = "of CAMERA/YYYY-MM-DD/HH-MM-SS.mmm.mp4, in UTC"},
    OptionRow{.key = "segment",
              .type = OptionType::duration,
              .fallback = "5m",
              .minimum = 1,
              .maximum = 86400,
              .help = "a new file begins at the first key frame after so long"},
    kAgeMax,
    kBytesMax,
};

constexpr std::array kModelsOptions{
    OptionRow{.key = "mirror",
              .type = OptionType::path,
              .change = OptionChange::live,
              .help = "flat folder in which catalogue names are looked for first, files found by sha256"},
};

tl::unexpected<Error> fail_at(const Node& node, std::string_view message) {
    return fail(ErrorCode::invalid_argument, "{}: {}", node.place(), message);
}

Result<std::vector<Node>> read_list(const Values& values, std::string_view key, std::string_view owner) {
    const Node& node = values.node(key);
    if (node.kind == Node::Kind::null) return std::vector<Node>{};
    if (node.kind != Node::Kind::list) return fail_at(node, fmt::format("{}: '{}' is no list (`- ...` lines)", owner, key));
    return node.items;
}

bool is_address(std::string_view source) {
    const auto colon = source.find(':');
    return colon != std::string_view::npos && colon > 1 && source.find('/') >= colon;
}

std::string resolved(const std::string& source, const std::string& file) {
    if (source.empty() || is_address(source) || source.starts_with('/') || file.empty()) return source;
    return (std::filesystem::path(file).parent_path() / source).string();
}

/// A step of priority is a factor of four of the share.
double weight_of(std::string_view priority) {
    if (priority == "low") return 0.25;
    return priority == "high" ? 4 : 1;
}

brain::DecodePolicy policy_of(std::string_view decode) {
    if (decode == "all") return brain::DecodePolicy::all;
    if (decode == "references") return brain::DecodePolicy::references;
    if (decode == "forward") return brain::DecodePolicy::forward;
    if (decode == "keys") return brain::DecodePolicy::keys;
    return decode == "lazy" ? brain::DecodePolicy::lazy : brain::DecodePolicy::automatic;
}

Result<CameraSite> read_camera(const Node& node) {
    const Node* name = node.find("name");
    const std::string owner = fmt::format("camera '{}'", name ? name->scalar : "");
    FACET_TRY(const auto values, Values::read(kCameraOptions, node, owner));
    CameraSite camera;
    camera.name = values.text("name");
    camera.place = node.place();
    camera.source = resolved(values.text("source"), node.file);
    camera.experts = values.texts("experts");
    const Node& tracker = values.node("tracker");
    if (tracker.kind == Node::Kind::scalar) {
        camera.tracker = tracker.scalar;
    } else if (tracker.kind == Node::Kind::map) {
        camera.tracker_options = tracker;
        std::erase_if(camera.tracker_options.members, [&camera](const auto& member) {
            if (member.first != "name") return false;
            camera.tracker = member.second.scalar;
            return true;
        });
    } else if (tracker.kind == Node::Kind::list) {
        return fail_at(tracker, fmt::format("{}: tracker is a list, expected a name or {{name: NAME, ...}}", owner));
    }
    for (const auto& polygon : values.polygons("masks")) {
        Polygon& mask = camera.masks.emplace_back();
        for (const auto& point : polygon) {
            if (point[0] < 0 || point[0] > 1 || point[1] < 0 || point[1] > 1)
                return fail(ErrorCode::invalid_argument, "{}: {}: mask point [{}, {}] is outside of 0..1",
                            values.place("masks"), owner, point[0], point[1]);
            mask.push_back({point[0], point[1]});
        }
        if (mask.size() < 3 || area(mask) <= 0 || self_crossing(mask))
            return fail(
                ErrorCode::invalid_argument,
                "{}: {}: a mask has {} points, no area or crosses itself; expected a simple polygon of at least 3 points",
                values.place("masks"), owner, mask.size());
    }
    FACET_TRY(camera.rules, read_list(values, "rules", owner));
    camera.live = values.flag("live");
    camera.paused = values.flag("paused");
    camera.node = node;
    camera.loop = values.flag("loop");
    if (values.has("poll")) camera.poll = values.duration("poll");
    camera.weight = weight_of(values.text("priority"));
    camera.decode = policy_of(values.text("decode"));
    camera.evidence_source = resolved(values.text("evidence_source"), node.file);
    camera.record = values.flag("record");
    return camera;
}

Result<std::optional<EvidenceSite>> read_evidence(const Node& node) {
    if (node.kind == Node::Kind::null) return std::optional<EvidenceSite>();
    FACET_TRY(const auto values, Values::read(kEvidenceOptions, node, "evidence"));
    EvidenceSite site;
    site.folder = values.path("folder");
    site.clip_before = values.duration("clip_before");
    site.clip_after = values.duration("clip_after");
    site.age_max = values.duration("age_max");
    site.bytes_max = values.bytes("bytes_max");
    return std::optional<EvidenceSite>(std::move(site));
}

Result<std::optional<RecordSite>> read_record(const Node& node) {
    if (node.kind == Node::Kind::null) return std::optional<RecordSite>();
    FACET_TRY(const auto values, Values::read(kRecordOptions, node, "record"));
    RecordSite site;
    site.folder = values.path("folder");
    site.segment = values.duration("segment");
    site.age_max = values.duration("age_max");
    site.bytes_max = values.bytes("bytes_max");
    return std::optional<RecordSite>(std::move(site));
}

/// Cameras that ask for what no section says where to put.
Status check_keeping(const Site& site) {
    for (const auto& camera : site.cameras) {
        if (camera.record && !site.record)
            return fail(
                ErrorCode::invalid_argument,
                "{}: camera '{}': record is true, but there is no section `record`, expected record: {{folder: ...}}",
                camera.place, camera.name);
        if (!camera.evidence_source.empty() && !site.evidence && !camera.record)
            return fail(ErrorCode::invalid_argument,
                        "{}: camera '{}': evidence_source has no use without a section `evidence`, expected evidence: "
                        "{{folder: ...}}",
                        camera.place, camera.name);
    }
    return {};
}

}  // namespace

std::span<const OptionRow> site_options() { return kSiteOptions; }
std::span<const OptionRow> camera_options() { return kCameraOptions; }
std::span<const OptionRow> models_options() { return kModelsOptions; }
std::span<const OptionRow> metrics_options() { return kMetricsOptions; }
std::span<const OptionRow> budget_options() { return kBudgetOptions; }
std::span<const OptionRow> control_options() { return kControlOptions; }
std::span<const OptionRow> evidence_options() { return kEvidenceOptions; }
std::span<const OptionRow> record_options() { return kRecordOptions; }

std::vector<std::string> startup_changes(const Node& before, const Node& after) {
    struct Section {
        std::string_view key;
        std::span<const OptionRow> rows;
    };
    constexpr std::array kSections{Section{"models", kModelsOptions},     Section{"metrics", kMetricsOptions},
                                   Section{"budget", kBudgetOptions},     Section{"control", kControlOptions},
                                   Section{"evidence", kEvidenceOptions}, Section{"record", kRecordOptions}};
    static const Node kNothing;
    const auto text = [](const Node* node) { return node ? config::to_json(*node) : ""; };
    std::vector<std::string> changes;
    for (const OptionRow& row : kSiteOptions) {
        if (row.change == OptionChange::live || text(before.find(row.key)) == text(after.find(row.key))) continue;
        const auto section =
            std::find_if(kSections.begin(), kSections.end(), [&](const Section& known) { return known.key == row.key; });
        if (section == kSections.end()) {
            changes.emplace_back(row.key);
            continue;
        }
        const Node& old_one = before.find(row.key) ? *before.find(row.key) : kNothing;
        const Node& new_one = after.find(row.key) ? *after.find(row.key) : kNothing;
        for (const OptionRow& option : section->rows)
            if (option.change == OptionChange::startup && text(old_one.find(option.key)) != text(new_one.find(option.key)))
                changes.push_back(fmt::format("{}.{}", row.key, option.key));
    }
    return changes;
}

Result<Site> read_site(const Node& root) {
    FACET_TRY(const auto values, Values::read(kSiteOptions, root, "config"));
    Site site;
    std::vector<std::string_view> names;
    FACET_TRY(const auto experts, read_list(values, "experts", "config"));
    for (const auto& node : experts) {
        const Node* name = node.find("name");
        if (!name || name->scalar.empty())
            return fail_at(node, "an expert without a name, expected {name: ..., model: ...}");
        if (std::find(names.begin(), names.end(), name->scalar) != names.end())
            return fail_at(node, fmt::format("expert '{}' is declared twice", name->scalar));
        site.experts.push_back({name->scalar, node});
        names.push_back(name->scalar);
    }
    std::set<std::string> cameras_seen;
    FACET_TRY(const auto cameras, read_list(values, "cameras", "config"));
    for (const auto& node : cameras) {
        FACET_TRY(auto camera, read_camera(node));
        if (!cameras_seen.insert(camera.name).second)
            return fail_at(node, fmt::format("camera '{}' is declared twice", camera.name));
        for (const auto& expert : camera.experts)
            if (std::find(names.begin(), names.end(), expert) == names.end())
                return fail(config::unknown_name(fmt::format("{}: camera '{}'", camera.place, camera.name), "expert", expert,
                                                 names));
        site.cameras.push_back(std::move(camera));
    }
    FACET_TRY(const auto models, Values::read(kModelsOptions, values.node("models"), "models"));
    site.model_mirror = models.path("mirror");
    FACET_TRY(const auto metrics, Values::read(kMetricsOptions, values.node("metrics"), "metrics"));
    site.metrics_listen = metrics.text("listen");
    FACET_TRY(const auto control, Values::read(kControlOptions, values.node("control"), "control"));
    site.control_socket = control.path("socket");
    FACET_TRY(const auto budget, Values::read(kBudgetOptions, values.node("budget"), "budget"));
    site.latency_p99 = budget.duration("latency_p99");
    site.cores = static_cast<std::size_t>(budget.integer("cores"));
    FACET_TRY(site.evidence, read_evidence(values.node("evidence")));
    FACET_TRY(site.record, read_record(values.node("record")));
    FACET_CHECK(check_keeping(site));
    return site;
}

}  // namespace facet::engine
