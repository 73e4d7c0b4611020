#include "sink/camera_files.h"

#include <fmt/format.h>

#include <string>

namespace facet::sink {

std::filesystem::path camera_path(const std::filesystem::path& path, std::string_view camera) {
    std::string name = path.stem().string() + '.';
    for (const char c : camera) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F || c == '/' || c == '%') {
            name += fmt::format("%{:02X}", byte);
        } else {
            name += c;
        }
    }
    return path.parent_path() / (name + path.extension().string());
}

bool is_plain_file(const std::filesystem::path& path) {
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    return path != "-" && (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status));
}

}  // namespace facet::sink
