#include "sink/jsonl/jsonl.h"

#include <utility>

#include "base/clock.h"
#include "base/file.h"
#include "sink/dialect/dl_streamer.h"
#include "sink/dialect/event_json.h"

namespace facet::sink {

namespace {

class EventsSink : public Sink {
public:
    explicit EventsSink(OutputFile file) : file_(std::move(file)) {}

    Status write(const FrameRecord& record) override {
        if (record.events.empty()) return {};
        for (const Event& event : record.events) FACET_CHECK(file_.write(dialect::event_json(event) + '\n'));
        return file_.flush();
    }
    Status finish() override { return file_.commit(); }

private:
    OutputFile file_;
};

class DetectionsSink : public Sink {
public:
    explicit DetectionsSink(OutputFile file) : file_(std::move(file)), flushed_(monotonic_now()) {}

    Status write(const FrameRecord& record) override {
        if (!record.detected) return {};
        FACET_CHECK(file_.write(dialect::dl_streamer_json(record) + '\n'));
        // One system call per frame would cost more than the line; who follows the file waits a second at most.
        const TimePoint now = monotonic_now();
        if (now - flushed_ < std::chrono::seconds(1)) return {};
        flushed_ = now;
        return file_.flush();
    }
    Status finish() override { return file_.commit(); }

private:
    OutputFile file_;
    TimePoint flushed_;
};

template <class Kind>
Result<std::unique_ptr<Sink>> create(const std::string& path) {
    FACET_TRY(auto file, OutputFile::create(path));
    return std::unique_ptr<Sink>(std::make_unique<Kind>(std::move(file)));
}

template <class Kind>
Result<std::unique_ptr<Sink>> append(const std::string& path) {
    FACET_TRY(auto file, OutputFile::append(path));
    return std::unique_ptr<Sink>(std::make_unique<Kind>(std::move(file)));
}

}  // namespace

const SinkInfo kEventsSink = {
    .name = "events",
    .summary = "events as JSON lines",
    .create = &create<EventsSink>,
    .append = &append<EventsSink>,
};

const SinkInfo kDetectionsSink = {
    .name = "detections",
    .summary = "detections as JSON lines, one per frame, in DL Streamer's schema",
    .create = &create<DetectionsSink>,
    .append = &append<DetectionsSink>,
};

}  // namespace facet::sink
