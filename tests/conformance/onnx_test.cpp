// ONNX's own single-operator cases through every model backend of this build, against the table of those that do not pass.
// The table is compared in both directions: a case that fails and is not listed is an error, and so is one that is listed
// and passes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "backend/conformance.h"
#include "backend/openvino/openvino_backend.h"
#include "base/text.h"

namespace facet::backend {
namespace {

const std::filesystem::path kCases = "../shared/data/conformance/onnx_node";
const std::filesystem::path kTable = "tests/conformance/onnx_openvino.txt";
constexpr int kPassedMin = 478;

struct Expected {
    std::string outcome;
    std::string reason;
};

/// Lines "case: outcome: reason"; '#' starts a comment.
std::map<std::string, Expected> read_table() {
    std::map<std::string, Expected> table;
    std::ifstream file(kTable);
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) {
            ADD_FAILURE() << kTable << ": '" << line << "', expected case: outcome: reason";
            continue;
        }
        table[line.substr(0, first)] = {std::string(trim(std::string_view(line).substr(first + 1, second - first - 1))),
                                        std::string(trim(std::string_view(line).substr(second + 1)))};
    }
    return table;
}

TEST(OnnxConformance, OpenvinoPassesAllCasesBesideThoseInTheTable) {
    if (!std::filesystem::exists(kCases)) GTEST_SKIP() << "no " << kCases.string() << ": the conformance cases are not here";
    Log log(LogLevel::error);
    const auto backend = kOpenvinoBackend.create(log).value();
    const auto results = run_conformance(*backend, kCases).value();
    auto table = read_table();
    int passed = 0;
    for (const ConformanceResult& result : results) {
        passed += result.outcome == Outcome::passed ? 1 : 0;
        const auto listed = table.find(result.name);
        const std::string expected = listed == table.end() ? "passed" : listed->second.outcome;
        EXPECT_EQ(name(result.outcome), expected) << to_line(result);
        if (listed == table.end()) continue;
        EXPECT_FALSE(listed->second.reason.empty()) << result.name;
        table.erase(listed);
    }
    for (const auto& [name, expected] : table) ADD_FAILURE() << name << " is in the table, but there is no such case";
    EXPECT_GE(passed, kPassedMin) << summary(results);
}

TEST(OnnxConformance, DifferencesAreFoundAsOnnxsRunnerFindsThem) {
    Tensor expected(ElementType::f32, {2});
    Tensor actual(ElementType::f32, {2});
    expected.values<float>()[1] = 1000;
    actual.values<float>()[1] = 1000.9F;
    EXPECT_EQ(first_difference(actual.view(), expected.view(), 1e-3, 1e-7), "");
    actual.values<float>()[1] = 1001.1F;
    EXPECT_EQ(first_difference(actual.view(), expected.view(), 1e-3, 1e-7),
              "element 1 is 1001.0999755859375, expected 1000");
    EXPECT_EQ(first_difference(Tensor(ElementType::f32, {2, 1}).view(), expected.view(), 1e-3, 1e-7),
              "shape [2,1], expected [2]");
    EXPECT_EQ(first_difference(Tensor(ElementType::i32, {2}).view(), expected.view(), 1e-3, 1e-7), "type i32, expected f32");
    actual.values<float>()[1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(first_difference(actual.view(), expected.view(), 1e-3, 1e-7), "element 1 is nan, expected 1000");
    expected.values<float>()[1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(first_difference(actual.view(), expected.view(), 1e-3, 1e-7), "");
}

}  // namespace
}  // namespace facet::backend
