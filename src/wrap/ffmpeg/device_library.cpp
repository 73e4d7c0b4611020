#include "wrap/ffmpeg/device_library.h"

#include <dlfcn.h>

#include <mutex>
#include <string>

extern "C" {
#include <libavdevice/avdevice.h>
}

namespace facet::ffmpeg {

Status load_device_library() {
    static std::mutex mutex;
    static bool loaded = false;
    const std::lock_guard lock(mutex);
    if (loaded) return {};
    const std::string name = "libavdevice.so." + std::to_string(LIBAVDEVICE_VERSION_MAJOR);
    void* library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);  // stays for good: FFmpeg keeps pointers into it
    if (library == nullptr)
        return fail(ErrorCode::unsupported, "{} cannot be loaded, expected Debian's libavdevice{}: {}", name,
                    LIBAVDEVICE_VERSION_MAJOR, dlerror());
    const auto register_all = reinterpret_cast<decltype(&avdevice_register_all)>(dlsym(library, "avdevice_register_all"));
    if (register_all == nullptr) return fail(ErrorCode::unsupported, "{}: {}", name, dlerror());
    register_all();
    loaded = true;
    return {};
}

}  // namespace facet::ffmpeg
