#pragma once
// Times. Pure folders (brain, scene, decoding) never read a clock: times are passed to them.

#include <chrono>
#include <cstdint>

namespace facet {

using Nanoseconds = std::chrono::nanoseconds;
using Milliseconds = std::chrono::milliseconds;

/// A moment on the machine's monotonic clock: for latency and deadlines.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Nanoseconds>;
/// A moment in UTC: for people and for events.
using WallTime = std::chrono::sys_time<Nanoseconds>;

inline TimePoint monotonic_now() { return std::chrono::time_point_cast<Nanoseconds>(std::chrono::steady_clock::now()); }

/// For live cameras only: what is made of recordings never depends on when that was.
WallTime wall_now();

/// Seconds as a double, for formulas and for printing.
inline double seconds(Nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }
/// The nearest duration to `seconds`; the value must be finite and within +-292 years.
inline Nanoseconds from_seconds(double seconds) {
    return Nanoseconds(static_cast<std::int64_t>(seconds * 1e9 + (seconds < 0 ? -0.5 : 0.5)));
}

/// CPU time that the calling thread has used so far (CLOCK_THREAD_CPUTIME_ID). A difference of two calls is the cost of
/// what ran between them on this thread; costs in Facet are CPU time, never wall time.
Nanoseconds thread_cpu_time();
/// CPU time that all threads of this process have used so far.
Nanoseconds process_cpu_time();
/// Time since this process was started by the kernel, loading of libraries included, to the 10 ms that Linux gives; zero
/// where /proc is not there.
Nanoseconds process_age();

}  // namespace facet
