#include "engine/live_writer.h"

#include <algorithm>

#include "base/secrets.h"

namespace facet::engine {

namespace {
/// At the end evidence is waited for no longer than that.
constexpr auto kEvidenceWaitAtEnd = std::chrono::milliseconds(500);
}  // namespace

LiveWriter::LiveWriter(std::span<const std::unique_ptr<sink::Sink>> sinks, std::size_t results_max)
    : sinks_(sinks), results_(results_max) {
    for (auto& result : results_) {
        result.next = free_;
        free_ = &result;
    }
    thread_ = std::thread([this] { work(); });
}

LiveWriter::~LiveWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

LiveResult& LiveWriter::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return free_ != nullptr; });
    LiveResult& result = *free_;
    free_ = result.next;
    result.next = nullptr;
    return result;
}

void LiveWriter::put(LiveResult& result) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        (last_ ? last_->next : first_) = &result;
        last_ = &result;
        ++under_way_;
    }
    changed_.notify_all();
}

void LiveWriter::close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return under_way_ == 0 && events_waiting_ == 0; });
}

void LiveWriter::evidence_settled() {
    { const std::lock_guard lock(mutex_); }  // whoever has looked and not found it waits by now
    changed_.notify_all();
}

Status LiveWriter::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

Status LiveWriter::write(const sink::FrameRecord& record) {
    for (const auto& sink : sinks_) FACET_CHECK(sink->write(record));
    return {};
}

Status LiveWriter::write(const LiveResult& result) {
    const std::string source = without_secrets(result.camera->address);
    return write(sink::FrameRecord{.camera = result.camera->name,
                                   .source = source,
                                   .size = result.size,
                                   .t = result.t,
                                   .sequence = result.sequence,
                                   .detected = result.scene.detected,
                                   .objects = result.scene.objects,
                                   .tracks = result.scene.tracks,
                                   .events = result.scene.events});
}

Status LiveWriter::write(Waiting& waiting) {
    if (!waiting.claim->give_up()) waiting.event.evidence = waiting.claim->evidence();
    const std::string source = without_secrets(waiting.camera->address);
    return write(sink::FrameRecord{.camera = waiting.camera->name,
                                   .source = source,
                                   .size = waiting.size,
                                   .t = waiting.t,
                                   .sequence = waiting.sequence,
                                   .detected = false,
                                   .objects = {},
                                   .tracks = {},
                                   .events = {&waiting.event, 1}});
}

/// Takes the result's events out of it, to be written when their evidence is there.
void LiveWriter::hold_back(LiveResult& result) {
    const TimePoint now = monotonic_now();
    for (Event& event : result.scene.events) {
        Waiting& waiting = waiting_.emplace_back();
        waiting.camera = result.camera;
        waiting.size = result.size;
        waiting.t = result.t;
        waiting.sequence = result.sequence;
        waiting.claim = result.footage->offer(event, result.frame);
        waiting.event = std::move(event);
        waiting.give_up = now + (is_ending_ ? Nanoseconds(kEvidenceWaitAtEnd) : kEvidenceWaitMax);
    }
    result.scene.events.clear();
    result.frame.reset();
    result.footage.reset();
}

bool LiveWriter::can_write_event(TimePoint now) {
    if (waiting_.empty()) return false;
    const Waiting& first = waiting_.front();
    return waiting_.size() > kEventsMax || first.claim->is_settled() || now >= first.give_up;
}

void LiveWriter::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        const auto is_there = [&] { return first_ != nullptr || can_write_event(monotonic_now()); };
        const auto has_to_end = [&] { return !is_ending_ && (stopping_ || closed_); };
        const auto changes = [&] { return is_there() || has_to_end() || (stopping_ && waiting_.empty()); };
        if (waiting_.empty())
            changed_.wait(lock, changes);
        else
            changed_.wait_until(lock, waiting_.front().give_up, changes);
        if (has_to_end()) {
            is_ending_ = true;
            const TimePoint limit = monotonic_now() + kEvidenceWaitAtEnd;
            for (auto& waiting : waiting_) waiting.give_up = std::min(waiting.give_up, limit);
        }
        if (!first_ && waiting_.empty() && stopping_) return;
        LiveResult* result = first_;
        if (result) {
            first_ = result->next;
            if (!first_) last_ = nullptr;
        }
        Status status = status_;
        lock.unlock();
        if (result) {
            if (result->footage) hold_back(*result);
            if (status) status = write(*result);
            if (status && result->written) result->written->observe(seconds(monotonic_now() - result->decided));
            result->camera.reset();
        }
        for (const TimePoint now = monotonic_now(); can_write_event(now); waiting_.pop_front())
            if (status) status = write(waiting_.front());
        lock.lock();
        status_ = status;
        events_waiting_ = waiting_.size();
        if (result) {
            --under_way_;
            result->next = free_;
            free_ = result;
        }
        changed_.notify_all();
    }
}

}  // namespace facet::engine
