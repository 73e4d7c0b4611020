#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace facet {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "facet: internal error: assertion failed: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace facet
