// A V4L2 capture device that is not there: preloaded into a program (LD_PRELOAD), it answers open() and ioctl() of one path
// as the kernel's driver of a camera would (Documentation/userspace-api/media/v4l). It shows that the program speaks V4L2 as
// written down; how real drivers behave it cannot show.
//
//   FAKE_VIDEO_DEVICE  the path, which must not exist
//   FAKE_VIDEO_JPEG    a JPEG file for pixel format MJPG, offered only with it
//   FAKE_VIDEO_MODE    busy: another program streams | silent: no frame ever comes | unplug: gone after 30 frames, and back
//                      when opened again
//
// It gives YUYV or MJPG at 320x240 and 640x480 (other sizes become the nearest, as drivers do), 30 frames a second: a bright
// bar that moves over a dark picture.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kBufferBytes = 640 * 480 * 2;
constexpr unsigned kBuffersMax = 32;
constexpr std::int64_t kInterval_ns = 33'333'333;
constexpr std::int64_t kUnplugAfter = 30;

struct Device {
    int fd = -1;
    unsigned width = 640;
    unsigned height = 480;
    unsigned format = V4L2_PIX_FMT_YUYV;
    unsigned buffers = 0;
    std::vector<unsigned> queued;  // first in, first out
    std::int64_t frames = 0;
    std::int64_t began_ns = 0;
    std::vector<char> jpeg;
};
Device device;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}
bool is_mode(const char* mode) { return environment("FAKE_VIDEO_MODE") == mode; }

std::int64_t now_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

int refuse(int code) {
    errno = code;
    return -1;
}

bool has_format(unsigned format) {
    return format == V4L2_PIX_FMT_YUYV || (format == V4L2_PIX_FMT_MJPEG && !device.jpeg.empty());
}

std::size_t draw(std::uint8_t* pixels) {
    if (device.format == V4L2_PIX_FMT_MJPEG) {
        const std::size_t bytes = std::min(device.jpeg.size(), kBufferBytes);
        std::memcpy(pixels, device.jpeg.data(), bytes);
        return bytes;
    }
    const auto bar = static_cast<unsigned>(device.frames * 8) % device.width;
    for (unsigned y = 0; y < device.height; ++y)
        for (unsigned x = 0; x < device.width; ++x) {
            *pixels++ = x - bar < 40 ? 220 : 40;
            *pixels++ = 128;
        }
    return std::size_t{device.width} * device.height * 2;
}

void describe(v4l2_format& format) {
    format.fmt.pix.width = device.width;
    format.fmt.pix.height = device.height;
    format.fmt.pix.pixelformat = device.format;
    format.fmt.pix.field = V4L2_FIELD_NONE;
    format.fmt.pix.bytesperline = device.width * 2;
    format.fmt.pix.sizeimage = device.width * device.height * 2;
}

int set_format(v4l2_format& format) {
    if (is_mode("busy")) return refuse(EBUSY);
    if (has_format(format.fmt.pix.pixelformat)) device.format = format.fmt.pix.pixelformat;
    const bool is_small = format.fmt.pix.width > 0 && format.fmt.pix.width < 480;
    device.width = is_small ? 320 : 640;
    device.height = is_small ? 240 : 480;
    describe(format);
    return 0;
}

int take_buffer(v4l2_buffer& buffer) {
    if (is_mode("unplug") && device.frames >= kUnplugAfter) return refuse(ENODEV);
    const bool is_due = !is_mode("silent") && now_ns() >= device.began_ns + device.frames * kInterval_ns;
    if (!is_due || device.queued.empty()) return refuse(EAGAIN);
    buffer.index = device.queued.front();
    device.queued.erase(device.queued.begin());
    void* memory = mmap(nullptr, kBufferBytes, PROT_READ | PROT_WRITE, MAP_SHARED, device.fd,
                        static_cast<off_t>(buffer.index * kBufferBytes));
    if (memory == MAP_FAILED) return -1;
    buffer.bytesused = static_cast<unsigned>(draw(static_cast<std::uint8_t*>(memory)));
    munmap(memory, kBufferBytes);
    const std::int64_t taken = device.began_ns + device.frames * kInterval_ns;
    buffer.timestamp = {static_cast<time_t>(taken / 1'000'000'000), static_cast<suseconds_t>(taken % 1'000'000'000 / 1000)};
    buffer.flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | V4L2_BUF_FLAG_DONE;
    buffer.sequence = static_cast<unsigned>(device.frames);
    buffer.field = V4L2_FIELD_NONE;
    ++device.frames;
    return 0;
}

int answer(unsigned long request, void* argument) {
    switch (request) {
        case VIDIOC_QUERYCAP: {
            auto& capability = *static_cast<v4l2_capability*>(argument);
            capability = {};
            std::snprintf(reinterpret_cast<char*>(capability.driver), sizeof capability.driver, "fake");
            std::snprintf(reinterpret_cast<char*>(capability.card), sizeof capability.card, "Fake camera");
            capability.capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
            return 0;
        }
        case VIDIOC_ENUM_FMT: {
            auto& format = *static_cast<v4l2_fmtdesc*>(argument);
            if (format.index > (device.jpeg.empty() ? 0U : 1U)) return refuse(EINVAL);
            format.pixelformat = format.index == 0 ? V4L2_PIX_FMT_YUYV : V4L2_PIX_FMT_MJPEG;
            return 0;
        }
        case VIDIOC_G_FMT: describe(*static_cast<v4l2_format*>(argument)); return 0;
        case VIDIOC_S_FMT: return set_format(*static_cast<v4l2_format*>(argument));
        case VIDIOC_G_PARM:
        case VIDIOC_S_PARM: {
            auto& parameters = *static_cast<v4l2_streamparm*>(argument);
            parameters.parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
            parameters.parm.capture.timeperframe = {1, 30};
            return 0;
        }
        case VIDIOC_ENUMINPUT: {
            auto& input = *static_cast<v4l2_input*>(argument);
            if (input.index > 0) return refuse(EINVAL);
            input = {};
            input.type = V4L2_INPUT_TYPE_CAMERA;
            return 0;
        }
        case VIDIOC_S_INPUT: return *static_cast<int*>(argument) == 0 ? 0 : refuse(EINVAL);
        case VIDIOC_G_INPUT: *static_cast<int*>(argument) = 0; return 0;
        case VIDIOC_REQBUFS: {
            if (is_mode("busy")) return refuse(EBUSY);
            auto& wanted = *static_cast<v4l2_requestbuffers*>(argument);
            wanted.count = device.buffers = std::min(wanted.count, kBuffersMax);
            return 0;
        }
        case VIDIOC_QUERYBUF: {
            auto& buffer = *static_cast<v4l2_buffer*>(argument);
            if (buffer.index >= device.buffers) return refuse(EINVAL);
            buffer.length = kBufferBytes;
            buffer.m.offset = static_cast<unsigned>(buffer.index * kBufferBytes);
            return 0;
        }
        case VIDIOC_QBUF: device.queued.push_back(static_cast<v4l2_buffer*>(argument)->index); return 0;
        case VIDIOC_DQBUF: return take_buffer(*static_cast<v4l2_buffer*>(argument));
        case VIDIOC_STREAMON: device.began_ns = now_ns(); return 0;
        case VIDIOC_STREAMOFF: device.queued.clear(); return 0;
        default: return refuse(ENOTTY);  // standards, cropping: this device has none
    }
}

int open_device() {
    device = {};
    device.fd = memfd_create("fake_video_device", MFD_CLOEXEC);
    if (device.fd < 0 || ftruncate(device.fd, static_cast<off_t>(kBuffersMax * kBufferBytes)) != 0) return -1;
    if (std::FILE* file = std::fopen(environment("FAKE_VIDEO_JPEG").c_str(), "rb")) {
        device.jpeg.resize(kBufferBytes);
        device.jpeg.resize(std::fread(device.jpeg.data(), 1, device.jpeg.size(), file));
        std::fclose(file);
    }
    return device.fd;
}

int open_file(const char* symbol, const char* path, int flags, mode_t mode) {
    if (path != nullptr && environment("FAKE_VIDEO_DEVICE") == path) return open_device();
    const auto next = reinterpret_cast<int (*)(const char*, int, ...)>(dlsym(RTLD_NEXT, symbol));
    return next(path, flags, mode);
}

mode_t mode_of(int flags, std::va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_file("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_file("open64", path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...) noexcept {
    std::va_list arguments;
    va_start(arguments, request);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    if (fd >= 0 && fd == device.fd) return answer(request, argument);
    const auto next = reinterpret_cast<int (*)(int, unsigned long, ...)>(dlsym(RTLD_NEXT, "ioctl"));
    return next(fd, request, argument);
}

}  // extern "C"
