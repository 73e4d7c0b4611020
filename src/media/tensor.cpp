#include "media/tensor.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <new>

namespace facet {

namespace {
constexpr std::align_val_t kTensorAlignment{64};
}

std::string_view name(ElementType type) {
    switch (type) {
        case ElementType::f32: return "f32";
        case ElementType::f64: return "f64";
        case ElementType::f16: return "f16";
        case ElementType::bf16: return "bf16";
        case ElementType::i8: return "i8";
        case ElementType::u8: return "u8";
        case ElementType::i16: return "i16";
        case ElementType::u16: return "u16";
        case ElementType::i32: return "i32";
        case ElementType::u32: return "u32";
        case ElementType::i64: return "i64";
        case ElementType::u64: return "u64";
        case ElementType::boolean: return "bool";
    }
    return "unknown";
}

std::size_t size_of(ElementType type) {
    switch (type) {
        case ElementType::f64:
        case ElementType::i64:
        case ElementType::u64: return 8;
        case ElementType::f32:
        case ElementType::i32:
        case ElementType::u32: return 4;
        case ElementType::f16:
        case ElementType::bf16:
        case ElementType::i16:
        case ElementType::u16: return 2;
        case ElementType::i8:
        case ElementType::u8:
        case ElementType::boolean: return 1;
    }
    return 0;
}

std::string to_string(const Shape& shape) {
    std::string text = "[";
    for (const auto dimension : shape) {
        if (text.size() > 1) text += ',';
        text += dimension < 0 ? "?" : fmt::to_string(dimension);
    }
    return text + "]";
}

std::size_t element_count(const Shape& shape) {
    std::size_t count = 1;
    for (const auto dimension : shape) {
        FACET_ASSERT(dimension >= 0);
        count *= static_cast<std::size_t>(dimension);
    }
    return count;
}

Tensor::Tensor(ElementType type, Shape shape) : type_(type), shape_(std::move(shape)) {
    const std::size_t bytes_allocated = std::max<std::size_t>(bytes(), 1);
    memory_.reset(new (kTensorAlignment) std::byte[bytes_allocated]);
    std::memset(memory_.get(), 0, bytes_allocated);
}

void Tensor::Release::operator()(std::byte* memory) const { ::operator delete[](memory, kTensorAlignment); }

float f16_to_f32(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
    std::uint32_t exponent = (half >> 10) & 0x1FU;
    std::uint32_t mantissa = half & 0x3FFU;
    if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | (mantissa << 13));
    if (exponent == 0) {
        if (mantissa == 0) return std::bit_cast<float>(sign);
        const int shift = std::countl_zero(mantissa) - 21;  // a subnormal becomes normal
        mantissa = (mantissa << shift) & 0x3FFU;
        exponent = static_cast<std::uint32_t>(1 - shift);
    }
    return std::bit_cast<float>(sign | ((exponent + 112U) << 23) | (mantissa << 13));
}

std::uint16_t f32_to_f16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude >= 0x7F800000U)  // infinity or not a number
        return static_cast<std::uint16_t>(sign | 0x7C00U | (magnitude > 0x7F800000U ? 0x200U : 0U));
    if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);  // rounds to infinity
    const auto rounded = [](std::uint32_t number, std::uint32_t shift) {
        const std::uint32_t half = 1U << (shift - 1);
        const std::uint32_t rest = number & ((1U << shift) - 1);
        const std::uint32_t quotient = number >> shift;
        return quotient + ((rest > half || (rest == half && (quotient & 1U))) ? 1U : 0U);
    };
    if (magnitude >= 0x38800000U) return static_cast<std::uint16_t>(sign | rounded(magnitude - 0x38000000U, 13));
    const std::uint32_t exponent = magnitude >> 23;
    if (exponent < 102) return sign;  // below half of the smallest subnormal
    return static_cast<std::uint16_t>(sign | rounded((magnitude & 0x7FFFFFU) | 0x800000U, 126 - exponent));
}

float bf16_to_f32(std::uint16_t half) { return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16); }

std::uint16_t f32_to_bf16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

}  // namespace facet
