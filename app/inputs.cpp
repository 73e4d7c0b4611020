#include "app/inputs.h"

#include <algorithm>
#include <filesystem>

#include "source/file/inputs.h"

namespace facet::app {

namespace {

std::string unique_name(const engine::Site& site, const std::string& wanted) {
    const auto taken = [&](const std::string& name) {
        return std::any_of(site.cameras.begin(), site.cameras.end(),
                           [&](const auto& camera) { return camera.name == name; });
    };
    if (!taken(wanted)) return wanted;
    for (int i = 2;; ++i)
        if (auto name = fmt::format("{}-{}", wanted, i); !taken(name)) return name;
}

/// "videos/street.mp4?stream=1" -> "street"; "synthetic:hall?seed=2" -> "hall"; "pictures/" -> "pictures".
std::string camera_name(std::string address) {
    if (!std::filesystem::exists(address))
        if (const auto query = address.find('?'); query != std::string::npos) address.resize(query);
    if (const auto colon = address.find(':'); colon != std::string::npos && address.find('/') > colon)
        address.erase(0, colon + 1);
    while (address.size() > 1 && address.ends_with('/')) address.pop_back();
    const std::filesystem::path path(address);
    const bool is_folder = std::filesystem::is_directory(path);
    const std::string name = is_folder ? path.filename().string() : path.stem().string();
    return name.empty() || name == "." || name == ".." ? std::string("camera") : name;
}

}  // namespace

Status apply_inputs(engine::Site& site, std::span<const std::string> inputs) {
    if (inputs.empty()) {
        if (site.cameras.empty())
            return fail(ErrorCode::invalid_argument,
                        "no input: expected a video, a picture or a folder, or `cameras:` in a config");
        for (const auto& camera : site.cameras)
            if (camera.source.empty())
                return fail(ErrorCode::invalid_argument, "{}: camera '{}' has no source and no input was given",
                            camera.place, camera.name);
        return {};
    }
    if (site.cameras.size() > 1)
        return fail(ErrorCode::invalid_argument,
                    "{} inputs and {} cameras in the config: expected one camera, as the template for all", inputs.size(),
                    site.cameras.size());
    const engine::CameraSite model = site.cameras.empty() ? engine::CameraSite{} : site.cameras.front();
    site.cameras.clear();
    const auto add = [&](const std::string& address) {
        engine::CameraSite camera = model;
        camera.name = unique_name(site, camera_name(address));
        camera.source = address;
        site.cameras.push_back(std::move(camera));
    };
    for (const auto& input : inputs) {
        if (!std::filesystem::is_directory(input)) {
            add(input);
            continue;
        }
        const auto listed = source::list_inputs(input);
        if (!listed) {  // opening it will say why; other inputs go on
            add(input);
            continue;
        }
        for (const auto& video : listed->videos) add(video);
        if (!listed->pictures.empty()) add(input);
    }
    return {};
}

}  // namespace facet::app
