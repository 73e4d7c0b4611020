#include "quality/recognition.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/assert.h"

namespace facet::quality {
namespace {

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

std::vector<std::string_view> characters(std::string_view text) {
    std::vector<std::string_view> parts;
    std::size_t start = 0;
    for (std::size_t i = 1; i <= text.size(); ++i)
        if (i == text.size() || starts_character(text[i])) {
            parts.push_back(text.substr(start, i - start));
            start = i;
        }
    return parts;
}

}  // namespace

bool among_best(const Classification& classification, int label, std::size_t count) {
    const auto& top = classification.top;
    const auto found = std::find_if(top.begin(), top.end(), [&](const ClassScore& entry) { return entry.label == label; });
    if (found == top.end()) return false;
    const auto rivals =
        std::count_if(top.begin(), top.end(), [&](const ClassScore& entry) { return entry.score >= found->score; }) - 1;
    return static_cast<std::size_t>(rivals) < count;
}

std::size_t edit_distance(std::string_view truth, std::string_view found) {
    const auto a = characters(truth);
    const auto b = characters(found);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::size_t character_count(std::string_view text) { return characters(text).size(); }

double cosine(std::span<const float> a, std::span<const float> b) {
    FACET_ASSERT(a.size() == b.size());
    double dot = 0;
    double a_squared = 0;
    double b_squared = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double x = static_cast<double>(a[i]);
        const double y = static_cast<double>(b[i]);
        dot += x * y;
        a_squared += x * x;
        b_squared += y * y;
    }
    if (a_squared == 0 || b_squared == 0) return 0;
    return std::clamp(dot / std::sqrt(a_squared * b_squared), -1.0, 1.0);
}

}  // namespace facet::quality
