#include "base/clock.h"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

namespace facet {

namespace {
Nanoseconds read(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}
}  // namespace

WallTime wall_now() { return std::chrono::time_point_cast<Nanoseconds>(std::chrono::system_clock::now()); }
Nanoseconds thread_cpu_time() { return read(CLOCK_THREAD_CPUTIME_ID); }
Nanoseconds process_cpu_time() { return read(CLOCK_PROCESS_CPUTIME_ID); }

Nanoseconds process_age() {
    constexpr int kStartTimeField = 22;  // proc(5), /proc/PID/stat: ticks between boot and the start of the process
    constexpr int kFirstFieldAfterName = 3;
    std::string text;
    std::ifstream file("/proc/self/stat");
    std::getline(file, text);
    const std::size_t name_end = text.rfind(')');  // the name may hold anything, also spaces
    if (name_end == std::string::npos) return {};
    std::istringstream fields(text.substr(name_end + 1));
    for (int field = kFirstFieldAfterName; field < kStartTimeField; ++field) fields >> text;
    std::int64_t ticks = 0;
    if (!(fields >> ticks)) return {};
    return read(CLOCK_BOOTTIME) - std::chrono::nanoseconds(std::chrono::seconds(1)) * ticks / sysconf(_SC_CLK_TCK);
}

}  // namespace facet
