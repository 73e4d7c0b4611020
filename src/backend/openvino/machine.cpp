#include "backend/openvino/machine.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "wrap/openssl/sha256.h"

namespace facet::backend {

Processor parse_processor(std::string_view cpuinfo) {
    // The lines of the first core that say what it is; x86-64's names, then aarch64's.
    constexpr std::array<std::string_view, 11> kKeys = {"vendor_id",        "cpu family",  "model",    "model name",
                                                        "stepping",         "flags",       "Features", "CPU implementer",
                                                        "CPU architecture", "CPU variant", "CPU part"};
    Processor processor;
    std::vector<std::string_view> features;
    std::string identity;
    for (const std::string_view line : split(cpuinfo, '\n')) {
        if (line.empty() && !identity.empty()) break;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view key = trim(line.substr(0, colon));
        const std::string_view value = trim(line.substr(colon + 1));
        if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) continue;
        identity += fmt::format("{}={}\n", key, value);
        if (key == "model name") processor.model = value;
        if (key == "flags" || key == "Features") features = split(value, ' ');
    }
    const auto has = [&](std::string_view feature) {
        return std::find(features.begin(), features.end(), feature) != features.end();
    };
    processor.identity = sha256_of(identity);
    if (processor.model.empty()) processor.model = "unknown processor";
    processor.precisions = {Precision::f32};
    if (has("avx512_bf16") || has("amx_bf16") || has("bf16")) processor.precisions.push_back(Precision::bf16);
    if (has("avx512_fp16") || has("amx_fp16") || has("asimdhp")) processor.precisions.push_back(Precision::f16);
    return processor;
}

Processor this_processor() {
    constexpr std::size_t kBytesMax = 4 << 20;
    const auto text = read_file("/proc/cpuinfo", kBytesMax);
    return parse_processor(text ? *text : std::string());
}

}  // namespace facet::backend
