#pragma once
// The few bits of H.264 and HEVC streams that Facet reads and rewrites: units, parameter sets and the heads of slices, after
// ITU-T H.264 and H.265 clause 7.3. Pure functions of any bytes: they read no byte beyond, take time linear in the bytes and
// say nothing (std::nullopt) where bytes are not what they should be.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace facet::ffmpeg {

using Bytes = std::span<const std::uint8_t>;

/// The codecs whose streams consist of NAL units.
enum class NalCodec { h264, hevc };

/// The first bytes of a NAL unit.
struct NalHead {
    int type = 0;               ///< nal_unit_type
    bool is_reference = false;  ///< H.264: nal_ref_idc is not 0; HEVC: not of a sub-layer non-reference type
    int temporal_id = 0;        ///< HEVC only
};
/// Nothing where bytes are missing, and for HEVC units of layers above the base layer: they are none of our business.
std::optional<NalHead> parse_nal_head(NalCodec codec, Bytes nal);

/// Walks the NAL units of a packet.
class NalWalker {
public:
    /// `length_bytes`: how large the length in front of each unit is, 1 to 4; 0 = start codes (Annex B) stand there.
    NalWalker(Bytes packet, int length_bytes);
    /// The next unit, never empty, without what stands in front of it and without the zeros between it and the next start
    /// code. One whose length reaches beyond the packet is cut there.
    std::optional<Bytes> next();

private:
    Bytes take_to_start_code();
    Bytes take_by_length();
    Bytes left_;
    int length_bytes_;
};

/// What a container says of a stream of NAL units apart from the packets (avcC, hvcC or units in Annex B).
struct NalConfiguration {
    int length_bytes = 0;     ///< for NalWalker
    std::vector<Bytes> sets;  ///< parameter sets, inside the bytes that were parsed
};
/// No bytes are an Annex B stream without sets. Nothing where they are cut.
std::optional<NalConfiguration> parse_configuration(NalCodec codec, Bytes extradata);

enum class SetKind { video, sequence, picture };
/// A parameter set's name: one of the same kind and id replaces it.
struct SetName {
    SetKind kind = SetKind::sequence;
    int id = 0;
    auto operator<=>(const SetName&) const = default;
};
/// Nothing for what is no parameter set.
std::optional<SetName> parse_set_name(NalCodec codec, Bytes nal);

/// From an H.264 sequence parameter set's VUI.
struct H264Restriction {
    std::uint32_t max_num_reorder_frames = 0;
    std::uint32_t max_dec_frame_buffering = 0;
    bool operator==(const H264Restriction&) const = default;
};
/// From an H.264 sequence parameter set.
struct H264Sps {
    int id = 0;
    std::uint32_t max_num_ref_frames = 0;
    std::optional<H264Restriction> restriction;
    bool operator==(const H264Sps&) const = default;
};
std::optional<H264Sps> parse_h264_sps(Bytes nal);

/// From an HEVC sequence parameter set, for one temporal sub-layer.
struct HevcOrdering {
    std::uint32_t max_dec_pic_buffering_minus1 = 0;
    std::uint32_t max_num_reorder_pics = 0;
    std::uint32_t max_latency_increase_plus1 = 0;
    bool operator==(const HevcOrdering&) const = default;
};
/// From an HEVC sequence parameter set.
struct HevcSps {
    int id = 0;
    int temporal_id_max = 0;
    std::vector<HevcOrdering> ordering;  ///< one for each sub-layer, or one for all
    bool operator==(const HevcSps&) const = default;
};
std::optional<HevcSps> parse_hevc_sps(Bytes nal);

/// The same sequence parameter set, but one that promises that frames are shown in the order in which they are decoded, so
/// that a decoder holds none back. H.264: bitstream_restriction() is there, with max_num_reorder_frames = 0;
/// max_dec_frame_buffering stays, or is max_num_ref_frames. HEVC: no sub-layer reorders (the VPS, which says it too, is left
/// alone). All other bits stay. Nothing for what cannot be parsed.
std::optional<std::vector<std::uint8_t>> without_reordering(NalCodec codec, Bytes sps);

enum class SliceType { p, b, i };
/// Of the units of types 1, 2 and 5.
std::optional<SliceType> parse_h264_slice_type(Bytes nal);

/// num_extra_slice_header_bits of each HEVC picture parameter set, by its id.
using ExtraSliceBits = std::array<std::uint8_t, 64>;
/// Takes note of the picture parameter set `nal`.
void note_hevc_pps(Bytes nal, ExtraSliceBits& extra);
/// Of a slice segment that is a picture's first; nothing for the others.
std::optional<SliceType> parse_hevc_slice_type(Bytes nal, const ExtraSliceBits& extra);

/// Whether a supplemental enhancement unit (H.264, type 6) says that decoding may begin here.
bool has_h264_recovery_point(Bytes nal);

}  // namespace facet::ffmpeg
