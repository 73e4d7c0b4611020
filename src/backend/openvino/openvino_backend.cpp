#include "backend/openvino/openvino_backend.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "backend/onnx_facts.h"
#include "backend/openvino/compile.h"
#include "backend/openvino/element_type.h"
#include "backend/openvino/extensions.h"
#include "backend/openvino/machine.h"
#include "backend/openvino/precision.h"
#include "backend/openvino/rules.h"
#include "backend/openvino/session.h"
#include "base/file.h"
#include "wrap/onnx/check.h"
#include "wrap/onnx/reader.h"
#include "wrap/openssl/sha256.h"

namespace facet::backend {

namespace {

// Protobuf's own limit.
constexpr std::size_t kFileBytesMax = (std::size_t{2} << 30) - 1;
// Counts up when the same ONNX bytes would be compiled to something else (new rewritings, other properties).
constexpr int kCompileVersion = 4;

// Automatic precisions that one process remembers.
constexpr std::size_t kChoicesMax = 1024;

class OpenvinoBackend final : public Backend {
public:
    explicit OpenvinoBackend(Log& log)
        : log_(log), processor_(this_processor()), version_(ov::get_openvino_version().buildNumber) {
        add_extensions(core_);
    }

    Result<ModelFacts> inspect(const ModelFile& file) override {
        FACET_TRY(const std::string bytes, read_file(file.path, kFileBytesMax));
        auto facts = [&]() -> Result<ModelFacts> {
            FACET_TRY(const onnx::Model model, checked_model(bytes, file));
            return facts_of(model, bytes.size());
        }();
        if (!facts) return fail(facts.error().within(file.path));
        return facts;
    }

    Result<std::unique_ptr<Session>> load(const ModelFile& file, const SessionOptions& options) override {
        if (options.threads < 1)
            return fail(ErrorCode::invalid_argument, "{} threads for inference, expected 1 or more", options.threads);
        FACET_TRY(const std::string bytes, read_file(file.path, kFileBytesMax));
        auto session = load(file, bytes, options);
        if (!session) return fail(session.error().within(file.path));
        return session;
    }

    std::string describe() const override {
        return fmt::format("OpenVINO {} on {}: {}", version_, processor_.model, natives());
    }

private:
    /// One compiled model that loads may share.
    struct Shared {
        std::mutex making;                       // makes concurrent loads of one model wait for the first
        std::weak_ptr<const Compiled> compiled;  // guarded by mutex_
    };

    static std::filesystem::path folder_of(const ModelFile& file) {
        const auto folder = std::filesystem::path(file.path).parent_path();
        return folder.empty() ? "." : folder;
    }

    /// The file's model, if it is one that runs here and runs right.
    static Result<onnx::Model> checked_model(std::string_view bytes, const ModelFile& file) {
        if (bytes.starts_with("<"))
            return fail(ErrorCode::unsupported, "offset 0: looks like OpenVINO IR (XML), expected ONNX");
        if (bytes.substr(0, 8).ends_with("TFL3"))
            return fail(ErrorCode::unsupported, "offset 0: looks like TensorFlow Lite, expected ONNX");
        FACET_TRY(onnx::Model model, onnx::read_model(bytes, folder_of(file)));
        FACET_CHECK(onnx::check_graph(model));
        FACET_CHECK(check_rules(model));
        return model;
    }

    std::string key(std::string_view bytes, const SessionOptions& options, Precision precision) const {
        std::string text = fmt::format("{} {} {} {} {} {}", kCompileVersion, sha256_of(bytes), processor_.identity, version_,
                                       options.threads, name(precision));
        for (const Shape& shape : options.input_shapes) text += to_string(shape);
        return sha256_of(text);
    }

    Result<std::unique_ptr<Session>> load(const ModelFile& file, const std::string& bytes, const SessionOptions& options) {
        Precision precision = options.precision;
        if (precision == Precision::automatic) {
            FACET_TRY(precision, automatic(file, bytes, options));
        }
        FACET_TRY(auto compiled, this->compiled(file, bytes, options, precision));
        return make_session(std::move(compiled));
    }

    /// The automatic precision: as kept, or by measuring, once per model, options and machine.
    Result<Precision> automatic(const ModelFile& file, const std::string& bytes, const SessionOptions& options) {
        if (processor_.precisions.size() == 1) return processor_.precisions.front();
        const std::string key = this->key(bytes, options, Precision::automatic);
        const std::lock_guard lock(choice_mutex_);
        if (const auto known = choices_.find(key); known != choices_.end()) return known->second;
        const BlobCache cache(options.cache_folder, log_);
        if (const auto kept = cache.find(key)) {
            const auto precision = parse_precision(kept->description);
            if (precision && *precision != Precision::automatic) return remember(key, *precision);
            cache.drop(key);
        }
        std::vector<Measured> measured;
        for (const Precision candidate : processor_.precisions) {
            FACET_TRY(auto compiled, this->compiled(file, bytes, options, candidate));
            FACET_TRY(const auto session, make_session(std::move(compiled)));
            FACET_TRY(const Nanoseconds cost, measure(*session, options.threads));
            measured.push_back({candidate, cost});
            log_.debug("precision measured model={} precision={} ms={:.2f}", file.path, name(candidate),
                       seconds(cost) * 1e3);
        }
        const Precision chosen = choose(measured);
        log_.info("precision chosen model={} precision={}", file.path, name(chosen));
        cache.keep(key, name(chosen), "");
        return remember(key, chosen);
    }

    Precision remember(const std::string& key, Precision precision) {
        if (choices_.size() >= kChoicesMax) choices_.clear();
        return choices_[key] = precision;
    }

    /// Refuses what the processor would only emulate.
    Status check_native(Precision precision) const {
        const auto& native = processor_.precisions;
        if (std::find(native.begin(), native.end(), precision) != native.end()) return {};
        return fail(ErrorCode::unsupported, "precision {} is not native to this processor, which has {}", name(precision),
                    natives());
    }

    std::string natives() const {
        std::string text;
        for (const Precision precision : processor_.precisions)
            text += fmt::format("{}{}", text.empty() ? "" : ", ", name(precision));
        return text;
    }

    std::shared_ptr<Shared> shared(const std::string& key) {
        const std::lock_guard lock(mutex_);
        // Forgets models that no session uses and no load is waiting for.
        std::erase_if(shared_,
                      [](const auto& entry) { return entry.second.use_count() == 1 && entry.second->compiled.expired(); });
        auto& entry = shared_[key];
        if (!entry) entry = std::make_shared<Shared>();
        return entry;
    }

    Result<std::shared_ptr<const Compiled>> compiled(const ModelFile& file, const std::string& bytes,
                                                     const SessionOptions& options, Precision precision) {
        FACET_CHECK(check_native(precision));
        const std::string key = this->key(bytes, options, precision);
        const auto entry = shared(key);
        const std::lock_guard making(entry->making);
        if (auto known = known_model(*entry)) return known;
        const BlobCache cache(options.cache_folder, log_);
        if (auto blob = cache.find(key)) {
            auto imported = import_compiled(core_, std::move(*blob));
            if (imported) {
                remember(*entry, *imported);
                return std::move(*imported);
            }
            log_.warning("compiled model in the cache is of no use and will be made again: {}", imported.error().message);
            cache.drop(key);
        }
        FACET_TRY(onnx::Model model, checked_model(bytes, file));
        const bool external_data = model.external_data;
        FACET_TRY(auto made, compile(core_, std::move(model), options, precision, cache, key));
        if (!external_data) remember(*entry, made);
        return made;
    }

    std::shared_ptr<const Compiled> known_model(const Shared& entry) {
        const std::lock_guard lock(mutex_);
        return entry.compiled.lock();
    }

    void remember(Shared& entry, const std::shared_ptr<const Compiled>& compiled) {
        const std::lock_guard lock(mutex_);
        entry.compiled = compiled;
    }

    Log& log_;
    Processor processor_;
    std::string version_;
    ov::Core core_;
    std::mutex choice_mutex_;  // held while measuring: two measurements at once would disturb each other
    std::map<std::string, Precision> choices_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Shared>> shared_;
};

Result<std::unique_ptr<Backend>> create(Log& log) {
    try {
        return std::make_unique<OpenvinoBackend>(log);
    } catch (const std::exception& exception) {
        return fail(ErrorCode::unavailable, "OpenVINO does not start: {}", reason(exception));
    }
}

}  // namespace

const BackendInfo kOpenvinoBackend{"openvino", "ONNX models on the CPU with OpenVINO", &create};

}  // namespace facet::backend
