#include "quality/truth.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace facet::quality {
namespace {

/// Lines with their numbers from 1, without the end of line and without empty ones.
std::vector<std::pair<int, std::string_view>> lines_of(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark, as Windows' editors leave it
    std::vector<std::pair<int, std::string_view>> lines;
    int number = 0;
    for (std::string_view line : split(text, '\n')) {
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!trim(line).empty()) lines.emplace_back(number, line);
    }
    return lines;
}

/// Numbers between commas or white space.
Result<std::vector<double>> numbers_of(std::string_view line, char separator, const std::string& place) {
    std::vector<double> numbers;
    for (const std::string_view part : split(line, separator)) {
        const std::string_view word = trim(part);
        if (word.empty() && separator == ' ') continue;
        const auto number = parse_number(word);
        if (!number) return fail(ErrorCode::corrupt, "{}: '{}' where a number was expected", place, word);
        numbers.push_back(*number);
    }
    return numbers;
}

bool is_whole(double value, double low, double high) { return value == std::floor(value) && value >= low && value <= high; }

Result<std::vector<Keypoint>> keypoints_of(const std::vector<double>& numbers, Size picture, const std::string& place) {
    std::vector<Keypoint> keypoints;
    for (std::size_t i = 5; i < numbers.size(); i += 3) {
        if (!is_whole(numbers[i + 2], 0, 2))
            return fail(ErrorCode::corrupt, "{}: visibility {} of keypoint {}, expected 0, 1 or 2", place, numbers[i + 2],
                        (i - 5) / 3);
        const Point point{static_cast<float>(numbers[i] * picture.width),
                          static_cast<float>(numbers[i + 1] * picture.height)};
        keypoints.push_back({point, static_cast<float>(numbers[i + 2])});
    }
    return keypoints;
}

using Json = nlohmann::json;

Result<Box> box_of(const Json& corners, const std::string& place) {
    const bool is_box = corners.is_array() && corners.size() == 4 &&
                        std::all_of(corners.begin(), corners.end(), [](const Json& value) { return value.is_number(); });
    if (!is_box) return fail(ErrorCode::corrupt, "{}: expected a box [x1, y1, x2, y2]", place);
    return Box::from_corners(corners[0].get<float>(), corners[1].get<float>(), corners[2].get<float>(),
                             corners[3].get<float>());
}

Result<std::optional<int>> count_of(const Json& facts, const char* key, const std::string& place) {
    const auto at = facts.find(key);
    if (at == facts.end()) return std::optional<int>();
    if (!at->is_number_integer() || at->get<long long>() < 0 || at->get<long long>() > 1000000)
        return fail(ErrorCode::corrupt, "{}: {}: expected a count", place, key);
    return std::optional<int>(at->get<int>());
}

}  // namespace

Result<std::vector<TruthObject>> parse_yolo(std::string_view text, Size picture, const std::string& name) {
    std::vector<TruthObject> objects;
    for (const auto& [number, line] : lines_of(text)) {
        const std::string place = fmt::format("{}:{}", name, number);
        FACET_TRY(const std::vector<double> numbers, numbers_of(line, ' ', place));
        if (numbers.size() < 5 || (numbers.size() - 5) % 3 != 0)
            return fail(ErrorCode::corrupt,
                        "{}: {} columns, expected class, centre x, centre y, width, height and 3 a keypoint", place,
                        numbers.size());
        if (!is_whole(numbers[0], 0, 1e6))
            return fail(ErrorCode::corrupt, "{}: class {}, expected 0, 1 ...", place, numbers[0]);
        TruthObject object;
        object.label = static_cast<int>(numbers[0]);
        const double left = (numbers[1] - numbers[3] / 2) * picture.width;
        const double top = (numbers[2] - numbers[4] / 2) * picture.height;
        object.box = {static_cast<float>(left), static_cast<float>(top), static_cast<float>(numbers[3] * picture.width),
                      static_cast<float>(numbers[4] * picture.height)};
        if (object.box.width < 0 || object.box.height < 0)
            return fail(ErrorCode::corrupt, "{}: a box of negative size", place);
        FACET_TRY(object.keypoints, keypoints_of(numbers, picture, place));
        objects.push_back(std::move(object));
    }
    return objects;
}

Result<std::vector<MotRow>> parse_mot(std::string_view text, const std::string& name) {
    std::vector<MotRow> rows;
    for (const auto& [number, line] : lines_of(text)) {
        const std::string place = fmt::format("{}:{}", name, number);
        FACET_TRY(const std::vector<double> numbers, numbers_of(line, ',', place));
        if (numbers.size() < 6)
            return fail(ErrorCode::corrupt, "{}: {} columns, expected frame, id, left, top, width, height ...", place,
                        numbers.size());
        if (!is_whole(numbers[0], 0, 1e9))
            return fail(ErrorCode::corrupt, "{}: frame {}, expected a whole number", place, numbers[0]);
        if (!is_whole(numbers[1], -1e15, 1e15))
            return fail(ErrorCode::corrupt, "{}: id {}, expected a whole number", place, numbers[1]);
        MotRow row;
        row.frame = static_cast<int>(numbers[0]);
        row.id = static_cast<std::int64_t>(numbers[1]);
        row.left = numbers[2];
        row.top = numbers[3];
        row.width = numbers[4];
        row.height = numbers[5];
        if (row.width < 0 || row.height < 0) return fail(ErrorCode::corrupt, "{}: a box of negative size", place);
        if (numbers.size() > 6) row.confidence = numbers[6];
        if (numbers.size() > 7 && is_whole(numbers[7], -1, 1e6)) row.label = static_cast<int>(numbers[7]);
        if (numbers.size() > 8) row.visibility = numbers[8];
        rows.push_back(row);
    }
    return rows;
}

std::vector<MotRow> counted_truth(const std::vector<MotRow>& rows, std::optional<int> label) {
    std::vector<MotRow> counted;
    for (const MotRow& row : rows)
        if (row.confidence != 0 && (!label || row.label < 0 || row.label == *label)) counted.push_back(row);
    return counted;
}

Result<std::vector<PictureLabel>> parse_table(std::string_view text, std::string_view column, const std::string& name) {
    const auto lines = lines_of(text);
    if (lines.empty())
        return fail(ErrorCode::corrupt, "{}: empty, expected a header line with 'file' and '{}'", name, column);
    const auto header = split(lines.front().second, '\t');
    const auto position = [&](std::string_view wanted) {
        return static_cast<std::size_t>(std::find(header.begin(), header.end(), wanted) - header.begin());
    };
    const std::size_t file_at = position("file");
    const std::size_t value_at = position(column);
    for (const auto& [at, wanted] : {std::pair(file_at, std::string_view("file")), std::pair(value_at, column)})
        if (at == header.size())
            return fail(ErrorCode::corrupt, "{}: no column '{}' in the header line '{}'", name, wanted,
                        lines.front().second);
    std::vector<PictureLabel> labels;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto cells = split(lines[i].second, '\t');
        if (cells.size() <= std::max(file_at, value_at))
            return fail(ErrorCode::corrupt, "{}:{}: {} columns, expected {}", name, lines[i].first, cells.size(),
                        header.size());
        labels.push_back({std::string(trim(cells[file_at])), std::string(trim(cells[value_at]))});
    }
    return labels;
}

std::vector<std::string> parse_names(std::string_view text) {
    std::vector<std::string> names;
    for (const std::string_view line : split(text, '\n')) names.emplace_back(trim(line));
    while (!names.empty() && names.back().empty()) names.pop_back();
    return names;
}

Result<std::vector<PictureFacts>> parse_picture_facts(std::string_view text, const std::string& name) {
    const Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded()) return fail(ErrorCode::corrupt, "{}: not JSON", name);
    if (!document.is_object()) return fail(ErrorCode::corrupt, "{}: expected an object of picture name -> facts", name);
    std::vector<PictureFacts> pictures;
    for (const auto& [file, facts] : document.items()) {
        const std::string place = fmt::format("{}: {}", name, file);
        if (!facts.is_object()) return fail(ErrorCode::corrupt, "{}: expected an object of facts", place);
        PictureFacts picture;
        picture.file = file;
        FACET_TRY(picture.faces, count_of(facts, "faces", place));
        FACET_TRY(picture.persons, count_of(facts, "persons", place));
        if (const auto plate = facts.find("plate"); plate != facts.end()) {
            if (!plate->is_string()) return fail(ErrorCode::corrupt, "{}: plate: expected a text", place);
            picture.plate = plate->get<std::string>();
        }
        if (const auto boxes = facts.find("boxes_xyxy"); boxes != facts.end()) {
            if (!boxes->is_object())
                return fail(ErrorCode::corrupt, "{}: boxes_xyxy: expected an object of name -> box", place);
            for (const auto& [key, corners] : boxes->items()) {
                FACET_TRY(const Box box, box_of(corners, fmt::format("{}: boxes_xyxy: {}", place, key)));
                picture.boxes.emplace_back(key, box);
            }
        }
        pictures.push_back(std::move(picture));
    }
    return pictures;
}

}  // namespace facet::quality
