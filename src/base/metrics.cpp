#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

#include "base/assert.h"
#include "base/text.h"

namespace facet {

namespace {

constexpr double kAmountMax = 1e18;
constexpr double kBillion = 1e9;
constexpr std::string_view kOther = "other";

static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<double>::is_always_lock_free);

bool is_name(std::string_view text, std::string_view extra) {
    const auto letter = [extra](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || extra.find(c) != std::string_view::npos;
    };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return !text.empty() && letter(text[0]) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); });
}

void check_bounds(std::span<const double> bounds) {
    FACET_ASSERT(!bounds.empty() && bounds.size() <= Histogram::kBoundsMax);
    FACET_ASSERT(std::all_of(bounds.begin(), bounds.end(), [](double bound) { return std::isfinite(bound); }));
    FACET_ASSERT(std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()) == bounds.end());
}

/// What Prometheus refuses, and what its naming rules ask for.
void check(const MetricRow& row) {
    FACET_ASSERT(is_name(row.name, "_:"));
    FACET_ASSERT(!row.help.empty());
    FACET_ASSERT(row.name.ends_with("_total") == (row.type == MetricType::counter));
    FACET_ASSERT(row.children_max > 0);
    for (std::size_t i = 0; i < row.labels.size(); ++i) {
        const std::string_view label = row.labels[i];
        if (i >= row.label_count()) {
            FACET_ASSERT(label.empty());  // no gap
            continue;
        }
        FACET_ASSERT(is_name(label, "_") && !label.starts_with("__"));
        FACET_ASSERT(row.type != MetricType::histogram || label != "le");
        FACET_ASSERT(std::count(row.labels.begin(), row.labels.end(), label) == 1);
    }
    if (row.type == MetricType::histogram)
        check_bounds(row.bounds);
    else
        FACET_ASSERT(row.bounds.empty());
}

std::string valid_utf8(std::string_view text) {
    std::string valid;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        valid += length > 0 ? text.substr(0, length) : "\xEF\xBF\xBD";  // U+FFFD
        text.remove_prefix(std::max<std::size_t>(1, length));
    }
    return valid;
}

// The text format, https://prometheus.io/docs/instrumenting/exposition_formats/

void append_escaped(std::string& out, std::string_view text, bool quoted) {
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quoted)
            out += "\\\"";
        else
            out += c;
    }
}

void append_number(std::string& out, double value) {
    if (std::isnan(value))
        out += "NaN";
    else if (std::isinf(value))
        out += value > 0 ? "+Inf" : "-Inf";
    else
        fmt::format_to(std::back_inserter(out), "{}", value);
}

/// `name="value",name="value"`
std::string label_text(const MetricRow& row, const std::vector<std::string>& values) {
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        out += row.labels[i];
        out += "=\"";
        append_escaped(out, values[i], true);
        out += '"';
    }
    return out;
}

/// Writes the samples of one child.
struct Samples {
    std::string& out;
    std::string_view name;
    std::string_view labels;

    void operator()(const Counter& counter) const { line("", "", counter.value()); }
    void operator()(const Gauge& gauge) const { line("", "", gauge.value()); }
    void operator()(const Histogram& histogram) const {
        // The buckets are read once, so that the last one and the count agree.
        const Histogram::Buckets buckets = histogram.buckets();
        const double sum = histogram.sum();
        const auto bounds = histogram.bounds();
        std::uint64_t count = 0;
        for (std::size_t i = 0; i <= bounds.size(); ++i) {
            count += buckets[i];
            const std::string bound = i < bounds.size() ? fmt::format("{}", bounds[i]) : "+Inf";
            line("_bucket", fmt::format("le=\"{}\"", bound), static_cast<double>(count));
        }
        line("_sum", "", sum);
        line("_count", "", static_cast<double>(count));
    }

private:
    void line(std::string_view suffix, std::string_view last_label, double value) const {
        out += name;
        out += suffix;
        if (!labels.empty() || !last_label.empty()) {
            out += '{';
            out += labels;
            if (!labels.empty() && !last_label.empty()) out += ',';
            out += last_label;
            out += '}';
        }
        out += ' ';
        append_number(out, value);
        out += '\n';
    }
};

}  // namespace

std::string_view name(MetricType type) {
    switch (type) {
        case MetricType::counter: return "counter";
        case MetricType::gauge: return "gauge";
        case MetricType::histogram: return "histogram";
    }
    return "";
}

std::size_t MetricRow::label_count() const {
    return static_cast<std::size_t>(std::find(labels.begin(), labels.end(), std::string_view()) - labels.begin());
}

void AtomicSum::add(double amount) {
    FACET_ASSERT(amount >= -kAmountMax && amount <= kAmountMax);  // false for NaN
    const double whole = std::floor(amount);
    const auto billionths = static_cast<std::int64_t>(std::round((amount - whole) * kBillion));
    if (whole != 0) whole_.fetch_add(static_cast<std::int64_t>(whole), std::memory_order_relaxed);
    if (billionths != 0) billionths_.fetch_add(billionths, std::memory_order_relaxed);
}

double AtomicSum::value() const {
    return static_cast<double>(whole_.load(std::memory_order_relaxed)) +
           static_cast<double>(billionths_.load(std::memory_order_relaxed)) / kBillion;
}

void Counter::add(double amount) {
    FACET_ASSERT(amount >= 0);
    sum_.add(amount);
}

Histogram::Histogram(std::span<const double> bounds) : bounds_(bounds) { check_bounds(bounds); }

void Histogram::observe(double value) {
    sum_.add(value);
    const auto bucket = static_cast<std::size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin());
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
}

Histogram::Buckets Histogram::buckets() const {
    Buckets counts;
    std::transform(buckets_.begin(), buckets_.end(), counts.begin(),
                   [](const auto& bucket) { return bucket.load(std::memory_order_relaxed); });
    return counts;
}

std::uint64_t Histogram::count() const {
    const Buckets counts = buckets();
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::optional<double> Histogram::quantile(double q) const { return facet::quantile(bounds_, buckets(), q); }

std::optional<double> quantile(std::span<const double> bounds, const Histogram::Buckets& counts, double q) {
    FACET_ASSERT(q >= 0 && q <= 1);
    const auto count = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    if (count == 0) return std::nullopt;
    const double rank = q * static_cast<double>(count);
    double below = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        const auto inside = static_cast<double>(counts[i]);
        if (inside > 0 && below + inside >= rank) {
            if (i == 0 && bounds[0] <= 0) return bounds[0];
            const double lower = i == 0 ? 0 : bounds[i - 1];
            return lower + (bounds[i] - lower) * (rank - below) / inside;
        }
        below += inside;
    }
    return bounds.back();
}

Metrics::Metrics() { declare({&kMetricOverflows, 1}); }

void Metrics::declare(std::span<const MetricRow> rows) {
    const std::lock_guard lock(mutex_);
    for (const MetricRow& row : rows) {
        check(row);
        FACET_ASSERT(
            std::none_of(families_.begin(), families_.end(), [&](const Family& f) { return f.row.name == row.name; }));
        families_.push_back({row, {}, {}});
    }
}

Counter& Metrics::counter(const MetricRow& row, LabelValues values) {
    return std::get<Counter>(child(row, MetricType::counter, values));
}

Gauge& Metrics::gauge(const MetricRow& row, LabelValues values) {
    return std::get<Gauge>(child(row, MetricType::gauge, values));
}

Histogram& Metrics::histogram(const MetricRow& row, LabelValues values) {
    return std::get<Histogram>(child(row, MetricType::histogram, values));
}

Metrics::Family& Metrics::family(std::string_view name) {
    const auto found =
        std::find_if(families_.begin(), families_.end(), [name](const Family& f) { return f.row.name == name; });
    FACET_ASSERT(found != families_.end());
    return *found;
}

Metrics::Child& Metrics::child(const MetricRow& row, MetricType type, LabelValues values) {
    const std::lock_guard lock(mutex_);
    Family& wanted = family(row.name);
    FACET_ASSERT(wanted.row.type == type);
    FACET_ASSERT(wanted.row.label_count() == values.size());
    std::vector<std::string> texts;
    std::transform(values.begin(), values.end(), std::back_inserter(texts), valid_utf8);
    wanted.hidden.erase(texts);

    std::vector<std::string> other(values.size(), std::string(kOther));
    const bool limited = wanted.children.size() - wanted.children.count(other) >= wanted.row.children_max;
    if (!limited || texts == other || wanted.children.contains(texts)) return make(wanted, std::move(texts));
    std::get<Counter>(make(family(kMetricOverflows.name), {std::string(wanted.row.name)})).increment();
    return make(wanted, std::move(other));
}

Metrics::Child& Metrics::make(Family& family, std::vector<std::string> values) {
    auto& children = family.children;
    switch (family.row.type) {
        case MetricType::counter: return children.try_emplace(std::move(values), std::in_place_type<Counter>).first->second;
        case MetricType::gauge: return children.try_emplace(std::move(values), std::in_place_type<Gauge>).first->second;
        case MetricType::histogram: break;
    }
    return children.try_emplace(std::move(values), std::in_place_type<Histogram>, family.row.bounds).first->second;
}

void Metrics::hide(std::string_view label, std::string_view value) {
    const std::lock_guard lock(mutex_);
    const std::string text = valid_utf8(value);
    for (Family& family : families_) {
        const auto found = std::find(family.row.labels.begin(), family.row.labels.end(), label);
        const auto position = static_cast<std::size_t>(found - family.row.labels.begin());
        if (position >= family.row.label_count()) continue;
        for (const auto& child : family.children)
            if (child.first[position] == text) family.hidden.insert(child.first);
    }
}

std::string Metrics::prometheus_text() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const Family& family : families_) {
        out += fmt::format("# HELP {} ", family.row.name);
        append_escaped(out, family.row.help, false);
        out += fmt::format("\n# TYPE {} {}\n", family.row.name, name(family.row.type));
        for (const auto& [values, child] : family.children) {
            if (family.hidden.contains(values)) continue;
            std::visit(Samples{out, family.row.name, label_text(family.row, values)}, child);
        }
    }
    return out;
}

}  // namespace facet
