#pragma once
// Denormal numbers as zero, for the calling thread. They make single operations a hundred times slower, and no network's
// meaning lies in numbers below 1e-38.

#if defined(__SSE2__)
#include <xmmintrin.h>
#elif defined(__aarch64__)
#include <cstdint>
#endif

namespace facet {

/// While it lives, results (FTZ) and operands (DAZ) that are denormal count as zero on this thread; then the thread's own
/// setting returns.
class DenormalsAsZero {
public:
#if defined(__SSE2__)
    DenormalsAsZero() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040U); }
    ~DenormalsAsZero() { _mm_setcsr(before_); }
#elif defined(__aarch64__)
    DenormalsAsZero() {
        asm volatile("mrs %0, fpcr" : "=r"(before_));
        asm volatile("msr fpcr, %0" : : "r"(before_ | (std::uint64_t{1} << 24)));
    }
    ~DenormalsAsZero() { asm volatile("msr fpcr, %0" : : "r"(before_)); }
#endif
    DenormalsAsZero(const DenormalsAsZero&) = delete;
    DenormalsAsZero& operator=(const DenormalsAsZero&) = delete;

private:
#if defined(__SSE2__)
    unsigned int before_;
#elif defined(__aarch64__)
    std::uint64_t before_ = 0;
#endif
};

}  // namespace facet
