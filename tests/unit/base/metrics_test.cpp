#include "base/metrics.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include "base/random.h"

namespace facet {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr MetricRow kFrames = {.name = "facet_frames_total",
                               .type = MetricType::counter,
                               .unit = "frames",
                               .help = "Frames by what became of them.",
                               .labels = {"camera", "fate"}};
constexpr MetricRow kBusy = {
    .name = "facet_cpu_seconds_total", .type = MetricType::counter, .unit = "seconds", .help = "CPU time."};
constexpr MetricRow kUp = {.name = "facet_camera_up",
                           .type = MetricType::gauge,
                           .help = "Whether the camera\ngives frames; back\\slash, \"quotes\".",
                           .labels = {"camera"},
                           .children_max = 2};
constexpr MetricRow kLatency = {.name = "facet_latency_seconds",
                                .type = MetricType::histogram,
                                .unit = "seconds",
                                .help = "Latency.",
                                .labels = {"camera"},
                                .bounds = kLatencyBounds};
constexpr double kFewBounds[] = {0.1, 1};
constexpr MetricRow kFew = {.name = "facet_few_seconds",
                            .type = MetricType::histogram,
                            .unit = "seconds",
                            .help = "Few buckets.",
                            .bounds = kFewBounds};
constexpr MetricRow kRows[] = {kFrames, kBusy, kUp, kLatency, kFew};

class MetricsTest : public testing::Test {
protected:
    MetricsTest() { metrics_.declare(kRows); }
    Metrics metrics_;
};

TEST_F(MetricsTest, TotalsAreExactAfterManyThreads) {
    constexpr int kThreads = 8;
    constexpr int kRounds = 20'000;
    Counter& frames = metrics_.counter(kFrames, {"north", "decoded"});
    Counter& busy = metrics_.counter(kBusy);
    Histogram& latency = metrics_.histogram(kLatency, {"north"});
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < kRounds; ++round) {
                frames.increment();
                busy.add(1.1);
                latency.observe(0.15);
            }
        });
    double before = 0;
    for (int i = 0; i < 1000; ++i) {  // what a reader sees never shrinks
        const double now = busy.value();
        ASSERT_GE(now, before);
        before = now;
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(frames.value(), kThreads * kRounds);
    EXPECT_EQ(busy.value(), 176'000);
    EXPECT_EQ(latency.count(), kThreads * kRounds);
    EXPECT_EQ(latency.sum(), 24'000);
}

TEST_F(MetricsTest, ChildrenAreMadeAndReadWhileOthersUpdate) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int round = 0; round < 50; ++round) {
                metrics_.counter(kFrames, {"camera-" + std::to_string(round % 10), std::to_string(i)}).increment();
                EXPECT_THAT(metrics_.prometheus_text(), HasSubstr("facet_frames_total"));
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(metrics_.counter(kFrames, {"camera-3", "2"}).value(), 5);
}

TEST_F(MetricsTest, TheSameLabelValuesAreTheSameChild) {
    Counter& decoded = metrics_.counter(kFrames, {"north", "decoded"});
    for (int i = 0; i < 100; ++i) metrics_.counter(kFrames, {"camera-" + std::to_string(i), "decoded"});
    EXPECT_EQ(&decoded, &metrics_.counter(kFrames, {"north", "decoded"}));
    EXPECT_NE(&decoded, &metrics_.counter(kFrames, {"decoded", "north"}));
}

TEST_F(MetricsTest, SmallAndLargeAmountsAddUp) {
    Counter& busy = metrics_.counter(kBusy);
    busy.add(0);
    busy.add(1e12);
    for (int i = 0; i < 10; ++i) busy.add(0.1);
    EXPECT_EQ(busy.value(), 1e12 + 1);
    Histogram& latency = metrics_.histogram(kLatency, {"north"});
    latency.observe(-0.25);
    latency.observe(0.75);
    EXPECT_EQ(latency.sum(), 0.5);
}

TEST_F(MetricsTest, TheWholeTextIsAsPrometheusReadsIt) {
    metrics_.counter(kFrames, {"south", "decoded"}).add(2);
    metrics_.counter(kFrames, {"north", "skipped"}).increment();
    metrics_.counter(kFrames, {"north", "decoded"}).add(1.5);
    metrics_.gauge(kUp, {"north"}).set(1);
    Histogram& few = metrics_.histogram(kFew);
    for (const double value : {0.1, 0.25, 0.5, 7.0}) few.observe(value);
    EXPECT_EQ(
        metrics_.prometheus_text(),
        R"(# HELP facet_metric_overflows_total Children of a metric that were asked for beyond its limit and share the label value "other".
# TYPE facet_metric_overflows_total counter
# HELP facet_frames_total Frames by what became of them.
# TYPE facet_frames_total counter
facet_frames_total{camera="north",fate="decoded"} 1.5
facet_frames_total{camera="north",fate="skipped"} 1
facet_frames_total{camera="south",fate="decoded"} 2
# HELP facet_cpu_seconds_total CPU time.
# TYPE facet_cpu_seconds_total counter
# HELP facet_camera_up Whether the camera\ngives frames; back\\slash, "quotes".
# TYPE facet_camera_up gauge
facet_camera_up{camera="north"} 1
# HELP facet_latency_seconds Latency.
# TYPE facet_latency_seconds histogram
# HELP facet_few_seconds Few buckets.
# TYPE facet_few_seconds histogram
facet_few_seconds_bucket{le="0.1"} 1
facet_few_seconds_bucket{le="1"} 3
facet_few_seconds_bucket{le="+Inf"} 4
facet_few_seconds_sum 7.85
facet_few_seconds_count 4
)");
}

TEST_F(MetricsTest, LabelsOfAHistogramComeBeforeItsBound) {
    metrics_.histogram(kLatency, {"north"}).observe(0.11);
    EXPECT_THAT(metrics_.prometheus_text(), HasSubstr("facet_latency_seconds_bucket{camera=\"north\",le=\"0.1\"} 0\n"
                                                      "facet_latency_seconds_bucket{camera=\"north\",le=\"0.125\"} 1\n"));
}

TEST_F(MetricsTest, LabelValuesAreEscapedAndAlwaysUtf8) {
    metrics_.gauge(kUp, {"a\\b\"c\nd\xC3\xA9\xFF"}).set(1);
    EXPECT_THAT(metrics_.prometheus_text(),
                HasSubstr("facet_camera_up{camera=\"a\\\\b\\\"c\\nd\xC3\xA9\xEF\xBF\xBD\"} 1\n"));
}

TEST_F(MetricsTest, GaugesMayBeAnyNumber) {
    metrics_.gauge(kUp, {"a"}).set(std::numeric_limits<double>::quiet_NaN());
    metrics_.gauge(kUp, {"b"}).set(-std::numeric_limits<double>::infinity());
    const std::string text = metrics_.prometheus_text();
    EXPECT_THAT(text, HasSubstr("{camera=\"a\"} NaN\n"));
    EXPECT_THAT(text, HasSubstr("{camera=\"b\"} -Inf\n"));
}

TEST_F(MetricsTest, ChildrenBeyondTheLimitShareOneAndAreCounted) {
    Gauge& first = metrics_.gauge(kUp, {"1"});
    metrics_.gauge(kUp, {"2"});
    Gauge& third = metrics_.gauge(kUp, {"3"});
    EXPECT_EQ(&third, &metrics_.gauge(kUp, {"4"}));
    EXPECT_EQ(&third, &metrics_.gauge(kUp, {"other"}));
    EXPECT_EQ(&first, &metrics_.gauge(kUp, {"1"}));
    EXPECT_NE(&first, &third);
    third.set(5);
    const std::string text = metrics_.prometheus_text();
    EXPECT_THAT(text, HasSubstr("facet_camera_up{camera=\"other\"} 5\n"));
    EXPECT_THAT(text, Not(HasSubstr("camera=\"3\"")));
    EXPECT_THAT(text, HasSubstr("facet_metric_overflows_total{metric=\"facet_camera_up\"} 2\n"));
}

TEST_F(MetricsTest, AnExplicitOtherTakesNoPlace) {
    metrics_.gauge(kUp, {"other"});
    metrics_.gauge(kUp, {"1"});
    metrics_.gauge(kUp, {"2"});
    EXPECT_EQ(metrics_.counter(kMetricOverflows, {"facet_camera_up"}).value(), 0);
}

TEST_F(MetricsTest, HiddenChildrenAreLeftOutUntilTheyAreAskedForAgain) {
    metrics_.counter(kFrames, {"north", "decoded"}).add(3);
    metrics_.counter(kFrames, {"south", "decoded"}).increment();
    metrics_.hide("camera", "north");
    EXPECT_THAT(metrics_.prometheus_text(), Not(HasSubstr("north")));
    EXPECT_THAT(metrics_.prometheus_text(), HasSubstr("south"));
    metrics_.hide("fate", "north");
    EXPECT_THAT(metrics_.prometheus_text(), HasSubstr("south"));
    metrics_.counter(kFrames, {"north", "decoded"}).increment();
    EXPECT_THAT(metrics_.prometheus_text(), HasSubstr("camera=\"north\",fate=\"decoded\"} 4"));
}

TEST_F(MetricsTest, AQuantileOfAWhileIsThatOfTheDifferenceOfCounts) {
    constexpr std::array<double, 2> kBounds{1, 2};
    Histogram histogram(kBounds);
    for (int i = 0; i < 10; ++i) histogram.observe(0.5);
    const auto before = histogram.buckets();
    for (int i = 0; i < 10; ++i) histogram.observe(1.5);
    auto counts = histogram.buckets();
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] -= before[i];
    EXPECT_DOUBLE_EQ(quantile(kBounds, counts, 0.5).value(), 1.5);
    EXPECT_FALSE(quantile(kBounds, {}, 0.5));
}

TEST_F(MetricsTest, AQuantileIsExactToTheWidthOfItsBucket) {
    Histogram& latency = metrics_.histogram(kLatency, {"north"});
    Random random(3);
    std::vector<double> values;
    for (int i = 0; i < 10'000; ++i) values.push_back(0.0005 + std::exp(random.normal() * 0.8 - 2));
    for (const double value : values) latency.observe(value);
    std::sort(values.begin(), values.end());
    for (const double q : {0.001, 0.1, 0.5, 0.9, 0.99}) {
        const double exact = values[static_cast<std::size_t>(std::ceil(q * 10'000)) - 1];
        const auto upper = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), exact);
        ASSERT_NE(upper, kLatencyBounds.end());
        EXPECT_LE(*latency.quantile(q), *upper) << q;
        EXPECT_GE(*latency.quantile(q), upper == kLatencyBounds.begin() ? 0 : *(upper - 1)) << q;
    }
}

TEST_F(MetricsTest, AQuantileIsInterpolatedWithinItsBucket) {
    Histogram& few = metrics_.histogram(kFew);
    EXPECT_EQ(few.quantile(0.5), std::nullopt);
    for (const double value : {0.05, 0.3, 0.4, 0.5}) few.observe(value);
    EXPECT_DOUBLE_EQ(*few.quantile(0), 0);
    EXPECT_DOUBLE_EQ(*few.quantile(0.125), 0.05);
    EXPECT_DOUBLE_EQ(*few.quantile(0.25), 0.1);
    EXPECT_DOUBLE_EQ(*few.quantile(0.5), 0.4);
    EXPECT_DOUBLE_EQ(*few.quantile(1), 1);
    for (int i = 0; i < 4; ++i) few.observe(30);
    EXPECT_DOUBLE_EQ(*few.quantile(0.9), 1);  // beyond the last bound: at least that
}

TEST_F(MetricsTest, AQuantileBelowAFirstBoundThatIsNotPositiveIsThatBound) {
    constexpr double kBounds[] = {0, 1};
    Histogram histogram(kBounds);
    histogram.observe(-3);
    EXPECT_EQ(*histogram.quantile(0.5), 0);
}

TEST(MetricsDeathTest, MisuseStopsTheProgram) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    Metrics metrics;
    metrics.declare({&kUp, 1});
    constexpr MetricRow kBadName = {.name = "facet-frames_total", .help = "x"};
    constexpr MetricRow kNotTotal = {.name = "facet_frames", .help = "x"};
    constexpr MetricRow kBadLabel = {.name = "facet_a_total", .help = "x", .labels = {"__camera"}};
    constexpr MetricRow kNoBounds = {.name = "facet_a_seconds", .type = MetricType::histogram, .help = "x"};
    for (const MetricRow& row : {kUp, kBadName, kNotTotal, kBadLabel, kNoBounds})
        EXPECT_DEATH(metrics.declare({&row, 1}), "metrics.cpp") << row.name;
    EXPECT_DEATH(metrics.counter(kFrames, {"a", "b"}), "metrics.cpp");
    EXPECT_DEATH(metrics.gauge(kUp, {"a", "b"}), "metrics.cpp");
    EXPECT_DEATH(metrics.counter(kMetricOverflows, {"a"}).add(-1), "metrics.cpp");
}

}  // namespace
}  // namespace facet
