#pragma once
// Runs a program and waits for it: exit code, standard output and standard error. For tests of the command line.

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace facet::test {

// What docs/interfaces.md promises of exit codes, written out: a changed enum must fail tests.
inline constexpr int kDone = 0;
inline constexpr int kDoneInPart = 1;
inline constexpr int kWrongUsage = 2;
inline constexpr int kInputUnusable = 3;
inline constexpr int kModelUnusable = 4;
inline constexpr int kOutputUnwritable = 5;
inline constexpr int kInterrupted = 130;

struct ProcessResult {
    int exit_code = -1;  ///< 128 + n where signal n ended it
    std::string out;
    std::string err;
};

/// Under a sanitizer a program takes ten times as long: what depends on speed is not asked of it then.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

/// A folder that is removed with the value.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "facet_test_XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

inline std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

inline void write_text(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// "" where there is none, so that a program which said nothing fails the test and does not crash it.
inline std::string last_line(const std::string& text) {
    const auto lines = lines_of(text);
    return lines.empty() ? "" : lines.back();
}

/// Started by start(); wait() gives its end. Its outputs go to files in a folder of its own.
class Process {
public:
    explicit Process(const std::vector<std::string>& command) {
        pid_ = fork();
        if (pid_ == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves nothing behind
            std::vector<char*> arguments;
            for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
            arguments.push_back(nullptr);
            if (!std::freopen((folder_ / "out").c_str(), "w", stdout) ||
                !std::freopen((folder_ / "err").c_str(), "w", stderr) || !std::freopen("/dev/null", "r", stdin))
                _exit(126);
            execvp(arguments[0], arguments.data());
            _exit(127);
        }
    }
    pid_t pid() const { return pid_; }
    /// What it has written to standard output so far.
    std::string out() const { return read_text(folder_ / "out"); }
    /// The same of standard error.
    std::string err() const { return read_text(folder_ / "err"); }
    ProcessResult wait() {
        int status = 0;
        waitpid(pid_, &status, 0);
        ProcessResult result;
        result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        result.out = read_text(folder_ / "out");
        result.err = read_text(folder_ / "err");
        return result;
    }

private:
    TemporaryFolder folder_;
    pid_t pid_ = -1;
};

/// Waits until `is_so()`, at most for `limit`; tells whether it came. For whole programs, which run on the real clock.
template <class Condition>
bool eventually(Condition is_so, std::chrono::milliseconds limit) {
    constexpr int kPoll_ms = 50;
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() >= until) return false;
        poll(nullptr, 0, kPoll_ms);
    }
    return true;
}
/// Lets real time pass for a program that runs.
inline void let_pass(std::chrono::milliseconds time) {
    eventually([] { return false; }, time);
}

/// Where a `facet run` with `metrics: {listen: '127.0.0.1:0'}` serves its numbers: it says so when it starts. "" if it does
/// not in ten seconds.
inline std::string metrics_url(const Process& process) {
    constexpr std::string_view kBefore = "metrics at ";
    std::string url;
    eventually(
        [&] {
            const std::string text = process.err();
            const auto begin = text.find(kBefore);
            const auto end = text.find('\n', begin);
            if (begin == std::string::npos || end == std::string::npos) return false;
            url = text.substr(begin + kBefore.size(), end - begin - kBefore.size());
            return true;
        },
        std::chrono::seconds(10));
    return url;
}

inline ProcessResult run_process(const std::vector<std::string>& command) { return Process(command).wait(); }

}  // namespace facet::test
