// facet doctor: what this machine has, what is missing and why, and what would be faster.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "app/builtins.h"
#include "app/cache.h"
#include "app/command.h"
#include "base/file.h"
#include "base/text.h"
#include "image/draw.h"
#include "wrap/ffmpeg/codecs.h"

namespace facet::app {

namespace {

using config::OptionRow;
using config::OptionType;
using Json = nlohmann::ordered_json;

constexpr std::array kDoctorOptions{
    OptionRow{.key = "json", .type = OptionType::flag, .help = "print one JSON object instead"},
};

constexpr std::size_t kProcBytesMax = 1 << 22;

struct Processor {
    std::string model;
    std::set<std::string> flags;
};

Processor read_processor() {
    Processor processor;
    const auto text = read_file("/proc/cpuinfo", kProcBytesMax);
    if (!text) return processor;
    for (const auto line : split(*text, '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto key = trim(line.substr(0, colon));
        const auto value = trim(line.substr(colon + 1));
        if (key == "model name" && processor.model.empty()) processor.model = value;
        if ((key == "flags" || key == "Features") && processor.flags.empty())
            for (const auto flag : split(value, ' ')) processor.flags.emplace(flag);
    }
    return processor;
}

/// kB behind a key of /proc/meminfo, as MB.
long long memory_mb(std::string_view key) {
    const auto text = read_file("/proc/meminfo", kProcBytesMax);
    if (!text) return 0;
    for (const auto line : split(*text, '\n')) {
        if (!line.starts_with(key)) continue;
        auto value = trim(line.substr(line.find(':') + 1));
        if (const auto space = value.find(' '); space != std::string_view::npos) value = value.substr(0, space);
        return parse_integer(value).value_or(0) / 1024;
    }
    return 0;
}

/// Instruction sets that matter to us, with what they speed up.
struct Feature {
    const char* flag;
    const char* meaning;
};
constexpr Feature kFeatures[] = {
    {"avx2", "image kernels and networks in f32, 8 values at a time"},
    {"avx512f", "image kernels and networks in f32, 16 values at a time"},
    {"avx512_vnni", "networks quantised to 8 bits"},
    {"avx_vnni", "networks quantised to 8 bits"},
    {"avx512_bf16", "networks in bf16, about 1.5 times the speed of f32"},
    {"amx_bf16", "networks in bf16, several times the speed of f32"},
    {"amx_int8", "networks quantised to 8 bits, several times the speed"},
    {"avx512_fp16", "networks in f16"},
};

std::vector<std::string> advice(const Processor& processor, bool has_backend) {
    std::vector<std::string> lines;
    const auto has = [&](const char* flag) { return processor.flags.contains(flag); };
    if (!has_backend)
        lines.emplace_back("no backend runs models here: only plain code (motion) works; see the reason above");
    if (!has("avx2") && !has("asimd")) lines.emplace_back("no AVX2: expect a quarter of the speed of a current processor");
    if (!has("avx512_bf16") && !has("amx_bf16"))
        lines.emplace_back("no bf16 instructions: networks run in f32; models quantised to 8 bits would be faster");
    if (!has("avx512_vnni") && !has("avx_vnni")) lines.emplace_back("no VNNI: models quantised to 8 bits gain little");
    if (std::thread::hardware_concurrency() < 2)
        lines.emplace_back("one core: decoding and inference cannot overlap; a second core nearly doubles the rate");
    if (memory_mb("MemAvailable") < 512)
        lines.emplace_back("less than 512 MB of memory are free: close other programs or use fewer cameras");
    if (const std::string problem = image::Canvas().text_problem(); !problem.empty())
        lines.push_back(fmt::format("overlays have plain letters only: {}", problem));
    if (cache_folder().empty())
        lines.emplace_back("neither XDG_CACHE_HOME nor HOME is set: every start compiles its models again");
    return lines;
}

int run_doctor(const config::CommandLine& line, Context& context) {
    const Processor processor = read_processor();
    Json json;
    json["version"] = FACET_VERSION;
    json["processor"] = processor.model;
    json["cores"] = std::thread::hardware_concurrency();
    // Values are made before they are put in: the object's members move when it grows.
    Json features = Json::object();
    for (const auto& feature : kFeatures) features[feature.flag] = processor.flags.contains(feature.flag);
    json["features"] = std::move(features);
    json["memory_mb"] = memory_mb("MemTotal");
    json["memory_free_mb"] = memory_mb("MemAvailable");
    Json backends = Json::array();
    bool has_backend = false;
    for (const backend::BackendInfo* info : builtins().backends) {
        const auto backend = info->create(context.log);
        has_backend |= backend.has_value();
        backends.push_back({{"name", info->name},
                            {"available", backend.has_value()},
                            {"facts", backend ? (*backend)->describe() : backend.error().message}});
    }
    json["backends"] = backends;
    Json codecs = Json::array();
    for (const auto& codec : ffmpeg::codecs())
        codecs.push_back({{"name", codec.name}, {"decodes", codec.decodes}, {"encodes", codec.encodes}});
    json["codecs"] = std::move(codecs);
    json["cache"] = cache_folder();
    const auto list = [](const auto& infos, auto member) {
        Json names = Json::array();
        for (const auto* info : infos) names.push_back(std::string(info->*member));
        return names;
    };
    json["sources"] = list(builtins().sources, &source::SourceInfo::name);
    json["experts"] = list(builtins().families, &expert::FamilyInfo::name);
    json["trackers"] = list(builtins().trackers, &scene::TrackerInfo::name);
    json["rules"] = list(builtins().rules, &scene::RuleInfo::type);
    json["sinks"] = list(builtins().sinks, &sink::SinkInfo::name);
    const auto hints = advice(processor, has_backend);
    json["advice"] = hints;
    if (line.values.flag("json")) {
        fmt::print("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace));
        return kDone;
    }

    const auto joined = [](const Json& names) {
        std::string text;
        for (const auto& name : names) text += fmt::format("{}{}", text.empty() ? "" : ", ", name.get<std::string>());
        return text;
    };
    fmt::print("facet {}\n\nprocessor   {}, {} cores\n", FACET_VERSION, processor.model, json["cores"].get<unsigned>());
    for (const auto& feature : kFeatures)
        fmt::print("  {:<11} {:<4} {}\n", feature.flag, processor.flags.contains(feature.flag) ? "yes" : "no",
                   feature.meaning);
    fmt::print("memory      {} MB, {} MB free\n", memory_mb("MemTotal"), memory_mb("MemAvailable"));
    for (const auto& backend : backends)
        fmt::print("backend     {}: {}{}\n", backend["name"].get<std::string>(),
                   backend["available"].get<bool>() ? "" : "absent: ", backend["facts"].get<std::string>());
    for (const auto& codec : ffmpeg::codecs())
        fmt::print("codec       {:<10} decode {:<4} encode {}\n", codec.name, codec.decodes ? "yes" : "no",
                   codec.encodes ? "yes" : "no");
    fmt::print("cache       {}\n", cache_folder().empty() ? "none" : cache_folder());
    for (const char* kind : {"sources", "experts", "trackers", "rules", "sinks"})
        fmt::print("{:<11} {}\n", kind, joined(json[kind]));
    fmt::print("\nWhat would be faster here:\n");
    for (const auto& hint : hints) fmt::print("  - {}\n", hint);
    if (hints.empty()) fmt::print("  - nothing that this program knows of\n");
    return kDone;
}

}  // namespace

extern const Command kDoctor{
    {"doctor", "what this machine has, what is missing and what would be faster", "", kDoctorOptions}, run_doctor};

}  // namespace facet::app
