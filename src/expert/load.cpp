// load_expert: name -> file -> manifest -> family -> expert, each checked against the next.
#include <algorithm>

#include "expert/runner.h"

namespace facet::expert {

namespace {

using Families = std::span<const FamilyInfo* const>;

const FamilyInfo* find_family(Families families, std::string_view name) {
    const auto found =
        std::find_if(families.begin(), families.end(), [&](const FamilyInfo* info) { return info->name == name; });
    return found == families.end() ? nullptr : *found;
}

/// The family that the manifest names; the task and the parameters that it states are the family's.
Result<const FamilyInfo*> family_of(const model::Manifest& manifest, Families families) {
    const FamilyInfo* family = find_family(families, manifest.family);
    if (!family) {
        std::vector<std::string_view> names;
        for (const FamilyInfo* info : families) names.push_back(info->name);
        return fail(config::unknown_name(fmt::format("model '{}'", manifest.name), "family", manifest.family, names));
    }
    if (!manifest.task.empty() && manifest.task != name(family->task))
        return fail(ErrorCode::invalid_argument, "model '{}': the manifest says task {}, but family {} does {}",
                    manifest.name, manifest.task, family->name, name(family->task));
    for (const auto& [key, value] : manifest.parameters) {
        const auto& known = family->parameters;
        if (std::find(known.begin(), known.end(), key) == known.end())
            return fail(config::unknown_name(fmt::format("model '{}'", manifest.name), "parameter", key, known));
    }
    return family;
}

/// Inputs and outputs as a message shows them: "input images f32[1,3,416,416]; output output f32[1,3549,85]".
std::string ports_of(const backend::ModelFacts& facts) {
    std::string text;
    for (const auto& port : facts.inputs)
        text += fmt::format("{}input {} {}{}", text.empty() ? "" : "; ", port.name, name(port.type), to_string(port.shape));
    for (const auto& port : facts.outputs)
        text += fmt::format("{}output {} {}{}", text.empty() ? "" : "; ", port.name, name(port.type), to_string(port.shape));
    return text;
}

Result<std::shared_ptr<const LoadedExpert>> load_code(const FamilyInfo& family, const LoadRequest& request) {
    auto loaded = std::make_shared<LoadedExpert>();
    loaded->manifest.name = family.name;
    loaded->manifest.family = family.name;
    loaded->manifest.task = name(family.task);
    loaded->family = &family;
    FACET_TRY(loaded->expert, family.create(loaded->manifest, {}, request.options));
    return loaded;
}

}  // namespace

Result<model::Manifest> recognise(const backend::ModelFacts& facts, Families families, const std::string& path) {
    for (const FamilyInfo* family : families) {
        if (!family->recognise) continue;
        if (auto manifest = family->recognise(facts)) return std::move(*manifest);
    }
    return fail(ErrorCode::unsupported, "{}: no expert family recognises this graph ({}); state its family in {}.yaml", path,
                ports_of(facts), path);
}

Result<std::shared_ptr<const LoadedExpert>> load_expert(const LoadRequest& request, backend::Backend* backend,
                                                        Families families, Log& log) {
    if (const FamilyInfo* code = find_family(families, request.model); code && !code->needs_model)
        return load_code(*code, request);
    FACET_TRY(const auto catalogue,
              request.catalogue.empty() ? model::Catalogue::builtin() : model::Catalogue::load(request.catalogue));
    FACET_TRY(auto found, model::find_model(request.model, catalogue, request.repository));
    if (!backend)
        return fail(ErrorCode::unsupported, "model '{}': this build has no backend that runs models", request.model);
    FACET_TRY(const auto facts, backend->inspect({found.path}));
    if (!found.has_manifest) {
        FACET_TRY(found.manifest, recognise(facts, families, found.path));
        log.debug("model {}: recognised as family={}", found.path, found.manifest.family);
    }
    FACET_TRY(const FamilyInfo* family, family_of(found.manifest, families));
    FACET_CHECK(model::resolve_labels(found.manifest, found.path, request.repository));
    auto loaded = std::make_shared<LoadedExpert>();
    FACET_TRY(loaded->expert, family->create(found.manifest, facts, request.options));
    const auto labels = loaded->expert->labels();
    found.manifest.labels.assign(labels.begin(), labels.end());
    loaded->manifest = std::move(found.manifest);
    loaded->path = std::move(found.path);
    loaded->family = family;
    loaded->backend = backend;
    loaded->backend_name = request.backend;
    return loaded;
}

}  // namespace facet::expert
