#include "quality/coco.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace facet::quality {
namespace {

using Json = nlohmann::json;

/// Reads members of one JSON object and remembers the first that is missing or of another type.
class Reader {
public:
    Reader(const Json& object, std::string place) : object_(object), place_(std::move(place)) {
        if (!object.is_object()) note("expected an object");
    }

    long long integer(const char* key) {
        const Json* value = find(key);
        if (value && value->is_number_integer()) return value->get<long long>();
        note(fmt::format("{}: expected a whole number", key));
        return 0;
    }
    double number(const char* key) {
        const Json* value = find(key);
        if (value && value->is_number()) return value->get<double>();
        note(fmt::format("{}: expected a number", key));
        return 0;
    }
    std::string text(const char* key) {
        const Json* value = find(key);
        if (value && value->is_string()) return value->get<std::string>();
        note(fmt::format("{}: expected a text", key));
        return "";
    }
    std::vector<float> numbers(const char* key) {
        const Json* value = find(key);
        std::vector<float> result;
        if (value && value->is_array())
            for (const Json& item : *value) {
                if (!item.is_number()) break;
                result.push_back(item.get<float>());
            }
        if (!value || !value->is_array() || result.size() != value->size()) note(fmt::format("{}: expected numbers", key));
        return result;
    }
    bool has(const char* key) const { return object_.is_object() && object_.contains(key); }
    void note(std::string problem) {
        if (problem_.empty()) problem_ = fmt::format("{}: {}", place_, problem);
    }
    Status status() const {
        if (!problem_.empty()) return fail(ErrorCode::corrupt, "{}", problem_);
        return {};
    }

private:
    const Json* find(const char* key) const {
        if (!has(key)) return nullptr;
        return &object_.at(key);
    }
    const Json& object_;
    std::string place_;
    std::string problem_;
};

Box box_of(Reader& reader) {
    const std::vector<float> numbers = reader.numbers("bbox");
    if (numbers.size() == 4 && numbers[2] >= 0 && numbers[3] >= 0) return {numbers[0], numbers[1], numbers[2], numbers[3]};
    reader.note("bbox: expected [x, y, width, height]");
    return {};
}

std::vector<Keypoint> keypoints_of(Reader& reader) {
    const std::vector<float> numbers = reader.numbers("keypoints");
    if (numbers.size() % 3 != 0) reader.note("keypoints: expected x, y, v of each");
    std::vector<Keypoint> keypoints;
    for (std::size_t i = 0; i + 2 < numbers.size(); i += 3)
        keypoints.push_back({{numbers[i], numbers[i + 1]}, numbers[i + 2]});
    return keypoints;
}

/// Calls `read` with a Reader of each item of a list; the first problem ends it.
template <class Read>
Status each(const Json& list, const std::string& place, Read read) {
    if (!list.is_array()) return fail(ErrorCode::corrupt, "{}: expected a list", place);
    for (std::size_t i = 0; i < list.size(); ++i) {
        Reader reader(list[i], fmt::format("{}[{}]", place, i));
        read(reader);
        FACET_CHECK(reader.status());
    }
    return {};
}

using Index = std::map<long long, std::size_t>;

Index index_of_pictures(const CocoSet& set) {
    Index index;
    for (std::size_t i = 0; i < set.infos.size(); ++i) index[set.infos[i].id] = i;
    return index;
}

Index index_of_classes(const CocoSet& set) {
    Index index;
    for (std::size_t i = 0; i < set.categories.size(); ++i) index[set.categories[i]] = i;
    return index;
}

}  // namespace

Result<CocoSet> parse_coco(std::string_view text, const std::string& name) {
    const Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded()) return fail(ErrorCode::corrupt, "{}: not JSON", name);
    for (const char* key : {"images", "categories", "annotations"})
        if (!document.is_object() || !document.contains(key))
            return fail(ErrorCode::corrupt, "{}: no '{}' in it", name, key);

    CocoSet set;
    FACET_CHECK(each(document["images"], name + ": images", [&](Reader& reader) {
        set.infos.push_back({reader.integer("id"), reader.text("file_name")});
    }));
    std::sort(set.infos.begin(), set.infos.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    set.pictures.resize(set.infos.size());

    std::map<long long, std::string> categories;
    FACET_CHECK(each(document["categories"], name + ": categories",
                     [&](Reader& reader) { categories[reader.integer("id")] = reader.text("name"); }));
    for (auto& [id, class_name] : categories) {
        set.categories.push_back(id);
        set.classes.push_back(std::move(class_name));
    }

    const Index pictures = index_of_pictures(set);
    const Index classes = index_of_classes(set);
    FACET_CHECK(each(document["annotations"], name + ": annotations", [&](Reader& reader) {
        const auto picture = pictures.find(reader.integer("image_id"));
        const auto label = classes.find(reader.integer("category_id"));
        if (picture == pictures.end()) return reader.note("image_id: no such picture");
        if (label == classes.end()) return reader.note("category_id: no such category");
        TruthObject object;
        object.box = box_of(reader);
        object.label = static_cast<int>(label->second);
        if (reader.has("iscrowd")) object.crowd = reader.integer("iscrowd") != 0;
        if (reader.has("area")) object.area = reader.number("area");
        if (reader.has("keypoints")) object.keypoints = keypoints_of(reader);
        set.pictures[picture->second].truth.push_back(std::move(object));
    }));
    return set;
}

Status add_coco_results(CocoSet& set, std::string_view text, const std::string& name) {
    const Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded()) return fail(ErrorCode::corrupt, "{}: not JSON", name);
    const Index pictures = index_of_pictures(set);
    const Index classes = index_of_classes(set);
    return each(document, name, [&](Reader& reader) {
        const auto picture = pictures.find(reader.integer("image_id"));
        const auto label = classes.find(reader.integer("category_id"));
        if (picture == pictures.end()) return reader.note("image_id: no such picture in the truth");
        if (label == classes.end()) return;
        Detection detection;
        detection.label = static_cast<int>(label->second);
        detection.score = static_cast<float>(reader.number("score"));
        if (reader.has("bbox")) detection.box = box_of(reader);
        if (reader.has("keypoints")) detection.keypoints = keypoints_of(reader);
        if (!reader.has("bbox") && !reader.has("keypoints")) reader.note("expected bbox or keypoints");
        set.pictures[picture->second].found.push_back(std::move(detection));
    });
}

}  // namespace facet::quality
