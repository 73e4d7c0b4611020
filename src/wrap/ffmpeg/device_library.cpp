#include "wrap/ffmpeg/device_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <mutex>
#include <string>

extern "C" {
#include <libavformat/avformat.h>
}

namespace facet::ffmpeg {

Status load_device_library() {
    static std::mutex mutex;
    static bool loaded = false;
    const std::lock_guard lock(mutex);
    if (loaded) return {};
    constexpr int kVersion = LIBAVFORMAT_VERSION_MAJOR;  // FFmpeg raises both at once, since 5.0
    const std::string name = fmt::format("libavdevice.so.{}", kVersion);
    void* library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);  // stays for good: FFmpeg keeps pointers into it
    if (library == nullptr)
        return fail(ErrorCode::unsupported, "{} cannot be loaded, expected Debian's libavdevice{}: {}", name, kVersion,
                    dlerror());
    const auto register_all = reinterpret_cast<void (*)()>(dlsym(library, "avdevice_register_all"));
    if (register_all == nullptr) return fail(ErrorCode::unsupported, "{}: {}", name, dlerror());
    register_all();
    loaded = true;
    return {};
}

}  // namespace facet::ffmpeg
