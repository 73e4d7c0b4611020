// promtool reads the text of every kind of metric and finds nothing to complain of.

#include <gtest/gtest.h>

#include "base/metrics.h"
#include "support/process.h"

namespace facet {
namespace {

constexpr MetricRow kRows[] = {
    {.name = "facet_frames_total", .type = MetricType::counter, .help = "A \\ and a\nline.", .labels = {"camera", "fate"}},
    {.name = "facet_process_resident_bytes", .type = MetricType::gauge, .help = "Memory."},
    {.name = "facet_latency_seconds",
     .type = MetricType::histogram,
     .help = "Latency.",
     .labels = {"camera", "stage"},
     .bounds = kLatencyBounds},
    {.name = "facet_events_total", .type = MetricType::counter, .help = "Without children.", .labels = {"camera"}}};

TEST(MetricsPromtoolTest, PromtoolAcceptsTheText) {
    if (test::run_process({"promtool", "--version"}).exit_code != 0)
        GTEST_SKIP() << "no promtool (Debian package prometheus): the text was not read by another program";
    Metrics metrics;
    metrics.declare(kRows);
    metrics.counter(kRows[0], {"quote\" back\\ line\n \xC3\xA9 \xFF", "decoded"}).add(1e16);
    metrics.counter(kRows[0], {"north", ""}).add(0.125);
    metrics.gauge(kRows[1]).set(123456789);
    metrics.histogram(kRows[2], {"north", "total"}).observe(0.11);
    const test::TemporaryFolder folder;
    test::write_text(folder / "metrics.txt", metrics.prometheus_text());
    const auto checked =
        test::run_process({"sh", "-c", "exec promtool check metrics <\"$1\"", "sh", folder / "metrics.txt"});
    EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err << metrics.prometheus_text();
    EXPECT_EQ(checked.err, "");

    // It does look: a text that is wrong is refused.
    test::write_text(folder / "wrong.txt", metrics.prometheus_text() + "facet_wrong{camera=\"} 1\n");
    EXPECT_NE(test::run_process({"sh", "-c", "exec promtool check metrics <\"$1\"", "sh", folder / "wrong.txt"}).exit_code,
              0);
}

}  // namespace
}  // namespace facet
