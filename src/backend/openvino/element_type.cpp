#include "backend/openvino/element_type.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace facet::backend {

namespace {

const std::array<std::pair<ElementType, ov::element::Type>, 13>& type_pairs() {
    static const std::array<std::pair<ElementType, ov::element::Type>, 13> kPairs{{
        {ElementType::f32, ov::element::f32},
        {ElementType::f64, ov::element::f64},
        {ElementType::f16, ov::element::f16},
        {ElementType::bf16, ov::element::bf16},
        {ElementType::i8, ov::element::i8},
        {ElementType::u8, ov::element::u8},
        {ElementType::i16, ov::element::i16},
        {ElementType::u16, ov::element::u16},
        {ElementType::i32, ov::element::i32},
        {ElementType::u32, ov::element::u32},
        {ElementType::i64, ov::element::i64},
        {ElementType::u64, ov::element::u64},
        {ElementType::boolean, ov::element::boolean},
    }};
    return kPairs;
}

}  // namespace

ov::element::Type to_openvino(ElementType type) {
    for (const auto& [ours, theirs] : type_pairs())
        if (ours == type) return theirs;
    FACET_ASSERT(false);
}

Result<ElementType> from_openvino(const ov::element::Type& type) {
    for (const auto& [ours, theirs] : type_pairs())
        if (theirs == type) return ours;
    return fail(ErrorCode::unsupported, "element type {} is not supported", type.get_type_name());
}

ov::Shape to_openvino(const Shape& shape) { return {shape.begin(), shape.end()}; }

Shape from_openvino(const ov::PartialShape& shape) {
    Shape ours;
    for (const auto& dimension : shape) ours.push_back(dimension.is_static() ? dimension.get_length() : -1);
    return ours;
}

ov::element::Type to_openvino(Precision precision) {
    switch (precision) {
        case Precision::bf16: return ov::element::bf16;
        case Precision::f16: return ov::element::f16;
        case Precision::f32:
        case Precision::automatic: break;
    }
    return ov::element::f32;
}

std::string reason(const std::exception& exception) {
    constexpr std::size_t kLengthMax = 400;
    std::string text;
    for (const std::string_view line : split(exception.what(), '\n')) {
        const std::string_view words = trim(line);
        // "Exception from src/core/src/model.cpp:52:" and "Check 'x' failed at src/...:" name places in OpenVINO's source.
        if (words.empty() || words.starts_with("Exception from ") || words.starts_with("FrontEnd API failed with ") ||
            words.starts_with("Model wasn't fully converted.") || words.starts_with("Summary:"))
            continue;
        const std::size_t place = words.find(" failed at src/");
        if (place != std::string_view::npos && words.ends_with(":")) continue;
        if (!text.empty()) text += "; ";
        text += words;
    }
    if (text.empty()) text = trim(exception.what());
    if (text.size() > kLengthMax) {
        text.resize(kLengthMax);
        text += "...";
    }
    return text;
}

}  // namespace facet::backend
