#pragma once
// Random: a small seeded generator whose numbers are the same on every platform and compiler (unlike <random>'s
// distributions), because synthetic scenes, tests and simulations must be reproducible byte for byte.

#include <cstdint>

namespace facet {

/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018), seeded through
/// SplitMix64. A value type: copy it to fork a sequence. Not for cryptography. Not thread-safe.
class Random {
public:
    explicit Random(std::uint64_t seed);

    /// 64 random bits.
    std::uint64_t next();
    /// Uniform in [0, 1), 53 random bits.
    double uniform();
    /// Uniform in [low, high).
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    /// Uniform integer in [0, count); count > 0. Unbiased (Lemire's method).
    std::uint64_t below(std::uint64_t count);
    /// Uniform integer in [low, high], both included.
    std::int64_t between(std::int64_t low, std::int64_t high);
    /// Normal with mean 0 and standard deviation 1 (sum of twelve uniforms: no libm, so the same bits everywhere;
    /// bounded to +-6).
    double normal();
    /// True with the given probability.
    bool chance(double probability) { return uniform() < probability; }

private:
    std::uint64_t state_[4];
};

/// A well-mixed 64-bit hash of an integer (SplitMix64's finaliser): seeds for parts of a whole, noise by position.
constexpr std::uint64_t mix(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15ULL;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

}  // namespace facet
