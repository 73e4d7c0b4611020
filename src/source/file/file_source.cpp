#include "source/file/file_source.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "source/file/inputs.h"
#include "source/file/picture_folder.h"
#include "source/file/video_file.h"

namespace facet::source::file {

namespace {

using config::OptionType;

constexpr config::OptionRow kOptions[] = {
    {.key = "stream",
     .type = OptionType::integer,
     .minimum = 0,
     .maximum = 9999,
     .help = "index of the video stream in the file; without it FFmpeg's best one"},
    {.key = "threads",
     .type = OptionType::integer,
     .fallback = "1",
     .minimum = 1,
     .maximum = 16,
     .help = "threads of the decoder; more than one only where nothing else runs on the cores"},
};

constexpr std::string_view kFilePrefix = "file://";

struct Address {
    std::string path;
    config::Node query;
};

bool exists(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::status(path, ignored));
}

Address parse_address(std::string_view text) {
    Address address;
    if (text.starts_with(kFilePrefix)) text.remove_prefix(kFilePrefix.size());
    address.path = text;
    address.query.kind = config::Node::Kind::map;
    const auto mark = text.rfind('?');
    if (mark == std::string_view::npos || exists(address.path)) return address;
    address.path = text.substr(0, mark);
    for (const std::string_view pair : split(text.substr(mark + 1), '&')) {
        const auto equals = std::min(pair.find('='), pair.size());
        config::Node value;
        value.kind = config::Node::Kind::scalar;
        value.scalar = pair.substr(std::min(equals + 1, pair.size()));
        address.query.members.emplace_back(pair.substr(0, equals), std::move(value));
    }
    return address;
}

/// "rtsp:", "synthetic:"; a single letter would be a drive.
bool has_scheme(std::string_view address) {
    const auto colon = address.find(':');
    if (colon == std::string_view::npos || colon < 2) return false;
    return std::all_of(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
               c == '.';
    });
}

bool takes(std::string_view address) {
    return address.starts_with(kFilePrefix) || !has_scheme(address) || exists(parse_address(address).path);
}

bool begins_like_picture(const std::string& path) {
    std::array<std::uint8_t, 32> bytes;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    const std::size_t count = file ? std::fread(bytes.data(), 1, bytes.size(), file.get()) : 0;
    // Motion JPEG begins like a JPEG; its name tells.
    return is_picture({bytes.data(), count}) && !path.ends_with(".mjpeg") && !path.ends_with(".mjpg");
}

Result<std::unique_ptr<Source>> open(std::string_view text) {
    const Address address = parse_address(text);
    const std::string& path = address.path;
    FACET_TRY(const auto values, config::Values::read(kOptions, address.query, fmt::format("source '{}'", path)));
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        return fail(error == std::errc::permission_denied ? ErrorCode::permission_denied : ErrorCode::not_found,
                    "{}: no such file or folder, expected a video, a picture or a folder of pictures",
                    path.empty() ? "''" : path);
    if (std::filesystem::is_directory(status)) {
        FACET_TRY(auto inputs, list_inputs(path));
        if (inputs.pictures.empty())
            return fail(ErrorCode::invalid_argument,
                        "{}: a folder of {} videos and no picture, expected each video as a camera of its own", path,
                        inputs.videos.size());
        return std::unique_ptr<Source>(std::make_unique<PictureFolder>(path, std::move(inputs.pictures)));
    }
    // Pipes and devices cannot be read twice, so only files are looked into.
    if (std::filesystem::is_regular_file(status)) {
        if (std::filesystem::file_size(path, error) == 0)
            return fail(ErrorCode::corrupt, "{}: an empty file (0 bytes), expected a video or a picture", path);
        if (begins_like_picture(path))
            return std::unique_ptr<Source>(std::make_unique<PictureFolder>(path, std::vector<std::string>{path}));
    }
    VideoFileOptions options;
    if (values.has("stream")) options.stream = static_cast<int>(values.integer("stream"));
    options.threads = static_cast<int>(values.integer("threads"));
    return VideoFile::open(path, options);
}

}  // namespace

const SourceInfo kFileSource = {
    .name = "file",
    .summary = "videos (whatever FFmpeg reads), still pictures and folders of pictures",
    .options = kOptions,
    .takes = &takes,
    .open = &open,
};

}  // namespace facet::source::file
