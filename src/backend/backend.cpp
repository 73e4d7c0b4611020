#include "backend/backend.h"

#include <condition_variable>
#include <mutex>

namespace facet::backend {

std::string_view name(Precision precision) {
    switch (precision) {
        case Precision::automatic: return "auto";
        case Precision::f32: return "f32";
        case Precision::bf16: return "bf16";
        case Precision::f16: return "f16";
    }
    return "unknown";
}

Result<Precision> parse_precision(std::string_view text) {
    for (const Precision precision : {Precision::automatic, Precision::f32, Precision::bf16, Precision::f16})
        if (text == name(precision)) return precision;
    return fail(ErrorCode::invalid_argument, "precision '{}', expected auto, f32, bf16 or f16", text);
}

Result<Outputs> run(Session& session, std::span<const TensorView> inputs) {
    std::mutex mutex;
    std::condition_variable finished;
    std::optional<Result<Outputs>> result;
    session.start(inputs, [&](Result<Outputs> outputs) {
        // Notified under the lock: the waiting frame may be gone as soon as the lock is free.
        const std::lock_guard lock(mutex);
        result = std::move(outputs);
        finished.notify_one();
    });
    std::unique_lock lock(mutex);
    finished.wait(lock, [&] { return result.has_value(); });
    return std::move(*result);
}

}  // namespace facet::backend
