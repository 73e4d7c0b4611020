#pragma once
// Tensors: typed, shaped memory that experts and backends exchange. Dense, row-major, native byte order.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"

namespace facet {

enum class ElementType { f32, f64, f16, bf16, i8, u8, i16, u16, i32, u32, i64, u64, boolean };
std::string_view name(ElementType type);
/// Bytes of one element.
std::size_t size_of(ElementType type);

template <class T>
constexpr ElementType element_type_of();
template <>
constexpr ElementType element_type_of<float>() {
    return ElementType::f32;
}
template <>
constexpr ElementType element_type_of<double>() {
    return ElementType::f64;
}
template <>
constexpr ElementType element_type_of<std::int8_t>() {
    return ElementType::i8;
}
template <>
constexpr ElementType element_type_of<std::uint8_t>() {
    return ElementType::u8;
}
template <>
constexpr ElementType element_type_of<std::int16_t>() {
    return ElementType::i16;
}
template <>
constexpr ElementType element_type_of<std::uint16_t>() {
    return ElementType::u16;
}
template <>
constexpr ElementType element_type_of<std::int32_t>() {
    return ElementType::i32;
}
template <>
constexpr ElementType element_type_of<std::uint32_t>() {
    return ElementType::u32;
}
template <>
constexpr ElementType element_type_of<std::int64_t>() {
    return ElementType::i64;
}
template <>
constexpr ElementType element_type_of<std::uint64_t>() {
    return ElementType::u64;
}
template <>
constexpr ElementType element_type_of<bool>() {
    return ElementType::boolean;
}

/// Dimensions, outermost first; -1 stands for "any" in a model's declared shapes only. Empty = a scalar.
using Shape = std::vector<std::int64_t>;
/// "[1,3,416,416]"; -1 is written "?".
std::string to_string(const Shape& shape);
/// Product of the dimensions, none of which may be -1.
std::size_t element_count(const Shape& shape);

/// Memory that somebody else owns, read only.
struct TensorView {
    ElementType type = ElementType::f32;
    Shape shape;
    const void* data = nullptr;

    std::size_t size() const { return element_count(shape); }
    std::size_t bytes() const { return size() * size_of(type); }
    /// The elements; T must be the tensor's type.
    template <class T>
    std::span<const T> values() const {
        FACET_ASSERT(type == element_type_of<T>());
        return {static_cast<const T*>(data), size()};
    }
};

/// Memory of its own, aligned to 64 bytes, zeroed. Moved, never copied by accident.
class Tensor {
public:
    Tensor() = default;
    Tensor(ElementType type, Shape shape);

    ElementType type() const { return type_; }
    const Shape& shape() const { return shape_; }
    std::size_t size() const { return element_count(shape_); }
    std::size_t bytes() const { return size() * size_of(type_); }
    void* data() { return memory_.get(); }
    const void* data() const { return memory_.get(); }
    TensorView view() const { return {type_, shape_, memory_.get()}; }

    template <class T>
    std::span<T> values() {
        FACET_ASSERT(type_ == element_type_of<T>());
        return {reinterpret_cast<T*>(memory_.get()), size()};
    }
    template <class T>
    std::span<const T> values() const {
        FACET_ASSERT(type_ == element_type_of<T>());
        return {reinterpret_cast<const T*>(memory_.get()), size()};
    }

private:
    struct Release {
        void operator()(std::byte* memory) const;
    };
    ElementType type_ = ElementType::f32;
    Shape shape_{0};
    std::unique_ptr<std::byte[], Release> memory_;
};

/// Half-precision conversions (IEEE 754 binary16, bfloat16), round to nearest even.
float f16_to_f32(std::uint16_t half);
std::uint16_t f32_to_f16(float value);
float bf16_to_f32(std::uint16_t half);
std::uint16_t f32_to_bf16(float value);

}  // namespace facet
