// facet model check, profile: proofs that a model runs right here, and what it costs.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/builtins.h"
#include "app/cache.h"
#include "app/command.h"
#include "app/model_command.h"
#include "backend/conformance.h"
#include "base/text.h"
#include "expert/parity.h"
#include "expert/runner.h"
#include "model/profile.h"
#include "wrap/openssl/sha256.h"

namespace facet::app {

namespace {

using namespace model_command;
using config::OptionRow;
using config::OptionType;
using Json = nlohmann::ordered_json;

expert::LoadRequest request_of(const Place& place, const std::string& model, float threshold) {
    expert::LoadRequest request;
    request.model = model;
    request.options.threshold = threshold;
    request.repository = place.repository;
    request.catalogue = place.catalogue_path;
    return request;
}

Result<std::unique_ptr<source::Source>> open_source(const std::string& address) {
    for (const source::SourceInfo* info : builtins().sources)
        if (info->takes(address)) return info->open(address);
    return fail(ErrorCode::not_found, "{}: no source takes this address", address);
}

/// At most `count` frames, `step` apart, of everything named.
Result<std::vector<Picture>> read_pictures(std::span<const std::string> addresses, std::size_t count, std::int64_t step) {
    std::vector<Picture> pictures;
    for (const std::string& address : addresses) {
        FACET_TRY(const auto source, open_source(address));
        std::size_t taken = 0;
        for (std::int64_t index = 0; taken < count; ++index) {
            FACET_TRY(const FramePtr frame, source->next());
            if (!frame) break;
            if (!source->facts().is_still && index % step != 0) continue;
            pictures.push_back(frame->picture);
            ++taken;
        }
    }
    if (pictures.empty()) return fail(ErrorCode::not_found, "no picture could be decoded");
    return pictures;
}

// ---- check

constexpr std::array kCheckOptions{
    kMirrorRow,
    kCatalogueRow,
    kPrecisionRow,
    OptionRow{.key = "threshold",
              .type = OptionType::number,
              .fallback = "0.3",
              .minimum = 0,
              .maximum = 1,
              .help = "least score of the detections that are compared"},
    OptionRow{.key = "frames",
              .type = OptionType::integer,
              .fallback = "20",
              .minimum = 1,
              .maximum = 10000,
              .help = "at most so many pictures of each input, 10 frames of a video apart"},
    OptionRow{.key = "conformance",
              .type = OptionType::path,
              .help = "run ONNX test cases instead: a folder of CASE/model.onnx with test_data_set_*"},
    kJsonRow,
};

constexpr std::int64_t kFrameStep = 10;
constexpr float kThresholdShare = 0.7F;  // of the threshold: how far down the other way may find a box
constexpr std::string_view kSyntheticInput = "synthetic:street?seed=1";  // where no picture is given

int run_conformance(const std::string& folder, bool json, Context& context) {
    const auto backend = make_backend(context.log);
    if (!backend) return fail_with(kModelUnusable, backend.error().message);
    const auto results = backend::run_conformance(**backend, folder, [](const backend::ConformanceResult& result) {
        if (result.outcome != backend::Outcome::passed) print(backend::to_line(result) + "\n");
    });
    if (!results) return fail_with(kInputUnusable, results.error().message);
    const auto passed = std::count_if(results->begin(), results->end(), [](const backend::ConformanceResult& result) {
        return result.outcome == backend::Outcome::passed;
    });
    const auto failed = static_cast<std::ptrdiff_t>(results->size()) - passed;
    if (json) print(Json{{"passed", passed}, {"failed", failed}}.dump() + "\n");
    print(backend::summary(*results) + "\n");
    return finish(failed == 0 ? kDone : kDoneInPart);
}

int run_check(const config::CommandLine& line, Context& context) {
    const bool json = line.values.flag("json");
    if (line.values.has("conformance")) {
        if (!line.positionals.empty())
            return fail_with(kWrongUsage, "model check: --conformance takes no model; its cases are models");
        return run_conformance(line.values.path("conformance"), json, context);
    }
    if (line.positionals.empty()) return fail_with(kWrongUsage, "model check: name a model, then pictures or videos");
    const auto place = read_place(line.values);
    if (!place) return fail_with(kWrongUsage, place.error().message);
    const auto backend = make_backend(context.log);
    if (!backend) return fail_with(kModelUnusable, backend.error().message);
    const auto threshold = static_cast<float>(line.values.number("threshold"));
    const auto loaded = expert::load_expert(request_of(*place, line.positionals[0], kThresholdShare * threshold),
                                            backend->get(), builtins().families, context.log);
    if (!loaded) return fail_with(kModelUnusable, loaded.error().message);
    if (!(*loaded)->backend)
        return fail_with(kWrongUsage,
                         fmt::format("model check: '{}' is plain code, there is no model to check", line.positionals[0]));
    std::vector<std::string> inputs(line.positionals.begin() + 1, line.positionals.end());
    if (inputs.empty()) inputs.emplace_back(kSyntheticInput);
    const auto pictures = read_pictures(inputs, static_cast<std::size_t>(line.values.integer("frames")), kFrameStep);
    if (!pictures) return fail_with(kInputUnusable, pictures.error().message);

    backend::SessionOptions options;
    options.precision = *backend::parse_precision(line.values.text("precision"));
    options.cache_folder = cache_folder();
    const auto checks = expert::check_parity(*loaded, *pictures, options, threshold);
    if (!checks) return fail_with(kModelUnusable, checks.error().message);
    Json rows = Json::array();
    std::size_t failed = 0;
    for (const expert::ParityCheck& check : *checks) {
        failed += check.passed ? 0 : 1;
        rows.push_back({{"check", check.name},
                        {"compared", check.compared},
                        {"value", check.value},
                        {"limit", check.limit},
                        {"count", check.count},
                        {"passed", check.passed}});
        const bool is_difference = check.name == "image";
        if (!json)
            print(
                fmt::format("{:<6} {:<10} {} {} {} (of {:.0f}; {})\n", check.passed ? "ok" : "FAILED", check.name,
                            is_difference ? fmt::format("{:.2e}", check.value) : fmt::format("{:.1f} %", 100 * check.value),
                            is_difference ? "at most" : "at least",
                            is_difference ? fmt::format("{:.0e}", check.limit) : fmt::format("{:.0f} %", 100 * check.limit),
                            check.count, check.compared));
    }
    if (json) {
        print(Json{{"model", (*loaded)->manifest.name}, {"pictures", pictures->size()}, {"checks", rows}}.dump() + "\n");
    } else {
        print(fmt::format("{} passed, {} failed\n", checks->size() - failed, failed));
    }
    return finish(failed == 0 ? kDone : kModelUnusable);
}

// ---- profile

constexpr std::array kProfileOptions{
    kMirrorRow,
    kCatalogueRow,
    OptionRow{.key = "precisions",
              .type = OptionType::texts,
              .help = "f32, bf16, f16; all that this machine runs where not given"},
    OptionRow{.key = "sizes",
              .type = OptionType::texts,
              .fallback = "1920x1080",
              .help = "sizes of pictures whose aspect the input follows, WIDTHxHEIGHT"},
    OptionRow{.key = "runs",
              .type = OptionType::integer,
              .fallback = "20",
              .minimum = 1,
              .maximum = 10000,
              .help = "the median of so many runs"},
    kJsonRow,
};

double resident_mb() {
    std::ifstream statm("/proc/self/statm");
    long long total = 0;
    long long resident = 0;
    statm >> total >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

Result<Size> parse_size(std::string_view text) {
    const auto parts = split(text, 'x');
    const auto width = parts.size() == 2 ? parse_integer(parts[0]) : std::nullopt;
    const auto height = parts.size() == 2 ? parse_integer(parts[1]) : std::nullopt;
    if (!width || !height || *width < 16 || *height < 16 || *width > 16384 || *height > 16384)
        return fail(ErrorCode::invalid_argument, "--sizes: '{}' is no size, expected WIDTHxHEIGHT like 1920x1080", text);
    return Size{static_cast<int>(*width), static_cast<int>(*height)};
}

/// One precision at one picture size.
Result<model::ProfileEntry> measure(const std::shared_ptr<const expert::LoadedExpert>& loaded, const std::string& sha256,
                                    Size size, backend::Precision precision, int runs) {
    PictureBuffer buffer(PixelFormat::nv12, size, {ColourMatrix::bt709, ColourRange::limited});
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x)
            buffer.plane(0)[y * buffer.stride(0) + x] = static_cast<std::uint8_t>(16 + (x * 7 + y * 13) % 220);
    for (int y = 0; y < (size.height + 1) / 2; ++y)
        std::fill_n(buffer.plane(1) + y * buffer.stride(1), (size.width + 1) / 2 * 2, std::uint8_t{128});
    const Picture& picture = buffer.view();

    backend::SessionOptions options;
    options.precision = precision;
    const double memory_before = resident_mb();
    const TimePoint began = monotonic_now();
    FACET_TRY(const auto runner, expert::Runner::create(loaded, picture.size, options));
    const Nanoseconds load_time = monotonic_now() - began;
    FACET_CHECK(runner->prepare(picture));  // the first run is slower: buffers, caches
    FACET_CHECK(runner->infer());
    std::vector<double> image_ms;
    std::vector<double> cpu_ms;
    for (int run = 0; run < runs; ++run) {
        const Nanoseconds start = process_cpu_time();
        FACET_CHECK(runner->prepare(picture));
        const Nanoseconds prepared = process_cpu_time();
        FACET_CHECK(runner->infer());
        const Nanoseconds inferred = process_cpu_time();
        image_ms.push_back(seconds(prepared - start) * 1e3);
        cpu_ms.push_back(seconds(inferred - prepared) * 1e3);
    }
    return model::ProfileEntry{.model = loaded->manifest.name,
                               .sha256 = sha256,
                               .variant = runner->variant(),
                               .machine = model::machine_name(),
                               .cpu_ms = median(std::move(cpu_ms)),
                               .image_ms = median(std::move(image_ms)),
                               .load_ms = seconds(load_time) * 1e3,
                               .memory_mb = std::max(0.0, resident_mb() - memory_before),
                               .runs = runs};
}

int run_profile(const config::CommandLine& line, Context& context) {
    if (line.positionals.empty()) return fail_with(kWrongUsage, "model profile: name a model");
    const auto place = read_place(line.values);
    if (!place) return fail_with(kWrongUsage, place.error().message);
    std::vector<Size> sizes;
    for (const std::string& text : line.values.texts("sizes")) {
        const auto size = parse_size(text);
        if (!size) return fail_with(kWrongUsage, size.error().message);
        sizes.push_back(*size);
    }
    std::vector<backend::Precision> precisions;
    for (const std::string& text : line.values.texts("precisions")) {
        const auto precision = backend::parse_precision(text);
        if (!precision) return fail_with(kWrongUsage, precision.error().message);
        precisions.push_back(*precision);
    }
    const bool all_precisions = precisions.empty();
    if (all_precisions) precisions = {backend::Precision::f32, backend::Precision::bf16, backend::Precision::f16};
    const std::string folder = cache_folder();
    if (folder.empty()) return fail_with(kOutputUnwritable, "no folder for the profile: set HOME or XDG_CACHE_HOME");
    const std::string path = model::profile_path(folder);
    auto profile = model::Profile::load(path);
    if (!profile) return fail_with(kInputUnusable, profile.error().message);
    const auto backend = make_backend(context.log);
    if (!backend) return fail_with(kModelUnusable, backend.error().message);

    Json rows = Json::array();
    for (const std::string& name : line.positionals) {
        const auto loaded =
            expert::load_expert(request_of(*place, name, 0.3F), backend->get(), builtins().families, context.log);
        if (!loaded) return fail_with(kModelUnusable, loaded.error().message);
        if ((*loaded)->path.empty())
            return fail_with(kWrongUsage,
                             fmt::format("model profile: '{}' is plain code, there is no model to profile", name));
        const auto sha256 = sha256_of_file((*loaded)->path);
        if (!sha256) return fail_with(kModelUnusable, sha256.error().message);
        for (const Size size : sizes) {
            for (const backend::Precision precision : precisions) {
                if (context.interrupted) return fail_with(kInterrupted, "interrupted");
                auto entry = measure(*loaded, *sha256, size, precision, static_cast<int>(line.values.integer("runs")));
                if (!entry && all_precisions && entry.error().code == ErrorCode::unsupported) continue;
                if (!entry) return fail_with(kModelUnusable, entry.error().message);
                if (!line.values.flag("json"))
                    print(fmt::format("{} {}: {:.2f} ms CPU, image {:.2f} ms, load {:.0f} ms, {:.0f} MB\n", name,
                                      entry->variant, entry->cpu_ms, entry->image_ms, entry->load_ms, entry->memory_mb));
                rows.push_back({{"model", entry->model},
                                {"variant", entry->variant},
                                {"cpu_ms", entry->cpu_ms},
                                {"image_ms", entry->image_ms},
                                {"load_ms", entry->load_ms},
                                {"memory_mb", entry->memory_mb},
                                {"runs", entry->runs}});
                profile->put(std::move(*entry));
            }
        }
    }
    if (auto saved = profile->save(path); !saved) return fail_with(kOutputUnwritable, saved.error().message);
    if (line.values.flag("json")) print(Json{{"profile", path}, {"entries", rows}}.dump() + "\n");
    return finish(kDone);
}

}  // namespace

extern const Command kModelCheck{{"model check", "prove that pre- and post-processing lose nothing; ONNX conformance",
                                  "NAME|PATH [PICTURE|VIDEO...]", kCheckOptions},
                                 run_check};
extern const Command kModelProfile{
    {"model profile", "measure what a model costs here, and keep it", "NAME|PATH...", kProfileOptions}, run_profile};

}  // namespace facet::app
