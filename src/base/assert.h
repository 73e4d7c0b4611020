#pragma once
// FACET_ASSERT: for what must not happen (a bug of our own). Always on; prints the condition and the place, and aborts.
// What may happen (input, disk, network) is a Result instead.

namespace facet {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace facet

#define FACET_ASSERT(condition)                                        \
    do {                                                               \
        if (!(condition)) [[unlikely]]                                 \
            ::facet::assertion_failed(#condition, __FILE__, __LINE__); \
    } while (false)
