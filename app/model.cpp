// facet model list, pull, inspect: what models there are, getting one, and what a file is.
#include "app/builtins.h"
#include "app/cache.h"
#include "app/command.h"
#include "app/model_command.h"
#include "app/progress.h"
#include "expert/runner.h"
#include "model/download.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace facet::app {

namespace model_command {

Result<Place> read_place(const config::Values& values) {
    Place place;
    place.catalogue_path = values.path("catalogue");
    FACET_TRY(place.catalogue,
              place.catalogue_path.empty() ? model::Catalogue::builtin() : model::Catalogue::load(place.catalogue_path));
    place.repository = model::Repository::from_environment(values.path("mirror"));
    return place;
}

Result<std::unique_ptr<backend::Backend>> make_backend(Log& log) {
    const auto backends = builtins().backends;
    if (backends.empty()) return fail(ErrorCode::unsupported, "this build has no backend that runs models");
    return backends[0]->create(log);
}

ExitCode code_of(const Error& error) { return error.code == ErrorCode::cancelled ? kInterrupted : kModelUnusable; }

bool print(std::string_view text) { return std::fwrite(text.data(), 1, text.size(), stdout) == text.size(); }

int finish(ExitCode code) {
    const bool is_written = std::fflush(stdout) == 0 && !std::ferror(stdout);
    return is_written ? code : fail_with(kOutputUnwritable, "standard output cannot be written");
}

}  // namespace model_command

namespace {

using namespace model_command;
using Json = nlohmann::ordered_json;

std::string size_text(const image::TensorSpec& spec) { return fmt::format("{}x{}", spec.size.width, spec.size.height); }

/// "mirror", "store", "address" (can be pulled) or "-".
std::string_view place_of(const model::Manifest& row, const model::Repository& repository) {
    if (!model::find_by_sha256(repository.mirror, row.bytes, row.sha256).empty()) return "mirror";
    if (!model::find_by_sha256(repository.store, row.bytes, row.sha256).empty()) return "store";
    return row.address.empty() ? "-" : "address";
}

// ---- list

constexpr std::array kListOptions{kMirrorRow, kCatalogueRow, kJsonRow};

int run_list(const config::CommandLine& line, Context&) {
    const auto place = read_place(line.values);
    if (!place) return fail_with(kWrongUsage, place.error().message);
    Json rows = Json::array();
    std::string table = fmt::format("{:<29} {:<9} {:<18} {:<9} {:>5} {:<11} {}\n", "NAME", "TASK", "FAMILY", "INPUT", "MB",
                                    "LICENCE", "WHERE");
    for (const model::Manifest& row : place->catalogue.models()) {
        const auto where = place_of(row, place->repository);
        table += fmt::format("{:<29} {:<9} {:<18} {:<9} {:>5.1f} {:<11} {}\n", row.name, row.task, row.family,
                             size_text(row.input), static_cast<double>(row.bytes) / 1e6, row.licence, where);
        rows.push_back({{"name", row.name},
                        {"task", row.task},
                        {"family", row.family},
                        {"width", row.input.size.width},
                        {"height", row.input.size.height},
                        {"bytes", row.bytes},
                        {"licence", row.licence},
                        {"sha256", row.sha256},
                        {"address", row.address},
                        {"where", where}});
    }
    if (line.values.flag("json"))
        print(Json{{"models", rows}}.dump() + "\n");
    else
        print(table);
    return finish(kDone);
}

// ---- pull

constexpr std::array kPullOptions{kMirrorRow, kCatalogueRow, kJsonRow};

/// Which exit code a pull that failed deserves: the disk's faults are those of an output.
ExitCode pull_code(const Error& error) {
    const bool is_disk = error.code == ErrorCode::resource_exhausted || error.code == ErrorCode::permission_denied;
    return is_disk ? kOutputUnwritable : code_of(error);
}

int run_pull(const config::CommandLine& line, Context& context) {
    if (line.positionals.empty()) return fail_with(kWrongUsage, "model pull: name a model; `facet model list` shows them");
    const auto place = read_place(line.values);
    if (!place) return fail_with(kWrongUsage, place.error().message);
    std::vector<const model::Manifest*> wanted;  // all names are checked before the first byte is fetched
    for (const std::string& name : line.positionals) {
        const model::Manifest* row = place->catalogue.find(name);
        if (!row) return fail_with(kModelUnusable, place->catalogue.unknown(name).message);
        wanted.push_back(row);
    }
    Json rows = Json::array();
    for (const model::Manifest* row : wanted) {
        model::PullOptions options;
        Progress progress("kB");
        options.progress = [&](std::uint64_t done, std::uint64_t all) {
            progress.update(static_cast<std::int64_t>(done / 1000), static_cast<std::int64_t>(all / 1000));
        };
        const auto pulled = model::pull(*row, place->repository, options, context.interrupted);
        if (!pulled) return fail_with(pull_code(pulled.error()), pulled.error().message);
        rows.push_back(
            {{"name", row->name}, {"path", pulled->path}, {"from", pulled->from}, {"bytes_fetched", pulled->bytes_fetched}});
        if (!line.values.flag("json")) print(fmt::format("{}: {} (from {})\n", row->name, pulled->path, pulled->from));
    }
    if (line.values.flag("json")) print(Json{{"models", rows}}.dump() + "\n");
    return finish(kDone);
}

// ---- inspect

constexpr std::array kInspectOptions{kMirrorRow, kCatalogueRow, kJsonRow};

Json to_json(std::span<const backend::Port> ports) {
    Json list = Json::array();
    for (const backend::Port& port : ports)
        list.push_back({{"name", port.name}, {"type", name(port.type)}, {"shape", port.shape}});
    return list;
}

Json to_json(const model::Manifest& manifest) {
    Json parameters = Json::object();
    for (const auto& [key, value] : manifest.parameters) parameters[key] = value;
    return {{"name", manifest.name},
            {"family", manifest.family},
            {"task", manifest.task},
            {"input", model::to_string(manifest.input)},
            {"follows_aspect", manifest.follows_aspect},
            {"stride", manifest.stride},
            {"labels", manifest.labels.size()},
            {"licence", manifest.licence},
            {"parameters", parameters}};
}

std::string ports_text(std::string_view title, std::span<const backend::Port> ports) {
    std::string text;
    for (const backend::Port& port : ports)
        text += fmt::format("{:<11} {} {}{}\n", title, port.name, name(port.type), to_string(port.shape));
    return text;
}

int run_inspect(const config::CommandLine& line, Context& context) {
    if (line.positionals.size() != 1) return fail_with(kWrongUsage, "model inspect: name one model or file");
    const auto place = read_place(line.values);
    if (!place) return fail_with(kWrongUsage, place.error().message);
    auto found = model::find_model(line.positionals[0], place->catalogue, place->repository);
    if (!found) return fail_with(kModelUnusable, found.error().message);
    const auto backend = make_backend(context.log);
    if (!backend) return fail_with(kModelUnusable, backend.error().message);
    const auto facts = (*backend)->inspect({found->path});
    if (!facts) return fail_with(kModelUnusable, facts.error().message);

    expert::LoadRequest request{
        .model = line.positionals[0], .options = {}, .repository = place->repository, .catalogue = place->catalogue_path};
    const auto loaded = expert::load_expert(request, backend->get(), builtins().families, context.log);
    std::string text =
        fmt::format("{:<11} {}\n{:<11} {}\n{:<11} {}\n", "file", found->path, "bytes", facts->bytes, "opset", facts->opset);
    text += ports_text("input", facts->inputs) + ports_text("output", facts->outputs);
    text += fmt::format("{:<11} {}\n", "operators", fmt::join(facts->operators, " "));
    for (const auto& [key, value] : facts->metadata) text += fmt::format("{:<11} {}: {}\n", "metadata", key, value);
    Json metadata = Json::object();
    for (const auto& [key, value] : facts->metadata) metadata[key] = value;
    Json json{{"file", found->path},
              {"bytes", facts->bytes},
              {"opset", facts->opset},
              {"inputs", to_json(facts->inputs)},
              {"outputs", to_json(facts->outputs)},
              {"operators", facts->operators},
              {"metadata", metadata},
              {"manifest", nullptr}};
    if (loaded) {
        const model::Manifest& manifest = (*loaded)->manifest;
        text += fmt::format("{:<11} {}\n{:<11} {} ({})\n{:<11} {}{}\n{:<11} {}\n", "manifest",
                            found->has_manifest ? manifest.name : "none; recognised by its graph", "family", manifest.family,
                            (*loaded)->family->summary, "input", model::to_string(manifest.input),
                            manifest.follows_aspect ? fmt::format(", follows the aspect by {}", manifest.stride) : "",
                            "labels", manifest.labels.size());
        json["manifest"] = to_json(manifest);
        json["recognised"] = !found->has_manifest;
    }
    print(line.values.flag("json") ? json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n" : text);
    if (!loaded) return fail_with(kModelUnusable, loaded.error().message);
    return finish(kDone);
}

}  // namespace

extern const Command kModelList{{"model list", "models of the catalogue, and where their files are", "", kListOptions},
                                run_list};
extern const Command kModelPull{
    {"model pull", "download models of the catalogue, checked by sha256", "NAME...", kPullOptions}, run_pull};
extern const Command kModelInspect{
    {"model inspect", "what a model file is and how it is decoded", "NAME|PATH", kInspectOptions}, run_inspect};

}  // namespace facet::app
