#include "app/reloader.h"

#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>
#include <vector>

#include "base/assert.h"

namespace facet::app {

namespace {

sigset_t hangup() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    return signals;
}

}  // namespace

struct Reloader::State {
    std::function<std::string()> reload;
    std::thread thread;
    std::mutex mutex;  // guards what follows
    std::condition_variable ended;
    std::vector<Respond> waiting;
    bool stopping = false;
    bool has_ended = false;

    /// SIGHUP is also what wakes this thread when it is asked or stopped.
    void work() {
        const sigset_t signals = hangup();
        while (true) {
            int signal = 0;
            sigwait(&signals, &signal);
            std::vector<Respond> asked;
            {
                const std::lock_guard lock(mutex);
                if (stopping) break;
                asked.swap(waiting);
            }
            const std::string answer = reload();
            for (const auto& respond : asked) respond(answer);
        }
        const std::lock_guard lock(mutex);
        has_ended = true;
        ended.notify_all();
    }
};

void Reloader::keep_signal() {
    std::signal(SIGHUP, SIG_DFL);  // one that is ignored (nohup) would never come
    const sigset_t signals = hangup();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Reloader::Reloader(std::function<std::string()> reload) : state_(std::make_shared<State>()) {
    state_->reload = std::move(reload);
    state_->thread = std::thread([state = state_] { state->work(); });
}

Reloader::~Reloader() { FACET_ASSERT(!state_->thread.joinable()); }

void Reloader::ask(Respond respond) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->waiting.size() >= kWaitingMax) return;
    state_->waiting.push_back(std::move(respond));
    pthread_kill(state_->thread.native_handle(), SIGHUP);
}

bool Reloader::stop(std::chrono::milliseconds time_max) {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->waiting.clear();
    if (!state_->has_ended) pthread_kill(state_->thread.native_handle(), SIGHUP);
    const bool is_over = state_->ended.wait_for(lock, time_max, [this] { return state_->has_ended; });
    lock.unlock();
    if (is_over)
        state_->thread.join();
    else
        state_->thread.detach();
    return is_over;
}

}  // namespace facet::app
