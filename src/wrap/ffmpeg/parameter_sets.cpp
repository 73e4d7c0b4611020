#include "wrap/ffmpeg/parameter_sets.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"
#include "wrap/ffmpeg/bits_internal.h"

namespace facet::ffmpeg {

namespace {

/// As many bytes of a slice as its type can take: three numbers of at most 65 bits each.
constexpr std::size_t kSliceHeadBytes = 32;

std::size_t head_bytes(NalCodec codec) { return codec == NalCodec::h264 ? 1 : 2; }

/// A parameter set's bits up to its stop bit.
struct SetBits {
    SetBits(NalCodec codec, Bytes nal) {
        if (nal.size() <= head_bytes(codec)) return;
        plain = unescape(nal.subspan(head_bytes(codec)), nal.size());
        while (!plain.empty() && plain.back() == 0) plain.pop_back();
        if (!plain.empty()) count = plain.size() * 8 - 1 - static_cast<std::size_t>(std::countr_zero(plain.back()));
    }
    BitReader reader() const { return {plain, count}; }

    std::vector<std::uint8_t> plain;
    std::size_t count = 0;
};

/// What parse_h264_sps() gives, and where the bits to be changed stand.
struct H264SpsPlaces {
    H264Sps sps;
    bool has_vui = false;
    std::size_t vui_flag = 0;          ///< vui_parameters_present_flag
    std::size_t restriction_flag = 0;  ///< bitstream_restriction_flag, where there is a VUI
    std::size_t reorder = 0;           ///< max_num_reorder_frames, where there is a restriction
};

bool has_chroma_format(std::uint32_t profile) {
    constexpr std::array kProfiles{100U, 110U, 122U, 244U, 44U, 83U, 86U, 118U, 128U, 138U, 139U, 134U, 135U};
    return std::find(kProfiles.begin(), kProfiles.end(), profile) != kProfiles.end();
}

/// 7.3.2.1.1.1
void skip_scaling_list(BitReader& in, int size) {
    std::int64_t last = 8;
    for (int i = 0; i < size && in.ok(); ++i) {
        const std::int64_t next = (last + in.signed_number() % 256 + 256) % 256;
        if (next == 0) return;  // the rest repeats the last value
        last = next;
    }
}

/// E.1.2
void skip_h264_hrd(BitReader& in) {
    const std::uint32_t count = in.number() + 1;
    in.skip(8);
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        in.number();
        in.number();
        in.skip(1);
    }
    in.skip(20);
}

/// E.1.1, from its first bit to bitstream_restriction_flag.
void skip_vui(BitReader& in) {
    constexpr std::uint32_t kExtendedAspect = 255;
    if (in.flag() && in.bits(8) == kExtendedAspect) in.skip(32);
    if (in.flag()) in.skip(1);  // overscan
    if (in.flag()) {            // video signal type
        in.skip(4);
        if (in.flag()) in.skip(24);
    }
    if (in.flag()) {  // chroma location
        in.number();
        in.number();
    }
    if (in.flag()) in.skip(65);  // timing
    const bool nal_hrd = in.flag();
    if (nal_hrd) skip_h264_hrd(in);
    const bool vcl_hrd = in.flag();
    if (vcl_hrd) skip_h264_hrd(in);
    if (nal_hrd || vcl_hrd) in.skip(1);
    in.skip(1);  // pic_struct_present_flag
}

std::optional<H264SpsPlaces> read_h264_sps(BitReader in) {
    H264SpsPlaces out;
    const std::uint32_t profile = in.bits(8);
    in.skip(16);
    const std::uint32_t id = in.number();
    if (has_chroma_format(profile)) {
        const std::uint32_t chroma_format = in.number();
        if (chroma_format == 3) in.skip(1);
        in.number();
        in.number();
        in.skip(1);
        if (in.flag())
            for (int i = 0; i < (chroma_format == 3 ? 12 : 8); ++i)
                if (in.flag()) skip_scaling_list(in, i < 6 ? 16 : 64);
    }
    in.number();  // log2_max_frame_num_minus4
    const std::uint32_t count_type = in.number();
    if (count_type == 0) in.number();
    if (count_type == 1) {
        in.skip(1);
        in.number();
        in.number();
        const std::uint32_t cycle = in.number();
        if (cycle > 255) return std::nullopt;
        for (std::uint32_t i = 0; i < cycle && in.ok(); ++i) in.number();
    }
    out.sps.max_num_ref_frames = in.number();
    in.skip(1);
    in.number();  // width and height
    in.number();
    if (!in.flag()) in.skip(1);
    in.skip(1);
    if (in.flag())  // cropping
        for (int i = 0; i < 4; ++i) in.number();
    if (!in.ok() || id > 31 || count_type > 2 || out.sps.max_num_ref_frames > 16) return std::nullopt;
    out.sps.id = static_cast<int>(id);
    out.vui_flag = in.position();
    out.has_vui = in.flag();
    if (out.has_vui) {
        skip_vui(in);
        out.restriction_flag = in.position();
        if (in.flag()) {
            in.skip(1);
            for (int i = 0; i < 4; ++i) in.number();
            out.reorder = in.position();
            auto& restriction = out.sps.restriction.emplace();
            restriction.max_num_reorder_frames = in.number();
            restriction.max_dec_frame_buffering = in.number();
        }
    }
    if (!in.ok()) return std::nullopt;
    return out;
}

std::vector<std::uint8_t> write_h264_sps(const SetBits& bits, const H264SpsPlaces& places, Bytes head) {
    BitWriter out;
    if (places.sps.restriction) {
        out.copy(bits.plain, 0, places.reorder);
        out.number(0);
        out.number(places.sps.restriction->max_dec_frame_buffering);
        return out.finish(head);
    }
    if (places.has_vui) {
        out.copy(bits.plain, 0, places.restriction_flag);
    } else {
        out.copy(bits.plain, 0, places.vui_flag);
        out.flag(true);
        out.bits(0, 8);  // a VUI that says nothing, up to pic_struct_present_flag
    }
    // What E.2.1 says to infer where there is no restriction.
    out.flag(true);
    out.flag(true);  // motion_vectors_over_pic_boundaries_flag
    out.number(2);   // max_bytes_per_pic_denom
    out.number(1);   // max_bits_per_mb_denom
    out.number(15);  // log2_max_mv_length_horizontal and _vertical
    out.number(15);
    out.number(0);
    out.number(places.sps.max_num_ref_frames);
    return out.finish(head);
}

/// What parse_hevc_sps() gives, and where the bits to be changed stand.
struct HevcSpsPlaces {
    HevcSps sps;
    std::size_t ordering_begin = 0;
    std::size_t ordering_end = 0;
};

/// 7.3.3 with profilePresentFlag = 1.
void skip_profile_tier_level(BitReader& in, int temporal_id_max) {
    in.skip(96);
    std::array<bool, 8> has_profile{};
    std::array<bool, 8> has_level{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(temporal_id_max); ++i) {
        has_profile[i] = in.flag();
        has_level[i] = in.flag();
    }
    if (temporal_id_max > 0) in.skip(2 * static_cast<std::size_t>(8 - temporal_id_max));
    for (std::size_t i = 0; i < static_cast<std::size_t>(temporal_id_max); ++i) {
        if (has_profile[i]) in.skip(88);
        if (has_level[i]) in.skip(8);
    }
}

std::optional<HevcSpsPlaces> read_hevc_sps(BitReader in) {
    HevcSpsPlaces out;
    in.skip(4);
    out.sps.temporal_id_max = static_cast<int>(in.bits(3));
    if (out.sps.temporal_id_max > 6) return std::nullopt;
    in.skip(1);
    skip_profile_tier_level(in, out.sps.temporal_id_max);
    const std::uint32_t id = in.number();
    const std::uint32_t chroma_format = in.number();
    if (chroma_format == 3) in.skip(1);
    in.number();  // width and height
    in.number();
    if (in.flag())  // conformance window
        for (int i = 0; i < 4; ++i) in.number();
    in.number();  // bit depths
    in.number();
    in.number();  // log2_max_pic_order_cnt_lsb_minus4
    const bool for_each = in.flag();
    out.ordering_begin = in.position();
    for (int i = for_each ? 0 : out.sps.temporal_id_max; i <= out.sps.temporal_id_max; ++i) {
        auto& layer = out.sps.ordering.emplace_back();
        layer.max_dec_pic_buffering_minus1 = in.number();
        layer.max_num_reorder_pics = in.number();
        layer.max_latency_increase_plus1 = in.number();
    }
    out.ordering_end = in.position();
    if (!in.ok() || id > 15 || chroma_format > 3) return std::nullopt;
    out.sps.id = static_cast<int>(id);
    return out;
}

std::vector<std::uint8_t> write_hevc_sps(const SetBits& bits, const HevcSpsPlaces& places, Bytes head) {
    BitWriter out;
    out.copy(bits.plain, 0, places.ordering_begin);
    for (const auto& layer : places.sps.ordering) {
        out.number(layer.max_dec_pic_buffering_minus1);
        out.number(0);
        out.number(0);
    }
    out.copy(bits.plain, places.ordering_end, bits.count);
    return out.finish(head);
}

std::optional<H264SpsPlaces> read_h264_sps(Bytes nal, const SetBits& bits) {
    const auto head = parse_nal_head(NalCodec::h264, nal);
    if (!head || head->type != 7) return std::nullopt;
    return read_h264_sps(bits.reader());
}

std::optional<HevcSpsPlaces> read_hevc_sps(Bytes nal, const SetBits& bits) {
    const auto head = parse_nal_head(NalCodec::hevc, nal);
    if (!head || head->type != 33) return std::nullopt;
    return read_hevc_sps(bits.reader());
}

/// The bytes after the head of a unit of which only the beginning matters.
std::vector<std::uint8_t> slice_bytes(NalCodec codec, Bytes nal) {
    return unescape(nal.subspan(head_bytes(codec)), kSliceHeadBytes);
}

struct StartCode {
    std::size_t begin = 0;
    std::size_t end = 0;
};
/// The next 0 0 1, or the end of the bytes.
StartCode find_start_code(Bytes bytes) {
    for (std::size_t i = 0; i + 3 <= bytes.size();) {
        if (bytes[i + 2] > 1)
            i += 3;
        else if (bytes[i + 2] == 1 && bytes[i + 1] == 0 && bytes[i] == 0)
            return {i, i + 3};
        else
            ++i;
    }
    return {bytes.size(), bytes.size()};
}

/// ISO/IEC 14496-15, 5.3.3.1
std::optional<NalConfiguration> parse_avcc(Bytes box) {
    NalConfiguration out;
    ByteReader in(box);
    const auto front = in.take(5);
    const auto sequences = in.number(1);
    if (!front || !sequences || !in.units(*sequences & 31U, out.sets)) return std::nullopt;
    const auto pictures = in.number(1);
    if (!pictures || !in.units(*pictures, out.sets)) return std::nullopt;
    out.length_bytes = ((*front)[4] & 3) + 1;
    return out;
}

/// ISO/IEC 14496-15, 8.3.3.1
std::optional<NalConfiguration> parse_hvcc(Bytes box) {
    NalConfiguration out;
    ByteReader in(box);
    const auto front = in.take(22);
    const auto arrays = in.number(1);
    if (!front || !arrays) return std::nullopt;
    out.length_bytes = ((*front)[21] & 3) + 1;
    for (std::size_t i = 0; i < *arrays; ++i) {
        const auto type = in.number(1);
        const auto count = in.number(2);
        std::vector<Bytes> units;
        if (!type || !count || !in.units(*count, units)) return std::nullopt;
        for (const Bytes unit : units)
            if (parse_set_name(NalCodec::hevc, unit)) out.sets.push_back(unit);
    }
    return out;
}

}  // namespace

std::optional<NalHead> parse_nal_head(NalCodec codec, Bytes nal) {
    if (nal.size() < head_bytes(codec)) return std::nullopt;
    NalHead head;
    if (codec == NalCodec::h264) {
        head.type = nal[0] & 31;
        head.is_reference = (nal[0] & 0x60) != 0;
        return head;
    }
    const int layer = (nal[0] & 1) << 5 | nal[1] >> 3;
    if (layer != 0) return std::nullopt;
    head.type = nal[0] >> 1 & 63;
    head.is_reference = head.type > 14 || head.type % 2 != 0;
    head.temporal_id = std::max(0, (nal[1] & 7) - 1);
    return head;
}

NalWalker::NalWalker(Bytes packet, int length_bytes) : left_(packet), length_bytes_(length_bytes) {
    FACET_ASSERT(length_bytes >= 0 && length_bytes <= 4);
    if (length_bytes == 0) left_ = packet.subspan(find_start_code(packet).end);
}

std::optional<Bytes> NalWalker::next() {
    while (!left_.empty()) {
        const Bytes unit = length_bytes_ == 0 ? take_to_start_code() : take_by_length();
        if (!unit.empty()) return unit;
    }
    return std::nullopt;
}

Bytes NalWalker::take_to_start_code() {
    const StartCode code = find_start_code(left_);
    Bytes unit = left_.first(code.begin);
    left_ = left_.subspan(code.end);
    while (!unit.empty() && unit.back() == 0) unit = unit.first(unit.size() - 1);
    return unit;
}

Bytes NalWalker::take_by_length() {
    ByteReader in(left_);
    const auto length = in.number(static_cast<std::size_t>(length_bytes_));
    if (!length) {
        left_ = {};
        return {};
    }
    left_ = left_.subspan(static_cast<std::size_t>(length_bytes_));
    const Bytes unit = left_.first(std::min(*length, left_.size()));
    left_ = left_.subspan(unit.size());
    return unit;
}

std::optional<NalConfiguration> parse_configuration(NalCodec codec, Bytes extradata) {
    const auto at = [extradata](std::size_t i) { return i < extradata.size() ? extradata[i] : 0; };
    if (codec == NalCodec::h264 && at(0) == 1) return parse_avcc(extradata);
    // The first byte of hvcC is its version, 1 by the standard and 0 from early writers; start codes begin with 0 0 0 or 0
    // 0 1.
    if (codec == NalCodec::hevc && (at(0) != 0 || at(1) != 0 || at(2) > 1)) return parse_hvcc(extradata);
    NalConfiguration out;
    NalWalker walker(extradata, 0);
    while (const auto unit = walker.next())
        if (parse_set_name(codec, *unit)) out.sets.push_back(*unit);
    return out;
}

std::optional<SetName> parse_set_name(NalCodec codec, Bytes nal) {
    const auto head = parse_nal_head(codec, nal);
    if (!head) return std::nullopt;
    const bool h264 = codec == NalCodec::h264;
    if (head->type == (h264 ? 7 : 33)) {
        const SetBits bits(codec, nal);
        // A set that cannot be parsed to its end still has a name, where that stands at the beginning.
        BitReader in = bits.reader();
        if (h264) {
            in.skip(24);
        } else {
            in.skip(4);
            const int temporal_id_max = static_cast<int>(in.bits(3));
            in.skip(1);
            if (temporal_id_max > 6) return std::nullopt;
            skip_profile_tier_level(in, temporal_id_max);
        }
        const std::uint32_t id = in.number();
        if (!in.ok() || id >= (h264 ? 32U : 16U)) return std::nullopt;
        return SetName{SetKind::sequence, static_cast<int>(id)};
    }
    const std::vector<std::uint8_t> plain = slice_bytes(codec, nal);
    BitReader in(plain, plain.size() * 8);
    const bool video = !h264 && head->type == 32;
    if (!video && head->type != (h264 ? 8 : 34)) return std::nullopt;
    const std::uint32_t id = video ? in.bits(4) : in.number();
    if (!in.ok() || id >= (h264 ? 256U : 64U)) return std::nullopt;
    return SetName{video ? SetKind::video : SetKind::picture, static_cast<int>(id)};
}

std::optional<H264Sps> parse_h264_sps(Bytes nal) {
    const auto places = read_h264_sps(nal, SetBits(NalCodec::h264, nal));
    return places ? std::optional(places->sps) : std::nullopt;
}

std::optional<HevcSps> parse_hevc_sps(Bytes nal) {
    const auto places = read_hevc_sps(nal, SetBits(NalCodec::hevc, nal));
    return places ? std::optional(places->sps) : std::nullopt;
}

std::optional<std::vector<std::uint8_t>> without_reordering(NalCodec codec, Bytes sps) {
    const SetBits bits(codec, sps);
    if (codec == NalCodec::h264) {
        const auto places = read_h264_sps(sps, bits);
        if (!places) return std::nullopt;
        return write_h264_sps(bits, *places, sps.first(head_bytes(codec)));
    }
    const auto places = read_hevc_sps(sps, bits);
    if (!places) return std::nullopt;
    return write_hevc_sps(bits, *places, sps.first(head_bytes(codec)));
}

std::optional<SliceType> parse_h264_slice_type(Bytes nal) {
    const auto head = parse_nal_head(NalCodec::h264, nal);
    if (!head || (head->type != 1 && head->type != 2 && head->type != 5)) return std::nullopt;
    const std::vector<std::uint8_t> plain = slice_bytes(NalCodec::h264, nal);
    BitReader in(plain, plain.size() * 8);
    in.number();  // first_mb_in_slice
    const std::uint32_t type = in.number();
    if (!in.ok() || type > 9) return std::nullopt;
    constexpr std::array kTypes{SliceType::p, SliceType::b, SliceType::i, SliceType::p,
                                SliceType::i};  // the last two: SP, SI
    return kTypes[type % 5];
}

void note_hevc_pps(Bytes nal, ExtraSliceBits& extra) {
    const auto head = parse_nal_head(NalCodec::hevc, nal);
    if (!head || head->type != 34) return;
    const std::vector<std::uint8_t> plain = slice_bytes(NalCodec::hevc, nal);
    BitReader in(plain, plain.size() * 8);
    const std::uint32_t id = in.number();
    in.number();  // pps_seq_parameter_set_id
    in.skip(2);   // dependent_slice_segments_enabled_flag, output_flag_present_flag
    const std::uint32_t bits = in.bits(3);
    if (in.ok() && id < extra.size()) extra[id] = static_cast<std::uint8_t>(bits);
}

std::optional<SliceType> parse_hevc_slice_type(Bytes nal, const ExtraSliceBits& extra) {
    const auto head = parse_nal_head(NalCodec::hevc, nal);
    if (!head || head->type > 31) return std::nullopt;
    const std::vector<std::uint8_t> plain = slice_bytes(NalCodec::hevc, nal);
    BitReader in(plain, plain.size() * 8);
    if (!in.flag()) return std::nullopt;  // first_slice_segment_in_pic_flag
    if (head->type >= 16 && head->type <= 23) in.skip(1);
    const std::uint32_t pps = in.number();
    if (!in.ok() || pps >= extra.size()) return std::nullopt;
    in.skip(extra[pps]);
    const std::uint32_t type = in.number();
    if (!in.ok() || type > 2) return std::nullopt;
    constexpr std::array kTypes{SliceType::b, SliceType::p, SliceType::i};
    return kTypes[type];
}

bool has_h264_recovery_point(Bytes nal) {
    constexpr std::size_t kRecoveryPoint = 6;
    const auto head = parse_nal_head(NalCodec::h264, nal);
    if (!head || head->type != 6) return false;
    const std::vector<std::uint8_t> plain = unescape(nal.subspan(1), nal.size());
    ByteReader in(plain);
    // A byte of 255 goes on in the next.
    const auto chained = [&in] {
        std::optional<std::size_t> sum = 0;
        while (const auto byte = in.number(1)) {
            *sum += *byte;
            if (*byte != 255) return sum;
        }
        return std::optional<std::size_t>();
    };
    while (const auto type = chained()) {
        const auto size = chained();
        if (!size || !in.take(*size)) return false;
        if (*type == kRecoveryPoint) return true;
    }
    return false;
}

}  // namespace facet::ffmpeg
