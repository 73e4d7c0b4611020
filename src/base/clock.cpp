#include "base/clock.h"

#include <ctime>

namespace facet {

namespace {
Nanoseconds read(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}
}  // namespace

Nanoseconds thread_cpu_time() { return read(CLOCK_THREAD_CPUTIME_ID); }
Nanoseconds process_cpu_time() { return read(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace facet
