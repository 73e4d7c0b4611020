#include "source/file/inputs.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

namespace facet::source::file {

namespace {

constexpr std::string_view kPictureEndings[] = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".webp"};
constexpr std::string_view kVideoEndings[] = {
    ".mp4",  ".m4v", ".mov", ".mkv", ".webm",  ".avi",  ".ts",  ".m2ts", ".mts",  ".mpg", ".mpeg", ".vob",  ".flv",
    ".f4v",  ".wmv", ".asf", ".3gp", ".3g2",   ".ogv",  ".mxf", ".dav",  ".h264", ".264", ".avc",  ".h265", ".265",
    ".hevc", ".ivf", ".obu", ".y4m", ".mjpeg", ".mjpg", ".gif", ".nut",  ".dv",   ".rm",  ".m3u8"};

std::string ending_of(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return ending;
}

bool contains(std::span<const std::string_view> list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool has(std::span<const std::uint8_t> bytes, std::size_t offset, std::string_view text) {
    return bytes.size() >= offset + text.size() &&
           std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

/// The containers that cameras and people use, by their first bytes.
bool is_video(std::span<const std::uint8_t> beginning) {
    return has(beginning, 4, "ftyp") || has(beginning, 4, "moov") ||
           has(beginning, 0, "\x1A\x45\xDF\xA3") ||  // MP4, Matroska
           (has(beginning, 0, "RIFF") && has(beginning, 8, "AVI ")) || has(beginning, 0, "FLV\x01") ||
           has(beginning, 0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11") || has(beginning, 0, "DKIF");  // ASF, IVF
}

std::vector<std::uint8_t> read_beginning(const std::filesystem::path& path) {
    std::array<std::uint8_t, 32> bytes;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    const std::size_t count = file ? std::fread(bytes.data(), 1, bytes.size(), file.get()) : 0;
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

bool is_picture(std::span<const std::uint8_t> beginning) {
    // BMP's two letters alone would fit too many files: its reserved bytes are zero.
    return has(beginning, 0, "\xFF\xD8\xFF") || has(beginning, 0, "\x89PNG\r\n\x1a\n") ||
           (has(beginning, 0, "BM") && has(beginning, 6, std::string_view("\0\0\0\0", 4))) ||
           (has(beginning, 0, "RIFF") && has(beginning, 8, "WEBP"));
}

Result<Inputs> list_inputs(const std::string& folder) {
    std::error_code error;
    std::vector<std::filesystem::path> names;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        names.push_back(entry->path());
    if (error)
        return fail(error == std::errc::permission_denied ? ErrorCode::permission_denied : ErrorCode::not_found,
                    "{}: cannot list, expected a folder: {}", folder, error.message());
    std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });

    Inputs inputs;
    for (const auto& path : names) {
        if (path.filename().native().front() == '.' || !std::filesystem::is_regular_file(path, error)) continue;
        const std::string ending = ending_of(path);
        // A stream of JPEGs begins like a single one; its name tells.
        if (contains(kVideoEndings, ending)) {
            inputs.videos.push_back(path.string());
            continue;
        }
        const auto beginning = read_beginning(path);
        if (contains(kPictureEndings, ending) || is_picture(beginning)) {
            inputs.pictures.push_back(path.string());
        } else if (is_video(beginning)) {
            inputs.videos.push_back(path.string());
        }
    }
    if (inputs.videos.empty() && inputs.pictures.empty())
        return fail(ErrorCode::not_found, "{}: a folder without a video or a picture among {} entries", folder,
                    names.size());
    return inputs;
}

}  // namespace facet::source::file
