#include "engine/live_writer.h"

#include "base/secrets.h"

namespace facet::engine {

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
    changed_.wait(lock, [this] { return under_way_ == 0; });
}

Status LiveWriter::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

void LiveWriter::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return first_ != nullptr || stopping_; });
        if (!first_) return;
        LiveResult& result = *first_;
        first_ = result.next;
        if (!first_) last_ = nullptr;
        Status status = status_;
        lock.unlock();
        const std::string source = without_secrets(result.camera->address);
        const sink::FrameRecord record{.camera = result.camera->name,
                                       .source = source,
                                       .size = result.size,
                                       .t = result.t,
                                       .sequence = result.sequence,
                                       .detected = result.scene.detected,
                                       .objects = result.scene.objects,
                                       .tracks = result.scene.tracks,
                                       .events = result.scene.events};
        for (const auto& sink : sinks_)
            if (status) status = sink->write(record);
        result.camera.reset();
        lock.lock();
        status_ = status;
        --under_way_;
        result.next = free_;
        free_ = &result;
        changed_.notify_all();
    }
}

}  // namespace facet::engine
