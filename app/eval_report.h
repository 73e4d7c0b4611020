#pragma once
// The figures of one `facet eval`, for people and for programs.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/command.h"
#include "quality/bootstrap.h"

namespace facet::app::eval {

/// Figures in the order in which they are added: a table and, where asked for, the last line as JSON.
class Report {
public:
    using Group = std::map<std::string, double>;

    void count(std::string key, std::string title, long long value) { add(std::move(key), std::move(title), value); }
    void figure(std::string key, std::string title, double value, std::optional<quality::Interval> interval = {}) {
        add(std::move(key), std::move(title), value);
        entries_.back().interval = interval;
    }
    void group(std::string key, std::string title, Group values) {
        add(std::move(key), std::move(title), std::move(values));
    }
    void text(std::string key, std::string title, std::string value) {
        add(std::move(key), std::move(title), std::move(value));
    }
    void list(std::string key, std::string title, std::vector<std::string> values) {
        add(std::move(key), std::move(title), std::move(values));
    }
    /// The share of ones among zeros and ones, with its interval and, as KEY_count, their number.
    void share(const std::string& key, const std::string& title, const std::vector<double>& hits);

    /// Writes to standard output. Returns `code`, or kOutputUnwritable with a message where that fails.
    int print(bool json, ExitCode code) const;

private:
    using Value = std::variant<long long, double, Group, std::string, std::vector<std::string>>;
    struct Entry {
        std::string key;
        std::string title;  ///< empty: stands in the JSON object only
        Value value;
        std::optional<quality::Interval> interval;
    };
    void add(std::string key, std::string title, Value value) {
        entries_.push_back({std::move(key), std::move(title), std::move(value), {}});
    }
    std::string table() const;
    std::string json() const;

    std::vector<Entry> entries_;
};

}  // namespace facet::app::eval

/// In a sub-command: binds the value of a Result, or ends the command with its message and the exit code.
#define FACET_EVAL_TRY(declaration, code, expression) \
    FACET_EVAL_TRY_INNER(FACET_CONCATENATE(facet_result_, __LINE__), declaration, code, expression)
#define FACET_EVAL_TRY_INNER(result, declaration, code, expression)              \
    auto result = (expression);                                                  \
    if (!(result).has_value()) return fail_with(code, (result).error().message); \
    declaration = std::move(*(result))
