#pragma once
// Pictures with truth, and a model run over them on all cores: what all `facet eval` commands but `track` share.

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/eval_report.h"
#include "backend/backend.h"
#include "expert/runner.h"
#include "media/picture.h"

namespace facet::app::eval {

// ---- options

/// Rows of every sub-command that runs a model over pictures.
inline constexpr std::array kCommonRows{
    config::OptionRow{.key = "model", .required = true, .help = "a catalogue name or a model file"},
    config::OptionRow{
        .key = "images", .type = config::OptionType::path, .required = true, .help = "a folder of pictures, or one picture"},
    config::OptionRow{.key = "truth",
                      .type = config::OptionType::path,
                      .required = true,
                      .help = "what truly is in the pictures (docs/how-to/measure-quality.md)"},
    config::OptionRow{.key = "precision",
                      .type = config::OptionType::choice,
                      .fallback = "auto",
                      .choices = "auto|f32|bf16|f16",
                      .help = "of the network"},
    config::OptionRow{.key = "threads",
                      .type = config::OptionType::integer,
                      .minimum = 1,
                      .maximum = 256,
                      .help = "workers; one each for the cores of this machine where not given"},
    config::OptionRow{.key = "mirror",
                      .type = config::OptionType::path,
                      .help = "folder in which models of the catalogue are looked for first"},
    config::OptionRow{
        .key = "json", .type = config::OptionType::flag, .help = "print the figures as the last line of standard output"},
};

/// The common rows with a command's own behind them.
template <std::size_t N>
constexpr auto with_common(const std::array<config::OptionRow, N>& own) {
    std::array<config::OptionRow, kCommonRows.size() + N> rows{};
    std::copy(kCommonRows.begin(), kCommonRows.end(), rows.begin());
    std::copy(own.begin(), own.end(), rows.begin() + kCommonRows.size());
    return rows;
}

// ---- pictures and their truth

/// How a name in the truth stands for a picture: by the whole file name, or without the ending ("a.txt" for "a.jpg").
enum class JoinBy { name, stem };
/// Whether truth without a picture is worth a message; not where the truth is a list of facts about all sorts of pictures.
enum class TruthAlone { message, fine };

/// Pictures that have truth, in name order, and what was left out.
struct Joined {
    std::vector<std::string> paths;
    std::vector<std::size_t> truth;  ///< of each picture: its index among the names of the truth
    std::vector<std::string> messages;
    std::map<std::string, long long> skipped;  ///< by reason

    /// Leaves out the pictures of which `keep(truth index)` says so, without a message.
    void keep_where(const std::function<bool(std::size_t)>& keep);
};

/// `images` is a folder or one picture; `truth` is where `names` come from, for messages. An Error where nothing belongs
/// together.
Result<Joined> join(const std::string& images, const std::string& truth, std::span<const std::string> names, JoinBy by,
                    TruthAlone alone = TruthAlone::message);

/// The frame of a still picture.
Result<FramePtr> read_picture(const std::string& path);
/// A whole text of at most 64 MiB.
Result<std::string> read_text(const std::string& path);

/// Whether two class names mean the same: equal without case, one of the user's pairs "TRUTH=MODEL", or a known synonym (a
/// "bike" is a bicycle or a motorcycle).
bool same_class(std::string_view truth_name, std::string_view model_name, std::span<const std::string> pairs);

// ---- models

/// The backend, and the options with which models are found and run.
class Models {
public:
    /// From the common options.
    static Result<Models> create(const config::Values& values, Context& context);

    Result<std::shared_ptr<const expert::LoadedExpert>> load(const std::string& model,
                                                             const expert::ExpertOptions& options) const;
    /// A Runner at the model's declared input shape, for pictures and crops of all sizes.
    Result<std::unique_ptr<expert::Runner>> start(const std::shared_ptr<const expert::LoadedExpert>& loaded) const;
    std::size_t threads() const { return threads_; }

private:
    std::unique_ptr<backend::Backend> backend_;
    model::Repository repository_;
    backend::SessionOptions session_;
    std::size_t threads_ = 1;
    Log* log_ = nullptr;
};

// ---- running

/// What is done with one picture; `index` is its place in the list. Called by one thread, for several pictures.
using Work = std::function<Status(const Picture& picture, std::size_t index)>;

struct RunSummary {
    std::vector<char> done;  ///< of each picture: it was read and worked on
    std::size_t done_count = 0;
    std::vector<std::string> messages;
    std::map<std::string, long long> errors;  ///< by cause
    bool interrupted = false;
    double wall_s = 0;
};

/// Runs over all pictures on `threads` workers, each with a Work of its own from `make_work` (called on this thread). What
/// is written by index does not depend on the number of workers. A picture that cannot be read is counted and left out. An
/// Error is the model's: its Work could not be made, or failed.
Result<RunSummary> run_pictures(const std::vector<std::string>& paths, std::size_t threads,
                                const std::function<Result<Work>()>& make_work, const Context& context);

/// Prints the messages, adds what every report ends with (pictures, time, skipped, errors) and prints it.
int finish(Report& report, const Joined& joined, const RunSummary& run, const std::string& variant, bool json);

}  // namespace facet::app::eval
