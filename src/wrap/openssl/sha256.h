#pragma once
// SHA-256 of files and bytes, as lower-case hexadecimal.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace facet {

/// Running hash. Used by one thread at a time.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::string_view bytes);
    /// The hash of everything so far; nothing may follow.
    std::string finish();

private:
    struct Free {
        void operator()(void* context) const;
    };
    std::unique_ptr<void, Free> context_;
};

std::string sha256_of(std::string_view bytes);
/// Reads the file in pieces. Errors name the path.
Result<std::string> sha256_of_file(const std::filesystem::path& path);
/// 64 digits 0-9a-f.
bool is_sha256(std::string_view text);

}  // namespace facet
