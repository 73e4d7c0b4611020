#pragma once
// Download: a model of the catalogue into the store, whole and right or not at all.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "model/manifest.h"
#include "model/repository.h"

namespace facet::model {

struct PullOptions {
    int attempts = 5;         ///< connections; each goes on where the last was cut
    Milliseconds pause{500};  ///< before the second attempt; doubled for each further one
    Milliseconds connect_timeout{10'000};
    Milliseconds stall_timeout{20'000};  ///< a server that sends nothing for so long counts as cut
    std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)> progress;  ///< called often; may be empty
};

struct Pulled {
    std::string path;
    std::string from;                 ///< "store" (was there already), "mirror" or the address
    std::uint64_t bytes_fetched = 0;  ///< of this pull; less than the file where it was resumed
};

/// Brings the model's file into repository.store, from the mirror if it has it, else from the manifest's address (https://,
/// http:// or file://). Bytes gather in FILE.partial, which an interrupted pull leaves behind and the next one goes on with;
/// the final name appears only with the right size and sha256. Errors: not_found (no source has it), corrupt (wrong size or
/// sha256: the partial file is removed), unavailable (network, or another pull of this file is under way), cancelled, and
/// those of the disk.
Result<Pulled> pull(const Manifest& manifest, const Repository& repository, const PullOptions& options,
                    const std::atomic<bool>& interrupted);

}  // namespace facet::model
