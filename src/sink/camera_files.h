#pragma once
// Where sinks write whose format has no place for the camera's name: one file per camera.

#include <filesystem>
#include <string_view>

namespace facet::sink {

/// "tracks.txt" and "north" -> "tracks.north.txt". Bytes of the camera's name that a file's name cannot or should not have
/// ('/', '%', control characters) are percent-encoded.
std::filesystem::path camera_path(const std::filesystem::path& path, std::string_view camera);

/// Whether the path names a file that can be renamed, present or not: no pipe, no device, not "-".
bool is_plain_file(const std::filesystem::path& path);

}  // namespace facet::sink
