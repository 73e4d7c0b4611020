#pragma once
// What the sub-commands of `facet model` share.

#include <array>
#include <memory>
#include <string>

#include "app/command.h"
#include "backend/backend.h"
#include "model/catalogue.h"
#include "model/repository.h"

namespace facet::app::model_command {

inline constexpr config::OptionRow kMirrorRow{.key = "mirror",
                                              .type = config::OptionType::path,
                                              .help =
                                                  "folder in which files are looked for first, by sha256; also "
                                                  "FACET_MODEL_MIRROR"};
inline constexpr config::OptionRow kCatalogueRow{
    .key = "catalogue", .type = config::OptionType::path, .help = "another catalogue than the one built in"};
inline constexpr config::OptionRow kJsonRow{
    .key = "json", .type = config::OptionType::flag, .help = "print one JSON object as the last line of standard output"};
inline constexpr config::OptionRow kPrecisionRow{.key = "precision",
                                                 .type = config::OptionType::choice,
                                                 .fallback = "auto",
                                                 .choices = "auto|f32|bf16|f16",
                                                 .help = "of the network"};

/// The catalogue and the folders that the common options name.
struct Place {
    model::Catalogue catalogue;
    model::Repository repository;
    std::string catalogue_path;  ///< empty: the one built in
};
Result<Place> read_place(const config::Values& values);

/// The default backend, or unsupported where this build has none.
Result<std::unique_ptr<backend::Backend>> make_backend(Log& log);

/// The exit code of a failed `facet model` command.
ExitCode code_of(const Error& error);

/// Prints a line on standard output; finish() tells whether all of them came out.
bool print(std::string_view text);
/// The code, or kOutputUnwritable with a message where standard output could not be written.
int finish(ExitCode code);

}  // namespace facet::app::model_command
