#include "app/top_view.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace facet::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNameMin = 8;
constexpr std::size_t kNumbersWidth = 56;  // of a camera's line behind its name, with the first of its drops
constexpr std::size_t kExpertsMax = 6;

/// At most so many characters of UTF-8, the last one an ellipsis where something was cut; nothing that moves the cursor.
std::string cut(std::string_view text, std::size_t width) {
    std::string shown;
    std::size_t count = 0;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const bool is_plain = length > 1 || (length == 1 && static_cast<unsigned char>(text[0]) >= 0x20 && text[0] != 0x7F);
        if (count + 1 == width && text.size() > std::max<std::size_t>(1, length)) return shown + "…";
        if (count == width) return shown;
        shown += is_plain ? text.substr(0, length) : "?";
        text.remove_prefix(std::max<std::size_t>(1, length));
        ++count;
    }
    return shown;
}

/// fmt counts characters and not bytes here, so that columns stay columns.
std::string name_column(const std::string& name, std::size_t width) {
    return fmt::format("{:<{}}", cut(name, width), width);
}

std::string duration_text(double time_s) {
    const auto whole = static_cast<long long>(time_s);
    if (whole >= 86400) return fmt::format("{}d {:02}:{:02}", whole / 86400, whole / 3600 % 24, whole / 60 % 60);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string drops_text(const Json& drops) {
    std::vector<std::pair<long long, std::string>> reasons;
    for (const auto& [reason, count] : drops.items()) reasons.emplace_back(count.get<long long>(), reason);
    std::sort(reasons.rbegin(), reasons.rend());
    std::vector<std::string> texts;
    for (const auto& [count, reason] : reasons) texts.push_back(fmt::format("{} {}", reason, count));
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::string camera_line(const Json& camera, std::size_t name_width) {
    const std::string name = name_column(camera.at("name").get<std::string>(), name_width);
    const auto state = camera.at("state").get<std::string>();
    const auto source = camera.at("source").get<std::string>();
    auto cause = camera.at("cause").get<std::string>();
    if (cause.starts_with(source + ": ")) cause.erase(0, source.size() + 2);  // the room is better used for why
    if (state != "up") return fmt::format("{} {:<6} {}", name, state, cause.empty() ? source : cause);
    const std::string_view shown = camera.at("dozing").get<bool>() ? "dozes" : "up";
    return fmt::format("{} {:<6} {:>5.1f} {:>5.1f} {:>5.1f} {:>6.1f} {:>6.1f} {:>6}  {}", name, shown,
                       camera.at("packets_per_s").get<double>(), camera.at("frames_per_s").get<double>(),
                       camera.at("results_per_s").get<double>(), camera.at("p50_ms").get<double>(),
                       camera.at("p99_ms").get<double>(), camera.at("events").get<long long>(),
                       drops_text(camera.at("drops")));
}

/// "p99 ms at worst: decode 9, image 1": of each stage, the camera for which it takes longest; on as many lines as it takes.
std::vector<std::string> stage_lines(const Json& cameras, std::size_t width) {
    std::vector<std::pair<std::string, double>> worst;
    for (const auto& camera : cameras)
        for (const auto& entry : camera.at("stages").items()) {
            const std::string& stage = entry.key();
            const auto p99_ms = entry.value().at("p99_ms").get<double>();
            const auto same =
                std::find_if(worst.begin(), worst.end(), [&](const auto& other) { return other.first == stage; });
            if (same == worst.end())
                worst.emplace_back(stage, p99_ms);
            else
                same->second = std::max(same->second, p99_ms);
        }
    std::vector<std::string> lines;
    for (const auto& [stage, p99_ms] : worst) {
        const std::string text = fmt::format("{} {:.0f}", stage, p99_ms);
        if (lines.empty())
            lines.push_back("p99 ms at worst: " + text);
        else if (lines.back().size() + 2 + text.size() <= width)
            lines.back() += ", " + text;
        else
            lines.push_back("  " + text);
    }
    return lines;
}

std::vector<std::string> head_lines(const Json& status, std::size_t width) {
    const auto& cameras = status.at("cameras");
    const auto up = std::count_if(cameras.begin(), cameras.end(), [](const Json& c) { return c.at("state") == "up"; });
    std::vector<std::string> lines;
    lines.push_back(fmt::format("facet {}, running {}, {} of {} cameras up", status.at("version").get<std::string>(),
                                duration_text(status.at("uptime_s").get<double>()), up, cameras.size()));
    lines.push_back(fmt::format("CPU {:.2f} cores, {} workers {:.0f} % busy, memory {:.0f} MB, queue {} packets, {} jobs",
                                status.at("cores_used").get<double>(), status.at("workers").get<int>(),
                                100 * status.at("busy").get<double>(), status.at("rss_mb").get<double>(),
                                status.at("packets_pending").get<long long>(), status.at("jobs_waiting").get<long long>()));
    lines.push_back(fmt::format("decoding {}, results {:.0f} ms apart, {} reloads, {} workers written off",
                                status.at("decoding").get<std::string>(), status.at("result_interval_ms").get<double>(),
                                status.at("reloads").get<long long>(), status.at("write_offs").get<long long>()));
    for (auto& line : stage_lines(cameras, width)) lines.push_back(std::move(line));
    return lines;
}

std::vector<std::string> expert_lines(const Json& experts, std::size_t name_width) {
    std::vector<std::string> lines;
    if (experts.empty()) return lines;
    lines.push_back("");
    lines.push_back(fmt::format("{} {:>7} {:>8}  {}", name_column("EXPERT", name_width), "cameras", "runs/s", "model"));
    for (std::size_t i = 0; i < std::min<std::size_t>(experts.size(), kExpertsMax); ++i)
        lines.push_back(fmt::format("{} {:>7} {:>8.1f}  {}",
                                    name_column(experts[i].at("name").get<std::string>(), name_width),
                                    experts[i].at("cameras").get<int>(), experts[i].at("runs_per_s").get<double>(),
                                    experts[i].at("model").get<std::string>()));
    if (experts.size() > kExpertsMax) lines.push_back(fmt::format("and {} more", experts.size() - kExpertsMax));
    return lines;
}

std::vector<std::string> lay_out(const Json& status, std::size_t width, std::size_t height) {
    std::size_t longest = kNameMin;
    for (const auto& camera : status.at("cameras")) longest = std::max(longest, camera.at("name").get<std::string>().size());
    const std::size_t room = width > kNumbersWidth + kNameMin ? width - kNumbersWidth : kNameMin;
    const std::size_t name_width = std::min({longest, room, std::size_t{32}});

    std::vector<std::string> lines = head_lines(status, width);
    const auto experts = expert_lines(status.at("experts"), name_width);
    lines.push_back("");
    lines.push_back(fmt::format("{} {:<6} {:>5} {:>5} {:>5} {:>6} {:>6} {:>6}  {}", name_column("CAMERA", name_width),
                                "state", "in/s", "dec/s", "res/s", "p50 ms", "p99 ms", "events", "drops"));
    std::vector<const Json*> cameras;
    for (const auto& camera : status.at("cameras")) cameras.push_back(&camera);
    const std::size_t taken = lines.size() + experts.size();
    std::size_t shown = cameras.size();
    if (height > 0 && taken + cameras.size() > height) {
        shown = height > taken + 1 ? height - taken - 1 : 1;
        std::stable_partition(cameras.begin(), cameras.end(), [](const Json* c) { return c->at("state") != "up"; });
    }
    shown = std::min(shown, cameras.size());
    for (std::size_t i = 0; i < shown; ++i) lines.push_back(camera_line(*cameras[i], name_width));
    if (shown < cameras.size()) lines.push_back(fmt::format("and {} more", cameras.size() - shown));
    lines.insert(lines.end(), experts.begin(), experts.end());
    for (auto& line : lines) line = cut(line, width);
    return lines;
}

}  // namespace

Result<std::vector<std::string>> top_view(const std::string& status_json, std::size_t width, std::size_t height) {
    const auto status = Json::parse(status_json, nullptr, false);
    if (status.is_object() && !status.value("ok", false))
        return fail(ErrorCode::unavailable, "the run answered: {}", status.value("error", "nothing that was expected"));
    try {
        return lay_out(status, width, height);
    } catch (const Json::exception& error) {
        return fail(ErrorCode::corrupt, "the run's status is not as expected ({}); is it another version?", error.what());
    }
}

}  // namespace facet::app
