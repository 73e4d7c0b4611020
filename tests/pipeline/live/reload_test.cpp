// A running `facet run` is changed and looked at: reload by command and by signal, top, the control socket.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <pty.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr milliseconds kPatience{15'000};  // reached only by a failing test

/// A camera of the config: a zone over the whole picture gives an event for each object.
std::string camera(const std::string& name, const std::string& keys = "", const std::string& rule = "all",
                   const std::string& source = "street.mp4") {
    return fmt::format(
        "  - name: {}\n    source: {}\n    live: true\n    loop: true\n{}    rules:\n"
        "      - {{name: {}, type: zone, points: [[0, 0], [1, 0], [1, 1], [0, 1]]}}\n",
        name, source, keys.empty() ? "" : "    " + keys + "\n", rule);
}

class ReloadTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = new TemporaryFolder();
        const auto made = run_process(
            {FACET_BINARY, "synth", "street?seed=1&size=320x192&frames=75&objects=6", "--out", *folder_ / "street.mp4"});
        ASSERT_EQ(made.exit_code, 0) << made.err;
        std::filesystem::copy_file(*folder_ / "street.mp4", *folder_ / "other.mp4");
    }
    static void TearDownTestSuite() {
        delete folder_;
        folder_ = nullptr;
    }
    void TearDown() override {
        if (!run_) return;
        kill(run_->pid(), SIGKILL);
        run_->wait();
    }

    static std::string config() { return *folder_ / "site.yaml"; }
    static void write_site(const std::vector<std::string>& cameras, const std::string& more = "",
                           const std::string& experts = "  - {name: motion, model: motion}\n") {
        std::string text = "cameras:\n";
        for (const auto& one : cameras) text += one;
        write_text(config(), fmt::format("{}experts:\n{}control: {{socket: control}}\n{}", text, experts, more));
    }
    void start(const std::vector<std::string>& options = {}) {
        std::vector<std::string> command{FACET_BINARY, "run", "-c", config()};
        command.insert(command.end(), options.begin(), options.end());
        run_ = std::make_unique<Process>(command);
    }
    ProcessResult stop() {
        kill(run_->pid(), SIGTERM);
        const auto result = run_->wait();
        run_.reset();
        return result;
    }
    static ProcessResult reload() { return run_process({FACET_BINARY, "reload", "-c", config()}); }
    static json status() {
        const auto asked = run_process({FACET_BINARY, "top", "-c", config(), "--json"});
        return asked.exit_code == kDone ? json::parse(asked.out) : json({{"cameras", json::array()}});
    }
    static std::vector<std::string> names() {
        std::vector<std::string> names;
        const json now = status();
        for (const auto& one : now["cameras"]) names.push_back(one["name"]);
        return names;
    }
    static json camera_now(const std::string& name) {
        const json now = status();
        for (const auto& one : now["cameras"])
            if (one["name"] == name) return one;
        return json({{"state", "none"}, {"packets", 0}, {"results", 0}});
    }
    /// Waits until so many more packets of a camera have been received.
    static bool receives_more(const std::string& name, int packets) {
        const int before = camera_now(name)["packets"];
        return eventually([&] { return camera_now(name)["packets"] >= before + packets; }, kPatience);
    }
    static bool gives_results(const std::string& name) {
        const int before = camera_now(name)["results"];
        return eventually([&] { return camera_now(name)["results"] > before + 3; }, kPatience);
    }
    /// No connection was made anew, and nothing was left out because of one.
    static void expect_undisturbed(const json& one) {
        EXPECT_EQ(one["state"], "up") << one;
        EXPECT_EQ(one["reconnects"], 0) << one;
        EXPECT_FALSE(one["drops_total"].contains("down")) << one;
    }

    static TemporaryFolder* folder_;
    std::unique_ptr<Process> run_;
};
TemporaryFolder* ReloadTest::folder_ = nullptr;

TEST_F(ReloadTest, AddedCamerasStartRemovedOnesStopAndTheOthersDoNotNotice) {
    write_site({camera("a"), camera("b")});
    start();
    ASSERT_TRUE(gives_results("a") && gives_results("b"));
    write_site({camera("c"), camera("a")});
    const auto changed = reload();
    EXPECT_EQ(changed.exit_code, kDone) << changed.err;
    EXPECT_EQ(changed.out, "added c; removed b; 1 camera unchanged\n");
    EXPECT_TRUE(gives_results("c"));
    EXPECT_TRUE(gives_results("a"));
    EXPECT_THAT(names(), ElementsAre("c", "a"));
    expect_undisturbed(camera_now("a"));
    write_site({camera("a"), camera("b")});
    EXPECT_EQ(reload().out, "added b; removed c; 1 camera unchanged\n");
    EXPECT_TRUE(gives_results("b")) << "a name that was there before";
    expect_undisturbed(camera_now("a"));
    EXPECT_EQ(stop().exit_code, kInterrupted);
}

TEST_F(ReloadTest, AChangedRuleHoldsFromAFrameOnWithoutANewConnection) {
    write_site({camera("a"), camera("b")});
    const std::string events = *folder_ / "events.jsonl";
    const auto has_events_of = [&](const std::string& camera, const std::string& rule) {
        for (const auto& line : lines_of(read_text(events)))
            if (const json event = json::parse(line, nullptr, false);
                event.is_object() && event["camera"] == camera && event["rule"] == rule)
                return true;
        return false;
    };
    start({"--events", events});
    EXPECT_TRUE(eventually([&] { return has_events_of("a", "all") && has_events_of("b", "all"); }, kPatience));
    write_site({camera("a", "", "later"), camera("b", "priority: high")});
    EXPECT_EQ(reload().out, "changed a, b; 0 cameras unchanged\n");
    EXPECT_TRUE(eventually([&] { return has_events_of("a", "later"); }, kPatience));
    EXPECT_FALSE(has_events_of("b", "later"));
    expect_undisturbed(camera_now("a"));
    expect_undisturbed(camera_now("b"));
    EXPECT_EQ(stop().exit_code, kInterrupted);
    for (const auto& line : lines_of(read_text(events))) EXPECT_TRUE(json::accept(line)) << line;
}

TEST_F(ReloadTest, APausedCameraIsNotWatchedUntilItIsResumed) {
    write_site({camera("a"), camera("b", "paused: true")});
    start();
    ASSERT_TRUE(gives_results("a"));
    EXPECT_EQ(camera_now("b")["state"], "paused");
    EXPECT_EQ(camera_now("b")["packets"], 0);
    write_site({camera("a", "paused: true"), camera("b")});
    EXPECT_EQ(reload().out, "changed a, b; 0 cameras unchanged\n");
    EXPECT_TRUE(gives_results("b"));
    EXPECT_EQ(camera_now("a")["state"], "paused");
    const int packets = camera_now("a")["packets"];
    EXPECT_TRUE(receives_more("b", 10));
    EXPECT_EQ(camera_now("a")["packets"], packets);
    write_site({camera("a"), camera("b")});
    EXPECT_EQ(reload().exit_code, kDone);
    EXPECT_TRUE(gives_results("a"));
    EXPECT_GT(camera_now("a")["packets"], packets);
    expect_undisturbed(camera_now("b"));
}

TEST_F(ReloadTest, AChangedSourceStartsThatConnectionAloneAnew) {
    write_site({camera("a"), camera("b")});
    start();
    ASSERT_TRUE(gives_results("a") && gives_results("b"));
    write_site({camera("a", "", "all", "other.mp4"), camera("b")});
    EXPECT_EQ(reload().out, "restarted a; 1 camera unchanged\n");
    EXPECT_TRUE(eventually([] { return camera_now("a")["source"] == *folder_ / "other.mp4"; }, kPatience));
    EXPECT_TRUE(gives_results("a"));
    expect_undisturbed(camera_now("b"));
}

TEST_F(ReloadTest, ExpertsComeAndGo) {
    write_site({camera("a"), camera("b")});
    start();
    ASSERT_TRUE(gives_results("a") && gives_results("b"));
    write_site({camera("a", "experts: [motion, second]"), camera("b", "experts: [motion]")}, "",
               "  - {name: motion, model: motion}\n  - {name: second, model: motion, every: 2}\n");
    EXPECT_EQ(reload().out, "changed a, b; experts loaded: second; 0 cameras unchanged\n");
    EXPECT_TRUE(eventually(
        [] {
            const json now = status();
            return now["experts"].size() == 2 && now["experts"][1]["runs"] > 2 && now["experts"][1]["cameras"] == 1;
        },
        kPatience));
    write_site({camera("a"), camera("b", "experts: [motion]")});
    EXPECT_EQ(reload().out, "changed a; experts let go: second; 1 camera unchanged\n");
    EXPECT_TRUE(gives_results("a"));
    expect_undisturbed(camera_now("a"));
    expect_undisturbed(camera_now("b"));
}

TEST_F(ReloadTest, AWrongConfigChangesNothingAndSaysWhatIsWrong) {
    write_site({camera("a")});
    start();
    ASSERT_TRUE(gives_results("a"));
    write_site({camera("a", "prioritee: high"), camera("b")});
    auto refused = reload();
    EXPECT_EQ(refused.exit_code, kWrongUsage);
    EXPECT_THAT(refused.err, HasSubstr("did you mean 'priority'?"));
    write_site({camera("a"), camera("b")}, "", "  - {name: motion, model: no-such-model}\n");
    refused = reload();
    EXPECT_EQ(refused.exit_code, kWrongUsage);
    EXPECT_THAT(refused.err, HasSubstr("no-such-model"));
    write_text(config(), "cameras: [\n");
    EXPECT_EQ(run_process({FACET_BINARY, "reload", "--socket", *folder_ / "control"}).exit_code, kWrongUsage);
    write_site({camera("a")});
    EXPECT_EQ(reload().out, "1 camera unchanged\n");
    EXPECT_THAT(names(), ElementsAre("a"));
    expect_undisturbed(camera_now("a"));
    EXPECT_THAT(stop().err, HasSubstr("nothing was changed"));
}

TEST_F(ReloadTest, SighupReadsTheConfigAgain) {
    write_site({camera("a")});
    start();
    ASSERT_TRUE(gives_results("a"));
    write_site({camera("a"), camera("b")});
    kill(run_->pid(), SIGHUP);
    EXPECT_TRUE(gives_results("b"));
    expect_undisturbed(camera_now("a"));
    const auto ended = stop();
    EXPECT_EQ(ended.exit_code, kInterrupted);
    EXPECT_THAT(ended.err, HasSubstr("the config was read again: added b; 1 camera unchanged"));
}

TEST_F(ReloadTest, WhatHoldsOnlyFromTheStartIsSaidByName) {
    write_site({camera("a")}, "budget: {latency_p99: 200ms}\n");
    start();
    ASSERT_TRUE(gives_results("a"));
    write_site({camera("a")}, "budget: {latency_p99: 250ms, cores: 1}\nmetrics: {listen: '127.0.0.1:0'}\n");
    EXPECT_EQ(reload().out, "not before a restart: metrics.listen, budget.cores; 1 camera unchanged\n");
}

TEST_F(ReloadTest, TopShowsTheCamerasOnceWhereItIsNoTerminal) {
    write_site({camera("a-camera-with-quite-a-long-name-in-truth"),
                "  - {name: b, source: 'rtsp://viewer:hidden-word@127.0.0.1:1/main'}\n", camera("c", "paused: true")});
    start();
    ASSERT_TRUE(gives_results("a-camera-with-quite-a-long-name-in-truth"));
    const auto top = run_process({FACET_BINARY, "top", "-c", config(), "--once"});
    EXPECT_EQ(top.exit_code, kDone) << top.err;
    EXPECT_THAT(top.out, HasSubstr("1 of 3 cameras up"));
    EXPECT_THAT(top.out, HasSubstr("\nb "));
    EXPECT_THAT(top.out, HasSubstr("away   "));
    EXPECT_THAT(top.out, HasSubstr("paused"));
    EXPECT_THAT(top.out + status().dump(), Not(HasSubstr("hidden-word")));
    for (const auto& line : lines_of(top.out)) EXPECT_LE(line.size(), 82U) << line;  // an ellipsis has three bytes
}

/// `facet top` on a terminal of its own.
class Terminal {
public:
    explicit Terminal(const std::string& config) {
        winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
        pid_ = forkpty(&screen_, nullptr, nullptr, &size);
        if (pid_ != 0) return;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(FACET_BINARY, "facet", "top", "-c", config.c_str(), nullptr);
        _exit(127);
    }
    ~Terminal() { close(screen_); }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    void press(char key) const { EXPECT_EQ(write(screen_, &key, 1), 1); }
    /// Reads what is written until this stands there.
    bool shows(const std::string& text) {
        return eventually(
            [&] {
                read_more();
                return written_.find(text) != std::string::npos;
            },
            kPatience);
    }
    /// Its exit code, and all that it wrote.
    std::pair<int, std::string> end() {
        int status = 0;
        const bool has_ended = eventually(
            [&] {
                read_more();  // it could not end while nobody reads
                return waitpid(pid_, &status, WNOHANG) == pid_;
            },
            kPatience);
        read_more();
        return {has_ended && WIFEXITED(status) ? WEXITSTATUS(status) : -1, written_};
    }

private:
    void read_more() {
        std::array<char, 4096> bytes;
        pollfd ready{.fd = screen_, .events = POLLIN, .revents = 0};
        while (poll(&ready, 1, 0) > 0) {
            const auto count = read(screen_, bytes.data(), bytes.size());
            if (count <= 0) return;
            written_.append(bytes.data(), static_cast<std::size_t>(count));
        }
    }

    int screen_ = -1;
    pid_t pid_ = -1;
    std::string written_;
};

TEST_F(ReloadTest, OnATerminalTopIsRenewedUntilAKeyAndGivesTheScreenBack) {
    write_site({camera("a")});
    start();
    ASSERT_TRUE(gives_results("a"));
    const std::string kTaken = "\033[?1049h\033[?25l";
    const std::string kGivenBack = "\033[?25h\033[?1049l";
    for (const auto& [key, code] : {std::pair('q', kDone), std::pair('\x03', kInterrupted)}) {
        Terminal terminal(config());
        EXPECT_TRUE(terminal.shows("1 of 1 cameras up"));
        terminal.press(key);
        const auto [exit_code, written] = terminal.end();
        EXPECT_EQ(exit_code, code);
        EXPECT_EQ(written.find(kTaken), 0U);
        EXPECT_EQ(written.rfind(kGivenBack), written.size() - kGivenBack.size());
    }
    Terminal terminal(config());
    EXPECT_TRUE(terminal.shows("1 of 1 cameras up"));
    stop();
    const auto [exit_code, written] = terminal.end();
    EXPECT_EQ(exit_code, kInputUnusable);
    EXPECT_GT(written.find("expected a `facet run`"), written.find(kGivenBack)) << "said where it can be read";
    EXPECT_NE(written.find("expected a `facet run`"), std::string::npos);
}

TEST_F(ReloadTest, WhereNothingRunsItIsSaid) {
    write_site({camera("a")});
    std::filesystem::remove(*folder_ / "control");
    for (const char* command : {"top", "reload"}) {
        auto result = run_process({FACET_BINARY, command, "-c", config()});
        EXPECT_EQ(result.exit_code, kInputUnusable);
        EXPECT_THAT(result.err, HasSubstr(*folder_ / "control"));
        result = run_process({FACET_BINARY, command});
        EXPECT_EQ(result.exit_code, kWrongUsage);
        EXPECT_THAT(result.err, HasSubstr("--socket"));
    }
}

TEST_F(ReloadTest, ALiveSocketIsRefusedByNameAndAStaleOneReplaced) {
    write_site({camera("a")});
    start();
    ASSERT_TRUE(gives_results("a"));
    EXPECT_EQ(std::filesystem::status(*folder_ / "control").permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const auto second = run_process({FACET_BINARY, "run", "-c", config()});
    EXPECT_EQ(second.exit_code, kWrongUsage);
    EXPECT_THAT(second.err, HasSubstr("control': a running process listens there"));
    EXPECT_TRUE(gives_results("a")) << "the first one still answers";
    kill(run_->pid(), SIGKILL);
    run_->wait();
    EXPECT_TRUE(std::filesystem::exists(*folder_ / "control"));
    start();
    EXPECT_TRUE(gives_results("a"));
    stop();
    EXPECT_FALSE(std::filesystem::exists(*folder_ / "control"));
}

TEST_F(ReloadTest, TheStartIsReportedWithoutPasswords) {
    write_site({camera("a", "decode: keys"), "  - {name: b, source: 'rtsp://viewer:hidden-word@127.0.0.1:1/main'}\n",
                camera("c", "", "all", "missing.mp4")});
    const auto result = run_process({FACET_BINARY, "run", "-c", config(), "--duration", "1s"});
    EXPECT_THAT(result.err, HasSubstr("3 cameras (0 paused), 1 experts"));
    EXPECT_THAT(result.err, HasSubstr("camera 'a'"));
    EXPECT_THAT(result.err, HasSubstr("decode keys"));
    EXPECT_THAT(result.err, HasSubstr("camera 'b': rtsp://viewer:***@127.0.0.1:1/main"));
    EXPECT_THAT(result.err, HasSubstr("missing.mp4 is not there"));
    EXPECT_THAT(result.err, HasSubstr("no metrics.listen"));
    EXPECT_THAT(result.err, Not(HasSubstr("hidden-word")));
}

TEST_F(ReloadTest, ManyReloadsInARowLeaveNothingBehind) {
    const auto count_of = [this](const char* what) {
        return std::distance(std::filesystem::directory_iterator(fmt::format("/proc/{}/{}", run_->pid(), what)), {});
    };
    write_site({camera("a")});
    start();
    ASSERT_TRUE(gives_results("a"));
    const auto threads = count_of("task");
    const auto files = count_of("fd");
    std::mt19937 random(7);  // the same every time
    const std::array<std::string, 6> keys{
        "", "paused: true", "priority: low", "decode: all", "decode: keys", "decode: lazy"};
    const std::array<std::string, 2> sources{"street.mp4", "other.mp4"};
    for (int i = 0; i < 40; ++i) {
        std::vector<std::string> cameras{camera("a")};
        for (const char* name : {"b", "c", "d"})
            if (random() % 3 != 0)
                cameras.push_back(camera(name, keys[random() % keys.size()], random() % 2 == 0 ? "all" : "other",
                                         sources[random() % sources.size()]));
        write_site(cameras, "", "  - {name: motion, model: motion, every: " + std::to_string(1 + random() % 2) + "}\n");
        if (random() % 4 == 0) {
            kill(run_->pid(), SIGHUP);
        } else {
            EXPECT_EQ(reload().exit_code, kDone);
        }
    }
    write_site({camera("a")});
    EXPECT_EQ(reload().exit_code, kDone);
    EXPECT_TRUE(gives_results("a"));
    expect_undisturbed(camera_now("a"));
    EXPECT_THAT(names(), ElementsAre("a"));
    EXPECT_TRUE(eventually([&] { return count_of("task") == threads && count_of("fd") == files; }, kPatience))
        << count_of("task") << " threads were " << threads << ", " << count_of("fd") << " files were " << files;
    EXPECT_EQ(stop().exit_code, kInterrupted);
}

TEST_F(ReloadTest, ANameServerThatNeverAnswersHoldsUpNeitherAReloadNorTheEnd) {
    if (!std::filesystem::exists(FACET_HANGING_NAMES))
        GTEST_SKIP() << "SKIPPED: " << FACET_HANGING_NAMES << " was not built";
    const std::string hanging = "  - {name: b, source: 'rtsp://hanging.example/main'}\n";
    write_site({camera("a"), hanging});
    setenv("LD_PRELOAD", FACET_HANGING_NAMES, 1);
    start();
    unsetenv("LD_PRELOAD");
    ASSERT_TRUE(gives_results("a"));
    write_site({camera("a"), camera("b")});
    EXPECT_EQ(reload().out, "restarted b; 1 camera unchanged\n");
    EXPECT_TRUE(gives_results("b")) << "another thread receives it";
    write_site({camera("a"), camera("b"), "  - {name: c, source: 'rtsp://hanging.example/main'}\n"});
    EXPECT_EQ(reload().exit_code, kDone);
    EXPECT_TRUE(receives_more("a", 10));
    const auto asked = std::chrono::steady_clock::now();
    const auto ended = stop();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, milliseconds(2000));
    EXPECT_EQ(ended.exit_code, kInterrupted) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("camera 'b': its connection does not end"));
}

}  // namespace
}  // namespace facet::test
