// Experts that throw or hang, in the real engine: other cameras go on, and so does the faulty one's next frame.
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "app/builtins.h"
#include "engine/live.h"
#include "support/process.h"

namespace facet::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::atomic<int> looked{0};
std::atomic<int> hangs_left{0};
std::atomic<bool> let_go{false};  // those that hang end with the test

class Faulty : public expert::Expert {
public:
    expert::Task task() const override { return expert::Task::detect; }
    std::span<const std::string> labels() const override { return labels_; }
    image::TensorSpec input(Size) const override {
        image::TensorSpec spec;
        spec.type = ElementType::u8;
        spec.channels = image::Channels::gray;
        spec.fit = image::Fit::stretch;
        spec.size = {16, 16};
        return spec;
    }

private:
    std::vector<std::string> labels_{"thing"};
};

class Thrower final : public Faulty {
    Result<ObservationContent> decode(std::span<const TensorView>, const expert::DecodeContext&) const override {
        if (++looked % 3 == 0) throw std::runtime_error("a bug of its own");
        return Detections{};
    }
};

class Hanger final : public Faulty {
    Result<ObservationContent> decode(std::span<const TensorView>, const expert::DecodeContext&) const override {
        if (++looked % 10 == 0 && hangs_left.fetch_sub(1) > 0) test::eventually([] { return let_go.load(); }, seconds(60));
        return Detections{};
    }
};

template <class Kind>
Result<std::unique_ptr<expert::Expert>> create(const model::Manifest&, const backend::ModelFacts&,
                                               const expert::ExpertOptions&) {
    return std::make_unique<Kind>();
}
std::optional<model::Manifest> recognise(const backend::ModelFacts&) { return std::nullopt; }

constexpr expert::FamilyInfo kThrower{.name = "thrower",
                                      .task = expert::Task::detect,
                                      .summary = "",
                                      .needs_model = false,
                                      .create = &create<Thrower>,
                                      .recognise = &recognise};
constexpr expert::FamilyInfo kHanger{.name = "hanger",
                                     .task = expert::Task::detect,
                                     .summary = "",
                                     .needs_model = false,
                                     .create = &create<Hanger>,
                                     .recognise = &recognise};

class FaultyExpertTest : public testing::Test {
protected:
    /// Two cameras: one with the faulty expert, one with motion.
    std::unique_ptr<Live> begin(const expert::FamilyInfo& faulty, Nanoseconds duration) {
        const std::string video = folder_ / "street.mp4";
        EXPECT_EQ(
            test::run_process({FACET_BINARY, "synth", "street?seed=1&size=160x96&frames=50", "--out", video}).exit_code, 0);
        auto plan =
            plan_of(faulty, fmt::format("\n  - {{name: faulty, source: '{}', live: true, loop: true, experts: [bad]}}",
                                        folder_ / "street.mp4"));
        if (!plan) return nullptr;
        Kept& kept = *everything().emplace_back(std::make_unique<Kept>());
        kept.metrics.declare(live_metrics());
        kept.options.workers = 2;
        kept.options.hang_limit = milliseconds(500);
        kept.options.duration = duration;
        return std::make_unique<Live>(std::move(plan), kept.options, std::span<const std::unique_ptr<sink::Sink>>{},
                                      kept.metrics, log());
    }
    std::shared_ptr<const Plan> plan_of(const expert::FamilyInfo& faulty, const std::string& cameras) {
        test::write_text(folder_ / "site.yaml", fmt::format(R"(
cameras:{}
  - {{name: sound, source: '{}', live: true, loop: true, experts: [motion]}}
experts:
  - {{name: bad, model: {}}}
  - {{name: motion, model: motion}}
)",
                                                            cameras, folder_ / "street.mp4", faulty.name));
        const auto root = config::load_yaml(folder_ / "site.yaml");
        const auto site = read_site(*root);
        const std::array<const expert::FamilyInfo*, 2> families{&faulty, app::builtins().families.back()};
        Plugins plugins = app::builtins();
        plugins.families = families;
        auto plan = make_plan(*site, plugins, nullptr, {}, log());
        if (plan) return std::make_shared<const Plan>(std::move(*plan));
        ADD_FAILURE() << plan.error().error.message;
        return nullptr;
    }
    LiveStatus run(const expert::FamilyInfo& faulty, Nanoseconds duration) {
        const auto live = begin(faulty, duration);
        return live ? end(*live) : LiveStatus{};
    }
    LiveStatus end(Live& live) {
        const std::atomic<bool> stop{false};
        const LiveStatus status = live.run(stop, nullptr);
        everything().back()->abandoned = status.abandoned;
        return status;
    }

    /// What a thread that hung may still use when its test has ended.
    struct Kept {
        Metrics metrics;
        LiveOptions options;
        std::shared_ptr<void> abandoned;
    };
    static std::vector<std::unique_ptr<Kept>>& everything() {
        static auto* kept = new std::vector<std::unique_ptr<Kept>>();
        return *kept;
    }
    static Log& log() {
        static auto* quiet = new Log(LogLevel::off);
        return *quiet;
    }

    test::TemporaryFolder folder_;
};

TEST_F(FaultyExpertTest, AnExpertThatThrowsCostsItsFrameAndNothingElse) {
    const LiveStatus status = run(kThrower, seconds(3));
    ASSERT_EQ(status.cameras.size(), 2U);
    EXPECT_EQ(status.write_offs, 0);
    EXPECT_TRUE(status.model_error.message.empty()) << status.model_error.message;
    EXPECT_NE(status.cameras[0].trouble.find("a bug of its own"), std::string::npos) << status.cameras[0].trouble;
    EXPECT_GT(status.cameras[0].results, 8);
    EXPECT_GT(status.cameras[1].results, 8);
}

TEST_F(FaultyExpertTest, AHungWorkerIsReplacedCountedAndTheOthersGoOn) {
    hangs_left = 2;
    const LiveStatus status = run(kHanger, seconds(5));
    ASSERT_EQ(status.cameras.size(), 2U);
    EXPECT_EQ(status.write_offs, 2);
    EXPECT_NE(status.cameras[0].trouble.find("hung"), std::string::npos) << status.cameras[0].trouble;
    EXPECT_GT(status.cameras[0].results, 15) << "it goes on after its hangs";
    EXPECT_GT(status.cameras[1].results, 20);
    EXPECT_LT(status.cameras[1].latency_p99_ms, 400);
    let_go = true;
}

TEST_F(FaultyExpertTest, AfterFourWriteOffsTheRunStops) {
    let_go = false;
    hangs_left = 100;
    const LiveStatus status = run(kHanger, seconds(60));
    EXPECT_GE(status.write_offs, LiveStatus::kWriteOffsMax);
    EXPECT_NE(status.model_error.message.find("written off"), std::string::npos) << status.model_error.message;
    EXPECT_LT(status.wall_s, 30);
    let_go = true;
}

TEST_F(FaultyExpertTest, ACameraWhoseExpertHangsIsRemovedAllTheSame) {
    let_go = false;
    hangs_left = 1;
    const auto live = begin(kHanger, seconds(6));
    ASSERT_TRUE(live);
    auto ended = std::async(std::launch::async, [&] { return end(*live); });
    const auto sound_has = [&](std::int64_t results) {
        const LiveStatus now = live->status();
        return now.cameras.back().name == "sound" && now.cameras.back().results >= results;
    };
    ASSERT_TRUE(test::eventually([&] { return hangs_left <= 0; }, seconds(20)));
    const auto changed = live->change(plan_of(kHanger, ""), milliseconds(200));
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(changed->removed, std::vector<std::string>{"faulty"});
    EXPECT_EQ(live->status().cameras.size(), 1U);
    const std::int64_t before = live->status().cameras.back().results;
    EXPECT_TRUE(test::eventually([&] { return live->status().write_offs == 1 && sound_has(before + 3); }, seconds(20)));
    const LiveStatus last = ended.get();
    EXPECT_EQ(last.cameras.size(), 1U);
    EXPECT_TRUE(last.abandoned);
    let_go = true;
}

}  // namespace
}  // namespace facet::engine
