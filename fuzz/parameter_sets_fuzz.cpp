// libFuzzer target: any bytes as NAL units, parameter sets and containers' boxes of both codecs. Looks for reads beyond the
// bytes and for rewritten sets that are not read as they were meant. Build it as file_source_fuzz.cpp says, then
//
//   build-fuzz/fuzz/fuzz_parameter_sets -max_len=4096 -timeout=5 -max_total_time=300 [CORPUS_FOLDER]

#include "wrap/ffmpeg/parameter_sets.h"

#include <cstddef>
#include <cstdint>

#include "base/assert.h"

namespace {

using namespace facet::ffmpeg;

void read_unit(NalCodec codec, Bytes unit, ExtraSliceBits& extra) {
    (void)parse_nal_head(codec, unit);
    (void)parse_set_name(codec, unit);
    (void)parse_h264_slice_type(unit);
    (void)has_h264_recovery_point(unit);
    note_hevc_pps(unit, extra);
    (void)parse_hevc_slice_type(unit, extra);
    const auto rewritten = without_reordering(codec, unit);
    if (!rewritten) return;
    FACET_ASSERT(without_reordering(codec, *rewritten) == rewritten);
    FACET_ASSERT(parse_set_name(codec, *rewritten) == parse_set_name(codec, unit));
    if (codec == NalCodec::h264) {
        const auto sps = parse_h264_sps(*rewritten);
        FACET_ASSERT(sps.value().restriction.value().max_num_reorder_frames == 0);
    } else {
        const auto sps = parse_hevc_sps(*rewritten);
        for (const auto& layer : sps.value().ordering)
            FACET_ASSERT(layer.max_num_reorder_pics == 0 && layer.max_latency_increase_plus1 == 0);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes(data, size);
    for (const NalCodec codec : {NalCodec::h264, NalCodec::hevc}) {
        ExtraSliceBits extra{};
        read_unit(codec, bytes, extra);
        for (int length_bytes = 0; length_bytes <= 4; ++length_bytes) {
            NalWalker walker(bytes, length_bytes);
            while (const auto unit = walker.next()) read_unit(codec, *unit, extra);
        }
        if (const auto configuration = parse_configuration(codec, bytes))
            for (const Bytes set : configuration->sets) read_unit(codec, set, extra);
    }
    return 0;
}
