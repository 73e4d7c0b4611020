#include "image/kernels.h"

#include <algorithm>
#include <cstring>

// Highway compiles this file once per instruction set, by including it again from foreach_target.h.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace facet::image::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, kRowMultiple>;
using Words = hn::Rebind<std::int32_t, Floats>;
using Bytes = hn::Rebind<std::uint8_t, Floats>;
using Vector = hn::Vec<Floats>;

/// Byte `index` of each 32-bit word, as float.
template <int index>
HWY_INLINE Vector byte_of(hn::Vec<Words> words) {
    const Words d;
    if constexpr (index == 0) return hn::ConvertTo(Floats(), hn::And(words, hn::Set(d, 0xFF)));
    return hn::ConvertTo(Floats(), hn::And(hn::ShiftRight<8 * index>(words), hn::Set(d, 0xFF)));
}

HWY_INLINE Vector lerp(Vector a, Vector b, Vector weight) { return hn::MulAdd(hn::Sub(b, a), weight, a); }

HWY_INLINE hn::Vec<Words> load_words(const std::uint32_t* words) {
    return hn::LoadU(Words(), reinterpret_cast<const std::int32_t*>(words));
}

// Note on gathering. The samples are collected by plain loads into a row of words, which vectors then read. Gather
// instructions are no faster (AMD runs them as microcode, Intel since the mitigation of "Downfall"), read four bytes where
// two exist, and are missing below AVX2. The collecting loops are as plain as they look on purpose: unrolled by hand,
// compilers merge the stores and make them wait for each other.

/// words[i] = the pair of samples at upper[i], and above it that at lower[i].
HWY_INLINE void collect_pairs(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps,
                              std::uint32_t* HWY_RESTRICT words) {
    const std::int32_t* HWY_RESTRICT upper_offset = taps.upper;
    const std::int32_t* HWY_RESTRICT lower_offset = taps.lower;
    const std::size_t count = taps.count;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint16_t above;
        std::uint16_t below;
        std::memcpy(&above, upper + upper_offset[i], 2);
        std::memcpy(&below, lower + lower_offset[i], 2);
        words[i] = above | static_cast<std::uint32_t>(below) << 16;
    }
}

/// words[i] = the four bytes at offset[i].
HWY_INLINE void collect_quads(const std::uint8_t* row, const std::int32_t* HWY_RESTRICT offset, std::size_t count,
                              std::uint32_t* HWY_RESTRICT words) {
    for (std::size_t i = 0; i < count; ++i) std::memcpy(words + i, row + offset[i], 4);
}

void Sample1(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
             const std::array<float*, 3>& out) {
    collect_pairs(upper, lower, taps, work);
    const Floats d;
    for (std::size_t i = 0; i < taps.count; i += hn::Lanes(d)) {
        const auto words = load_words(work + i);
        const auto right = hn::LoadU(d, taps.right_weight + i);
        const auto above = lerp(byte_of<0>(words), byte_of<1>(words), right);
        const auto below = lerp(byte_of<2>(words), byte_of<3>(words), right);
        hn::StoreU(lerp(above, below, hn::LoadU(d, taps.lower_weight + i)), d, out[0] + i);
    }
}

void Sample2(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
             const std::array<float*, 3>& out) {
    const std::size_t count = taps.count;
    collect_quads(upper, taps.upper, count, work);
    collect_quads(lower, taps.lower, count, work + count);
    const Floats d;
    for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto above = load_words(work + i);
        const auto below = load_words(work + count + i);
        const auto right = hn::LoadU(d, taps.right_weight + i);
        const auto low = hn::LoadU(d, taps.lower_weight + i);
        const auto blended = [&](auto a, auto b, auto c, auto e) { return lerp(lerp(a, b, right), lerp(c, e, right), low); };
        hn::StoreU(blended(byte_of<0>(above), byte_of<2>(above), byte_of<0>(below), byte_of<2>(below)), d, out[0] + i);
        hn::StoreU(blended(byte_of<1>(above), byte_of<3>(above), byte_of<1>(below), byte_of<3>(below)), d, out[1] + i);
    }
}

void Sample3(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
             const std::array<float*, 3>& out) {
    // Six bytes b g r B G R as two words that overlap: b g r B and r B G R.
    const std::size_t count = taps.count;
    collect_quads(upper, taps.upper, count, work);
    collect_quads(upper + 2, taps.upper, count, work + count);
    collect_quads(lower, taps.lower, count, work + 2 * count);
    collect_quads(lower + 2, taps.lower, count, work + 3 * count);
    const Floats d;
    for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto above = load_words(work + i), above_end = load_words(work + count + i);
        const auto below = load_words(work + 2 * count + i), below_end = load_words(work + 3 * count + i);
        const auto right = hn::LoadU(d, taps.right_weight + i);
        const auto low = hn::LoadU(d, taps.lower_weight + i);
        const auto blended = [&](auto a, auto b, auto c, auto e) { return lerp(lerp(a, b, right), lerp(c, e, right), low); };
        hn::StoreU(blended(byte_of<0>(above), byte_of<3>(above), byte_of<0>(below), byte_of<3>(below)), d, out[0] + i);
        hn::StoreU(blended(byte_of<1>(above), byte_of<2>(above_end), byte_of<1>(below), byte_of<2>(below_end)), d,
                   out[1] + i);
        hn::StoreU(blended(byte_of<2>(above), byte_of<3>(above_end), byte_of<2>(below), byte_of<3>(below_end)), d,
                   out[2] + i);
    }
}

void Fill(float* row, std::size_t count, float value) {
    const Floats d;
    for (std::size_t i = 0; i < count; i += hn::Lanes(d)) hn::StoreU(hn::Set(d, value), d, row + i);
}

void Add(const std::uint8_t* row, std::size_t count, std::uint16_t* sums) {
    const hn::ScalableTag<std::uint16_t> d;
    const hn::Rebind<std::uint8_t, decltype(d)> bytes;
    std::size_t i = 0;
    for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d))
        hn::StoreU(hn::Add(hn::LoadU(d, sums + i), hn::PromoteTo(d, hn::LoadU(bytes, row + i))), d, sums + i);
    for (; i < count; ++i) sums[i] = static_cast<std::uint16_t>(sums[i] + row[i]);
}

HWY_INLINE void store(Vector value, float* out) { hn::StoreU(value, Floats(), out); }
HWY_INLINE hn::Vec<Bytes> rounded(Vector value) { return hn::DemoteTo(Bytes(), hn::NearestInt(value)); }
HWY_INLINE void store(Vector value, std::uint8_t* out) { hn::StoreU(rounded(value), Bytes(), out); }
HWY_INLINE void store_interleaved(Vector a, Vector b, Vector c, float* out) {
    hn::StoreInterleaved3(a, b, c, Floats(), out);
}
HWY_INLINE void store_interleaved(Vector a, Vector b, Vector c, std::uint8_t* out) {
    hn::StoreInterleaved3(rounded(a), rounded(b), rounded(c), Bytes(), out);
}

/// Where a row of pixels goes. Whole vectors go there directly, the rest through a buffer, since nothing may be written
/// behind the row's end (it may be the end of the tensor, or a row that is already done).
template <class T>
struct PlanarRow {
    std::array<T*, 3> out;
    int channels;

    HWY_INLINE void whole(std::size_t x, Vector a, Vector b, Vector c) const {
        store(a, out[0] + x);
        if (channels == 1) return;
        store(b, out[1] + x);
        store(c, out[2] + x);
    }
    HWY_INLINE void part(std::size_t x, std::size_t count, Vector a, Vector b, Vector c) const {
        HWY_ALIGN T rest[hn::MaxLanes(Floats())];
        store(a, rest);
        std::copy_n(rest, count, out[0] + x);
        if (channels == 1) return;
        store(b, rest);
        std::copy_n(rest, count, out[1] + x);
        store(c, rest);
        std::copy_n(rest, count, out[2] + x);
    }
};
template <class T>
struct InterleavedRow {
    T* out;

    HWY_INLINE void whole(std::size_t x, Vector a, Vector b, Vector c) const { store_interleaved(a, b, c, out + 3 * x); }
    HWY_INLINE void part(std::size_t x, std::size_t count, Vector a, Vector b, Vector c) const {
        HWY_ALIGN T rest[3 * hn::MaxLanes(Floats())];
        store_interleaved(a, b, c, rest);
        std::copy_n(rest, 3 * count, out + 3 * x);
    }
};

template <int components, class Row>
HWY_INLINE void combine_components(const Mix& mix, std::size_t count, const Row& row) {
    const Floats d;
    const auto component = [&](std::size_t i, std::size_t x) { return hn::LoadU(d, mix.component[i] + x); };
    const auto clamped = [&](std::size_t c, Vector value) {
        return hn::Min(hn::Max(value, hn::Set(d, mix.low[c])), hn::Set(d, mix.high[c]));
    };
    const auto each = [&](std::size_t x, const auto& emit) {
        const Vector p = component(0, x);
        if constexpr (components == 1) {
            const auto channel = [&](std::size_t c) {
                return clamped(c, hn::MulAdd(p, hn::Set(d, mix.gain[c][0]), hn::Set(d, mix.bias[c])));
            };
            emit(channel(0), channel(1), channel(2));
        } else {
            const Vector q = component(1, x);
            const Vector r = component(2, x);
            const auto channel = [&](std::size_t c) {
                const Vector first = hn::MulAdd(p, hn::Set(d, mix.gain[c][0]), hn::Set(d, mix.bias[c]));
                const Vector second = hn::MulAdd(q, hn::Set(d, mix.gain[c][1]), first);
                return clamped(c, hn::MulAdd(r, hn::Set(d, mix.gain[c][2]), second));
            };
            emit(channel(0), channel(1), channel(2));
        }
    };
    const std::size_t lanes = hn::Lanes(d);
    std::size_t x = 0;
    for (; x + lanes <= count; x += lanes) each(x, [&](Vector a, Vector b, Vector c) { row.whole(x, a, b, c); });
    if (x < count) each(x, [&](Vector a, Vector b, Vector c) { row.part(x, count - x, a, b, c); });
}

template <class Row>
HWY_INLINE void combine(const Mix& mix, std::size_t count, const Row& row) {
    if (mix.components == 1)
        combine_components<1>(mix, count, row);
    else
        combine_components<3>(mix, count, row);
}

void CombinePlanarF32(const Mix& mix, std::size_t count, const std::array<float*, 3>& out) {
    combine(mix, count, PlanarRow<float>{out, mix.channels});
}
void CombinePlanarU8(const Mix& mix, std::size_t count, const std::array<std::uint8_t*, 3>& out) {
    combine(mix, count, PlanarRow<std::uint8_t>{out, mix.channels});
}
void CombineInterleavedF32(const Mix& mix, std::size_t count, float* out) {
    combine(mix, count, InterleavedRow<float>{out});
}
void CombineInterleavedU8(const Mix& mix, std::size_t count, std::uint8_t* out) {
    combine(mix, count, InterleavedRow<std::uint8_t>{out});
}

void ToBgrx(const std::array<const std::uint8_t*, 3>& component, const ToBytes& conversion, std::size_t count,
            std::uint8_t* out) {
    const Floats d;
    const Words words;
    const std::size_t lanes = hn::Lanes(d);
    const auto pixels = [&](const std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v) {
        const auto load = [&](const std::uint8_t* from) {
            return hn::ConvertTo(d, hn::PromoteTo(words, hn::LoadU(Bytes(), from)));
        };
        const Vector p = load(y), q = load(u), r = load(v);
        const auto channel = [&](std::size_t c) {
            const Vector first = hn::MulAdd(p, hn::Set(d, conversion.gain[c][0]), hn::Set(d, conversion.bias[c]));
            const Vector second = hn::MulAdd(q, hn::Set(d, conversion.gain[c][1]), first);
            const Vector value = hn::MulAdd(r, hn::Set(d, conversion.gain[c][2]), second);
            return hn::NearestInt(hn::Min(hn::Max(value, hn::Zero(d)), hn::Set(d, 255.0F)));
        };
        const auto green_red = hn::Or(hn::ShiftLeft<8>(channel(1)), hn::ShiftLeft<16>(channel(2)));
        return hn::Or(hn::Or(channel(0), green_red), hn::Set(words, static_cast<std::int32_t>(0xFF000000U)));
    };
    auto* target = reinterpret_cast<std::int32_t*>(out);
    std::size_t x = 0;
    for (; x + lanes <= count; x += lanes)
        hn::StoreU(pixels(component[0] + x, component[1] + x, component[2] + x), words, target + x);
    if (x == count) return;
    HWY_ALIGN std::uint8_t rest[3][hn::MaxLanes(Floats())] = {};
    HWY_ALIGN std::int32_t last[hn::MaxLanes(Floats())];
    for (std::size_t i = 0; i < 3; ++i) std::copy_n(component[i] + x, count - x, rest[i]);
    hn::StoreU(pixels(rest[0], rest[1], rest[2]), words, last);
    std::copy_n(last, count - x, target + x);
}

}  // namespace facet::image::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace facet::image::kernels {

HWY_EXPORT(Sample1);
HWY_EXPORT(Sample2);
HWY_EXPORT(Sample3);
HWY_EXPORT(Fill);
HWY_EXPORT(Add);
HWY_EXPORT(CombinePlanarF32);
HWY_EXPORT(CombinePlanarU8);
HWY_EXPORT(CombineInterleavedF32);
HWY_EXPORT(CombineInterleavedU8);
HWY_EXPORT(ToBgrx);

void sample_1(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
              const std::array<float*, 3>& out) {
    HWY_DYNAMIC_DISPATCH(Sample1)(upper, lower, taps, work, out);
}
void sample_2(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
              const std::array<float*, 3>& out) {
    HWY_DYNAMIC_DISPATCH(Sample2)(upper, lower, taps, work, out);
}
void sample_3(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
              const std::array<float*, 3>& out) {
    HWY_DYNAMIC_DISPATCH(Sample3)(upper, lower, taps, work, out);
}
void fill(float* row, std::size_t count, float value) { HWY_DYNAMIC_DISPATCH(Fill)(row, count, value); }
void add(const std::uint8_t* row, std::size_t count, std::uint16_t* sums) { HWY_DYNAMIC_DISPATCH(Add)(row, count, sums); }
void combine_planar(const Mix& mix, std::size_t count, const std::array<float*, 3>& out) {
    HWY_DYNAMIC_DISPATCH(CombinePlanarF32)(mix, count, out);
}
void combine_planar(const Mix& mix, std::size_t count, const std::array<std::uint8_t*, 3>& out) {
    HWY_DYNAMIC_DISPATCH(CombinePlanarU8)(mix, count, out);
}
void combine_interleaved(const Mix& mix, std::size_t count, float* out) {
    HWY_DYNAMIC_DISPATCH(CombineInterleavedF32)(mix, count, out);
}
void combine_interleaved(const Mix& mix, std::size_t count, std::uint8_t* out) {
    HWY_DYNAMIC_DISPATCH(CombineInterleavedU8)(mix, count, out);
}

void to_bgrx(const std::array<const std::uint8_t*, 3>& component, const ToBytes& conversion, std::size_t count,
             std::uint8_t* out) {
    HWY_DYNAMIC_DISPATCH(ToBgrx)(component, conversion, count, out);
}

}  // namespace facet::image::kernels
#endif  // HWY_ONCE
