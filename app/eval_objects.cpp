#include "app/eval_objects.h"

#include <algorithm>
#include <filesystem>

#include "app/eval_pictures.h"
#include "quality/truth.h"

namespace facet::app::eval {
namespace {

namespace fs = std::filesystem;

constexpr const char* kClassesFile = "classes.txt";

Result<ObjectTruth> read_yolo_folder(const std::string& path) {
    ObjectTruth truth;
    truth.relative = true;
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(path, error))
        if (entry.path().extension() == ".txt" && entry.path().filename() != kClassesFile) files.push_back(entry.path());
    if (error) return fail(ErrorCode::permission_denied, "{}: cannot be listed: {}", path, error.message());
    if (files.empty()) return fail(ErrorCode::not_found, "{}: no label file (*.txt) in this folder", path);
    std::sort(files.begin(), files.end());
    if (const fs::path classes = fs::path(path) / kClassesFile; fs::exists(classes)) {
        FACET_TRY(const std::string text, read_text(classes.string()));
        truth.classes = quality::parse_names(text);
    }
    for (const fs::path& file : files) {
        FACET_TRY(const std::string text, read_text(file.string()));
        FACET_TRY(auto objects, quality::parse_yolo(text, {1, 1}, file.string()));
        for (const quality::TruthObject& object : objects)
            if (!truth.classes.empty() && object.label >= static_cast<int>(truth.classes.size()))
                return fail(ErrorCode::corrupt, "{}: class {}, but {} names only {}", file.string(), object.label,
                            kClassesFile, truth.classes.size());
        truth.names.push_back(file.filename().string());
        truth.objects.push_back(std::move(objects));
    }
    return truth;
}

bool is_wanted(std::string_view name, std::span<const std::string> wanted) {
    return wanted.empty() ||
           std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) { return same_class(one, name, {}); });
}

}  // namespace

std::vector<quality::TruthObject> ObjectTruth::of(std::size_t picture, Size size) const {
    std::vector<quality::TruthObject> scaled = objects[picture];
    if (!relative) return scaled;
    const auto width = static_cast<float>(size.width);
    const auto height = static_cast<float>(size.height);
    for (quality::TruthObject& object : scaled) {
        object.box = {object.box.x * width, object.box.y * height, object.box.width * width, object.box.height * height};
        for (Keypoint& keypoint : object.keypoints) keypoint.point = {keypoint.point.x * width, keypoint.point.y * height};
    }
    return scaled;
}

Result<ObjectTruth> read_objects(const std::string& path) {
    if (fs::is_directory(path)) return read_yolo_folder(path);
    FACET_TRY(const std::string text, read_text(path));
    FACET_TRY(quality::CocoSet set, quality::parse_coco(text, path));
    ObjectTruth truth;
    truth.classes = std::move(set.classes);
    for (std::size_t i = 0; i < set.infos.size(); ++i) {
        truth.names.push_back(std::move(set.infos[i].file));
        truth.objects.push_back(std::move(set.pictures[i].truth));
    }
    return truth;
}

Result<ClassMap> map_classes(const ObjectTruth& truth, std::span<const std::string> labels,
                             std::span<const std::string> pairs, std::span<const std::string> wanted) {
    ClassMap map;
    map.names = truth.classes;
    if (map.names.empty()) map.names.assign(labels.begin(), labels.end());
    for (const std::string& name : wanted) {
        std::vector<std::string_view> known(map.names.begin(), map.names.end());
        if (std::none_of(known.begin(), known.end(), [&](std::string_view one) { return is_wanted(one, {&name, 1}); }))
            return fail(config::unknown_name("--labels", "class", name, known));
    }
    map.counts.assign(map.names.size(), 0);
    map.class_of_label.assign(labels.size(), -1);
    for (std::size_t c = 0; c < map.names.size(); ++c) {
        if (!is_wanted(map.names[c], wanted)) continue;
        for (std::size_t l = 0; l < labels.size(); ++l) {
            const bool same = truth.classes.empty() ? l == c : same_class(map.names[c], labels[l], pairs);
            if (!same || map.class_of_label[l] >= 0) continue;
            map.class_of_label[l] = static_cast<int>(c);
            map.counts[c] = 1;
        }
        if (!map.counts[c])
            map.messages.push_back(
                fmt::format("class '{}' of the truth is no label of the model: left out (--map '{}=LABEL' names one)",
                            map.names[c], map.names[c]));
    }
    if (std::none_of(map.counts.begin(), map.counts.end(), [](char counts) { return counts != 0; }))
        return fail(ErrorCode::invalid_argument, "no class of the truth is a label of the model");
    return map;
}

}  // namespace facet::app::eval
