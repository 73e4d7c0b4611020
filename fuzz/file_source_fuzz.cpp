// libFuzzer target: any bytes as a video in memory, demuxed, decoded and converted. Looks for crashes, undefined behaviour,
// times that step back and streams that do not end.
//
//   cmake -B build-fuzz -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=Sanitize -DFACET_FUZZ=ON
//         -DFACET_SANITIZE=address,undefined
//   ninja -C build-fuzz fuzz_file_source
//   build-fuzz/fuzz/fuzz_file_source -max_len=65536 -rss_limit_mb=2048 -timeout=25 -max_total_time=300 [CORPUS_FOLDER]
//
// It needs no corpus; small clips in CORPUS_FOLDER let it reach the decoders sooner. FFmpeg itself is Debian's and is not
// instrumented, so coverage guides it in our code and in what our code sees of FFmpeg's answers.

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.h"
#include "source/file/exif.h"
#include "source/file/jpeg.h"
#include "source/file/video_file.h"

namespace {

using namespace facet;

/// Enough to pass reordering and changes of format; more only costs time.
constexpr int kFramesMax = 64;

void decode_video(std::span<const std::uint8_t> bytes) {
    auto source = source::file::VideoFile::open(bytes, "fuzz", {});
    if (!source) {
        FACET_ASSERT(!source.error().message.empty());
        return;
    }
    Nanoseconds last{};
    for (int i = 0; i < kFramesMax; ++i) {
        const auto frame = (*source)->next();
        if (!frame || !*frame) break;
        const Picture& picture = (*frame)->picture;
        FACET_ASSERT((*frame)->t >= last && (*frame)->sequence == i);
        last = (*frame)->t;
        // The first and the last sample of every plane must be there (the sanitizer looks).
        volatile std::uint8_t seen = 0;
        for (int plane = 0; plane < plane_count(picture.format); ++plane) {
            const auto index = static_cast<std::size_t>(plane);
            const Size size = plane_size(picture.format, picture.size, plane);
            seen = picture.data[index][0];
            seen = picture.data[index][(size.height - 1) * picture.stride[index] + size.width - 1];
        }
        (void)seen;
    }
    for (const auto& damage : (*source)->damage()) FACET_ASSERT(damage.count > 0 && !damage.message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::uint8_t> bytes(data, size);
    const auto orientation = source::file::exif_orientation(bytes);
    ffmpeg::BufferPool pool;
    if (size > 2 && data[0] == 0xFF && data[1] == 0xD8) {
        // Pictures of all sizes are allowed; the fuzzer's memory is not.
        const auto header = source::file::read_jpeg_size(bytes);
        if (header && std::int64_t{header->width} * header->height < (1 << 20)) {
            const auto jpeg = source::file::decode_jpeg(bytes, pool);
            ffmpeg::BufferPool turned;
            if (jpeg) (void)ffmpeg::turn(jpeg->image, orientation, turned);
        }
    }
    decode_video(bytes);
    return 0;
}
