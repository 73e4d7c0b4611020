#pragma once
// Metrics: numbers about a running process, for Prometheus and for our own reports. A family is declared once, as a constant
// row; documents are made from the rows. Its children, one per combination of label values, are made at set-up; updating a
// child is a few atomic additions.
//
//   constexpr MetricRow kFrames = {.name = "facet_frames_total", .type = MetricType::counter, .unit = "frames",
//                                  .help = "Frames by what became of them.", .labels = {"camera", "fate"}};
//   constexpr MetricRow kRows[] = {kFrames, ...};
//
//   Metrics metrics;                                                    // handed down by reference; there is no global one
//   metrics.declare(kRows);
//   Counter& decoded = metrics.counter(kFrames, {"north", "decoded"});  // at set-up
//   decoded.increment();                                                // in the loop, on any thread
//   metrics.prometheus_text();                                          // facet_frames_total{camera="north",fate="decoded"}
//   1

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace facet {

enum class MetricType { counter, gauge, histogram };

/// As Prometheus writes it, for example "counter".
std::string_view name(MetricType type);

/// Upper bounds, in seconds, for latencies from arrival to event; finest around 0.1 to 0.25 s, where targets are.
inline constexpr std::array<double, 21> kLatencyBounds = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.3, 0.4, 0.5, 1, 2, 5};

/// One family. A constant: what its texts and bounds refer to lives as long as the program.
struct MetricRow {
    std::string_view name;  ///< unit last, counters end in "_total": "facet_latency_seconds"
    MetricType type = MetricType::counter;
    std::string_view unit = "";  ///< for documents: "seconds", "bytes", "frames"; "" for 0 or 1
    std::string_view help = "";
    std::array<std::string_view, 4> labels = {};  ///< names; the first empty one ends them
    std::span<const double> bounds = {};          ///< histograms: upper bounds, ascending, at most Histogram::kBoundsMax
    std::size_t children_max = 128;               ///< combinations of label values; further ones share the child "other"

    std::size_t label_count() const;
};

/// Every registry's first family: says that a family's children_max was hit.
inline constexpr MetricRow kMetricOverflows = {
    .name = "facet_metric_overflows_total",
    .type = MetricType::counter,
    .unit = "children",
    .help = "Children of a metric that were asked for beyond its limit and share the label value \"other\".",
    .labels = {"metric"}};

/// A sum that many threads add to and that none waits for: whole units and billionths apart, because integers can be added
/// in one instruction and doubles cannot. Each amount counts to the nearest 1e-9. Both parts only grow where no amount is
/// negative, so a reader never sees such a sum shrink. Good for 9e18 units, of which 9e9 in fractions (285 years of
/// seconds).
class AtomicSum {
public:
    /// `amount` is finite and within +-1e18.
    void add(double amount);
    void add_whole(std::uint64_t amount) { whole_.fetch_add(static_cast<std::int64_t>(amount), std::memory_order_relaxed); }
    double value() const;

private:
    std::atomic<std::int64_t> whole_{0};
    std::atomic<std::int64_t> billionths_{0};
};

// Children. Every member function may be called on any thread at any time, allocates nothing and takes no lock. Updates are
// relaxed: they order no other memory.

/// Only grows, from 0.
class Counter {
public:
    void increment() { sum_.add_whole(1); }
    /// `amount` is finite and >= 0.
    void add(double amount);
    double value() const { return sum_.value(); }

private:
    AtomicSum sum_;
};

/// The latest value set, from 0.
class Gauge {
public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

/// How often a value fell in each bucket (lower, upper]; the last bucket has no upper bound. A reader may see the count of
/// an observation before its part of the sum, or the other way round.
class Histogram {
public:
    static constexpr std::size_t kBoundsMax = 31;
    using Buckets = std::array<std::uint64_t, kBoundsMax + 1>;

    /// `bounds` as in MetricRow; what it refers to outlives the histogram.
    explicit Histogram(std::span<const double> bounds);

    /// `value` is finite and within +-1e18; it may be negative (a camera's clock may be ahead of ours).
    void observe(double value);

    std::uint64_t count() const;
    double sum() const { return sum_.value(); }
    /// The value below which the part `q` (0..1) of all observations lies, interpolated linearly within its bucket, like
    /// Prometheus' histogram_quantile: exact to the bucket's width. The first bucket begins at 0 where its bound is
    /// positive, else its bound is the answer; of the last bucket the answer is its lower bound. Nothing without
    /// observations.
    std::optional<double> quantile(double q) const;

    std::span<const double> bounds() const { return bounds_; }
    /// Observations of each bucket, not cumulated; the first bounds().size() + 1 of the array are used.
    Buckets buckets() const;

private:
    std::span<const double> bounds_;
    std::array<std::atomic<std::uint64_t>, kBoundsMax + 1> buckets_{};
    AtomicSum sum_;
};

/// Histogram::quantile() of any counts of such buckets: of the observations of a while, as the difference of two readings.
std::optional<double> quantile(std::span<const double> bounds, const Histogram::Buckets& counts, double q);

/// The registry. Thread-safe; declare() and making children lock and allocate, so they belong to set-up. Misuse (a row that
/// was not declared, another type, a wrong number of label values, a bad name or bound) is a bug of ours and asserts.
class Metrics {
public:
    /// A value for each label name, in the row's order. Should be UTF-8: each byte that cannot be part of it becomes U+FFFD.
    using LabelValues = std::initializer_list<std::string_view>;

    Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// Adds families; names are unique in a registry.
    void declare(std::span<const MetricRow> rows);

    /// The child with these label values, made at the first call, valid as long as the registry. Beyond the row's
    /// children_max it is the one whose label values are all "other", and kMetricOverflows counts the call.
    Counter& counter(const MetricRow& row, LabelValues values = {});
    Gauge& gauge(const MetricRow& row, LabelValues values = {});
    Histogram& histogram(const MetricRow& row, LabelValues values = {});

    /// Leaves those children out of the text whose label `label` has this value, until they are asked for again: what they
    /// counted is over. They stay valid and keep their numbers and their place among children_max.
    void hide(std::string_view label, std::string_view value);

    /// All families in the order of their declaration, children in the order of their label values, in Prometheus' text
    /// format 0.0.4. A family without children is announced (HELP, TYPE) all the same.
    std::string prometheus_text() const;

private:
    using Child = std::variant<Counter, Gauge, Histogram>;
    struct Family {
        MetricRow row;
        std::map<std::vector<std::string>, Child> children;
        std::set<std::vector<std::string>> hidden;  // some of the children
    };

    Family& family(std::string_view name);
    Child& child(const MetricRow& row, MetricType type, LabelValues values);
    static Child& make(Family& family, std::vector<std::string> values);

    mutable std::mutex mutex_;  // guards what follows, not the children's numbers
    std::deque<Family> families_;
};

}  // namespace facet
