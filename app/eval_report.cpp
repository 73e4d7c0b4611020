#include "app/eval_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

namespace facet::app::eval {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// Six digits: more would be noise, and differ between compilers.
double rounded(double value) { return std::round(value * 1e6) / 1e6; }

std::string shown(double value) { return fmt::format("{:>7.4f}", value); }

/// Rows of two columns, the first as wide as its widest cell.
class Table {
public:
    explicit Table(std::size_t width) : width_(width) {}
    void row(std::string_view title, std::string_view value) { text_ += fmt::format("{:<{}}  {}\n", title, width_, value); }
    const std::string& text() const { return text_; }

private:
    std::size_t width_;
    std::string text_;
};

}  // namespace

void Report::share(const std::string& key, const std::string& title, const std::vector<double>& hits) {
    constexpr int kRounds = 1000;
    constexpr std::uint64_t kSeed = 1;
    const auto mean = [&](std::span<const std::size_t> selection) {
        double sum = 0;
        for (const std::size_t i : selection) sum += hits[i];
        return sum / static_cast<double>(std::max<std::size_t>(1, selection.size()));
    };
    const double sum = std::accumulate(hits.begin(), hits.end(), 0.0);
    figure(key, title, sum / static_cast<double>(std::max<std::size_t>(1, hits.size())),
           quality::bootstrap(quality::blocks_of(hits.size(), 1), kSeed, kRounds, mean));
    count(key + "_count", "  of them", static_cast<long long>(sum));
}

std::string Report::table() const {
    std::size_t width = 0;
    for (const Entry& entry : entries_) width = std::max(width, entry.title.size());
    Table table(width);
    for (const Entry& entry : entries_) {
        if (entry.title.empty()) continue;
        const auto interval = [&] {
            return entry.interval ? fmt::format("  [{:.4f}, {:.4f}]", entry.interval->low, entry.interval->high)
                                  : std::string();
        };
        std::visit(Overloaded{[&](long long value) { table.row(entry.title, fmt::format("{:>7}", value)); },
                              [&](double value) { table.row(entry.title, shown(value) + interval()); },
                              [&](const std::string& value) { table.row(entry.title, value); },
                              [&](const std::vector<std::string>& values) {
                                  for (std::size_t i = 0; i < values.size(); ++i)
                                      table.row(i == 0 ? entry.title : "", values[i]);
                              },
                              [&](const Group& values) {
                                  table.row(entry.title, "");
                                  for (const auto& [name, value] : values) table.row("  " + name, shown(value));
                              }},
                   entry.value);
    }
    return table.text();
}

std::string Report::json() const {
    nlohmann::ordered_json object;
    nlohmann::ordered_json intervals;
    for (const Entry& entry : entries_) {
        std::visit(Overloaded{[&](const auto& value) { object[entry.key] = value; },
                              [&](double value) { object[entry.key] = rounded(value); },
                              [&](const Group& values) {
                                  auto& group = object[entry.key] = nlohmann::ordered_json::object();
                                  for (const auto& [name, value] : values) group[name] = rounded(value);
                              }},
                   entry.value);
        if (entry.interval) intervals[entry.key] = {rounded(entry.interval->low), rounded(entry.interval->high)};
    }
    if (!intervals.empty()) object["intervals"] = intervals;
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

int Report::print(bool as_json, ExitCode code) const {
    fmt::print("{}", table());
    if (as_json) fmt::print("{}\n", json());
    if (std::fflush(stdout) != 0) return fail_with(kOutputUnwritable, "standard output: cannot write");
    return code;
}

}  // namespace facet::app::eval
