#pragma once
// Reloader: the thread of a `facet run` that reads its config again, on SIGHUP or when asked.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace facet::app {

/// One reload at a time; those who ask while one runs get the next one, together.
class Reloader {
public:
    static constexpr std::size_t kWaitingMax = 16;
    using Respond = std::function<void(std::string answer)>;

    /// From now on SIGHUP is kept for the reloader. To be called before any thread is started: threads inherit it.
    static void keep_signal();

    /// `reload` does it and returns the answer; it is called on the thread.
    explicit Reloader(std::function<std::string()> reload);
    Reloader(const Reloader&) = delete;
    Reloader& operator=(const Reloader&) = delete;
    /// stop() was called.
    ~Reloader();

    /// From any thread. `respond` is called on the reloader's thread; not at all where kWaitingMax wait already, or when it
    /// has been stopped.
    void ask(Respond respond);

    /// Nothing is begun any more. False where a reload took longer than `time_max`: its thread goes on, so that what it uses
    /// must stay until the process ends, which must not tear it down (std::_Exit).
    bool stop(std::chrono::milliseconds time_max);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace facet::app
