// Parameter sets written bit by bit here, after the standards, are read and rewritten exactly; other bytes do no harm.

#include "wrap/ffmpeg/parameter_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace facet::ffmpeg {
namespace {

using Buffer = std::vector<std::uint8_t>;

int in_range(int low, int high) { return *rc::gen::inRange(low, high + 1); }
bool any_flag() { return *rc::gen::arbitrary<bool>(); }

/// Bits as text: slow, plain, and nothing in common with the code under test.
class Bits {
public:
    Bits& u(std::uint64_t value, int count) {
        for (int i = count - 1; i >= 0; --i) text_ += (value >> i & 1U) != 0 ? '1' : '0';
        return *this;
    }
    Bits& ue(std::uint64_t value) {
        int length = 0;
        while ((value + 1) >> (length + 1) != 0) ++length;
        return u(0, length).u(value + 1, length + 1);
    }
    Bits& se(int value) { return ue(static_cast<std::uint64_t>(value > 0 ? 2 * value - 1 : -2 * value)); }
    Bits& random(int count) {
        // Mostly zeros, so that emulation prevention has work.
        for (int i = 0; i < count; ++i) text_ += in_range(0, 9) == 0 ? '1' : '0';
        return *this;
    }
    Bits& append(const Bits& other) {
        text_ += other.text_;
        return *this;
    }
    /// The unit: `head`, the bits, the stop bit, with emulation prevention bytes.
    Buffer unit(const Buffer& head) const {
        std::string text = text_ + '1';
        while (text.size() % 8 != 0) text += '0';
        Buffer nal = head;
        for (std::size_t i = 0; i < text.size(); i += 8) {
            const auto byte = static_cast<std::uint8_t>(std::stoi(text.substr(i, 8), nullptr, 2));
            const std::size_t size = nal.size();
            if (byte <= 3 && size >= head.size() + 2 && nal[size - 1] == 0 && nal[size - 2] == 0) nal.push_back(3);
            nal.push_back(byte);
        }
        return nal;
    }

private:
    std::string text_;
};

const Buffer kH264SpsHead{0x67};
const Buffer kHevcSpsHead{0x42, 0x01};

Bits h264_scaling_list(int size) {
    Bits out;
    int last = 8;
    int next = 8;
    for (int i = 0; i < size; ++i) {
        if (next != 0) {
            // Now and then zero, which ends the list.
            const int wanted = in_range(0, 12) == 0 ? 0 : in_range(1, 255);
            int delta = wanted - last;
            if (delta > 127) delta -= 256;
            if (delta < -128) delta += 256;
            out.se(delta);
            next = wanted;
        }
        last = next == 0 ? last : next;
    }
    return out;
}

Bits h264_hrd() {
    Bits out;
    const int count = in_range(1, 32);
    out.ue(static_cast<std::uint64_t>(count - 1)).random(8);
    for (int i = 0; i < count; ++i)
        out.ue(static_cast<std::uint64_t>(in_range(0, 1 << 20))).ue(static_cast<std::uint64_t>(in_range(0, 9))).random(1);
    return out.random(20);
}

/// One H.264 sequence parameter set in parts, so that it can be written anew with other ends.
struct H264Parts {
    int id = 0;
    std::uint64_t refs = 0;
    bool has_vui = false;
    bool has_restriction = false;
    std::uint64_t reorder = 0;
    std::uint64_t buffering = 0;
    Bits front;        ///< up to vui_parameters_present_flag
    Bits vui;          ///< up to bitstream_restriction_flag
    Bits restriction;  ///< up to max_num_reorder_frames

    Buffer write() const {
        Bits out = front;
        out.u(has_vui, 1);
        if (has_vui) {
            out.append(vui).u(has_restriction, 1);
            if (has_restriction) out.append(restriction).ue(reorder).ue(buffering);
        }
        return out.unit(kH264SpsHead);
    }
};

H264Parts any_h264_sps() {
    H264Parts sps;
    const int profile = *rc::gen::element(66, 77, 88, 100, 110, 122, 244, 44, 83, 86, 118, 128);
    sps.id = in_range(0, 31);
    sps.refs = static_cast<std::uint64_t>(in_range(0, 16));
    Bits& out = sps.front;
    out.u(static_cast<std::uint64_t>(profile), 8).random(16).ue(static_cast<std::uint64_t>(sps.id));
    if (profile >= 83 && profile != 88 && profile != 77) {
        const int chroma = in_range(0, 3);
        out.ue(static_cast<std::uint64_t>(chroma));
        if (chroma == 3) out.random(1);
        out.ue(static_cast<std::uint64_t>(in_range(0, 6))).ue(static_cast<std::uint64_t>(in_range(0, 6))).random(1);
        const bool scaling = any_flag();
        out.u(scaling, 1);
        for (int i = 0; scaling && i < (chroma == 3 ? 12 : 8); ++i) {
            const bool list = any_flag();
            out.u(list, 1);
            if (list) out.append(h264_scaling_list(i < 6 ? 16 : 64));
        }
    } else if (profile == 44) {
        const int chroma = in_range(0, 2);
        out.ue(static_cast<std::uint64_t>(chroma)).ue(0).ue(0).u(0, 1).u(0, 1);
    }
    out.ue(static_cast<std::uint64_t>(in_range(0, 12)));
    const int count_type = in_range(0, 2);
    out.ue(static_cast<std::uint64_t>(count_type));
    if (count_type == 0) out.ue(static_cast<std::uint64_t>(in_range(0, 12)));
    if (count_type == 1) {
        const int cycle = *rc::gen::element(0, 1, 7, 255);
        out.random(1).se(in_range(-1000, 1000)).se(in_range(-1000, 1000)).ue(static_cast<std::uint64_t>(cycle));
        for (int i = 0; i < cycle; ++i) out.se(in_range(-1000, 1000));
    }
    out.ue(sps.refs).random(1);
    out.ue(static_cast<std::uint64_t>(in_range(0, 511))).ue(static_cast<std::uint64_t>(in_range(0, 511)));
    const bool frames_only = any_flag();
    out.u(frames_only, 1);
    if (!frames_only) out.random(1);
    out.random(1);
    const bool crops = any_flag();
    out.u(crops, 1);
    for (int i = 0; crops && i < 4; ++i) out.ue(static_cast<std::uint64_t>(in_range(0, 8)));

    sps.has_vui = any_flag();
    Bits& vui = sps.vui;
    const bool aspect = any_flag();
    const bool extended = any_flag();
    vui.u(aspect, 1);
    if (aspect) vui.u(extended ? 255 : 1, 8);
    if (aspect && extended) vui.random(32);
    const bool overscan = any_flag();
    vui.u(overscan, 1).random(overscan ? 1 : 0);
    const bool signal = any_flag();
    const bool colour = any_flag();
    vui.u(signal, 1);
    if (signal) vui.random(4).u(colour, 1).random(colour ? 24 : 0);
    const bool location = any_flag();
    vui.u(location, 1);
    if (location) vui.ue(static_cast<std::uint64_t>(in_range(0, 5))).ue(static_cast<std::uint64_t>(in_range(0, 5)));
    const bool timing = any_flag();
    vui.u(timing, 1).random(timing ? 65 : 0);
    const bool nal_hrd = any_flag();
    vui.u(nal_hrd, 1);
    if (nal_hrd) vui.append(h264_hrd());
    const bool vcl_hrd = any_flag();
    vui.u(vcl_hrd, 1);
    if (vcl_hrd) vui.append(h264_hrd());
    if (nal_hrd || vcl_hrd) vui.random(1);
    vui.random(1);

    sps.has_restriction = sps.has_vui && any_flag();
    sps.restriction.random(1);
    for (int i = 0; i < 4; ++i) sps.restriction.ue(static_cast<std::uint64_t>(in_range(0, 16)));
    sps.reorder = static_cast<std::uint64_t>(in_range(0, 16));
    sps.buffering = static_cast<std::uint64_t>(in_range(0, 16));
    return sps;
}

/// What the rewritten set must be.
H264Parts not_reordering(H264Parts sps) {
    sps.reorder = 0;
    if (sps.has_restriction) return sps;
    if (!sps.has_vui) sps.vui = Bits().u(0, 8);
    sps.has_vui = sps.has_restriction = true;
    sps.restriction = Bits().u(1, 1).ue(2).ue(1).ue(15).ue(15);
    sps.buffering = sps.refs;
    return sps;
}

struct HevcParts {
    int id = 0;
    int temporal_id_max = 0;
    std::vector<HevcOrdering> ordering;
    Bits front;  ///< up to the first max_dec_pic_buffering_minus1
    Bits back;

    Buffer write() const {
        Bits out = front;
        for (const auto& layer : ordering)
            out.ue(layer.max_dec_pic_buffering_minus1).ue(layer.max_num_reorder_pics).ue(layer.max_latency_increase_plus1);
        return out.append(back).unit(kHevcSpsHead);
    }
};

HevcParts any_hevc_sps() {
    HevcParts sps;
    sps.id = in_range(0, 15);
    sps.temporal_id_max = in_range(0, 6);
    Bits& out = sps.front;
    out.random(4).u(static_cast<std::uint64_t>(sps.temporal_id_max), 3).random(1);
    out.random(96);  // general_profile_space to general_level_idc
    std::vector<bool> flags;
    for (int i = 0; i < 2 * sps.temporal_id_max; ++i) {
        flags.push_back(any_flag());
        out.u(flags.back(), 1);
    }
    if (sps.temporal_id_max > 0)
        for (int i = sps.temporal_id_max; i < 8; ++i) out.u(0, 2);
    for (std::size_t i = 0; i < flags.size(); ++i)
        if (flags[i]) out.random(i % 2 == 0 ? 88 : 8);
    out.ue(static_cast<std::uint64_t>(sps.id));
    const int chroma = in_range(0, 3);
    out.ue(static_cast<std::uint64_t>(chroma)).random(chroma == 3 ? 1 : 0);
    out.ue(static_cast<std::uint64_t>(in_range(1, 8192))).ue(static_cast<std::uint64_t>(in_range(1, 4320)));
    const bool window = any_flag();
    out.u(window, 1);
    for (int i = 0; window && i < 4; ++i) out.ue(static_cast<std::uint64_t>(in_range(0, 8)));
    for (int i = 0; i < 3; ++i) out.ue(static_cast<std::uint64_t>(in_range(0, 8)));
    const bool for_each = any_flag();
    out.u(for_each, 1);
    for (int i = for_each ? 0 : sps.temporal_id_max; i <= sps.temporal_id_max; ++i)
        sps.ordering.push_back({static_cast<std::uint32_t>(in_range(0, 15)), static_cast<std::uint32_t>(in_range(0, 15)),
                                static_cast<std::uint32_t>(in_range(0, 1 << 30))});
    sps.back.random(in_range(0, 300));
    return sps;
}

HevcParts not_reordering(HevcParts sps) {
    for (auto& layer : sps.ordering) layer.max_num_reorder_pics = layer.max_latency_increase_plus1 = 0;
    return sps;
}

/// A rewritten set says what it should, and is not changed by another rewriting.
bool is_settled(NalCodec codec, const Buffer& set) {
    if (without_reordering(codec, set) != set) return false;
    if (codec == NalCodec::h264) {
        const auto sps = parse_h264_sps(set);
        return sps && sps->restriction && sps->restriction->max_num_reorder_frames == 0;
    }
    const auto sps = parse_hevc_sps(set);
    if (!sps) return false;
    for (const auto& layer : sps->ordering)
        if (layer.max_num_reorder_pics != 0 || layer.max_latency_increase_plus1 != 0) return false;
    return true;
}

/// Everything that reads bytes, on bytes that nobody promised anything of.
void read_all(const Buffer& bytes) {
    for (const NalCodec codec : {NalCodec::h264, NalCodec::hevc}) {
        (void)parse_nal_head(codec, bytes);
        (void)parse_set_name(codec, bytes);
        if (const auto rewritten = without_reordering(codec, bytes)) RC_ASSERT(is_settled(codec, *rewritten));
        const auto configuration = parse_configuration(codec, bytes);
        if (configuration) RC_ASSERT(configuration->length_bytes >= 0 && configuration->length_bytes <= 4);
        for (int length_bytes = 0; length_bytes <= 4; ++length_bytes) {
            NalWalker walker(bytes, length_bytes);
            std::size_t sum = 0;
            while (const auto unit = walker.next()) {
                RC_ASSERT(!unit->empty() && unit->data() >= bytes.data() &&
                          unit->data() + unit->size() <= bytes.data() + bytes.size());
                sum += unit->size();
            }
            RC_ASSERT(sum <= bytes.size());
        }
    }
    (void)parse_h264_slice_type(bytes);
    (void)has_h264_recovery_point(bytes);
    ExtraSliceBits extra{};
    note_hevc_pps(bytes, extra);
    (void)parse_hevc_slice_type(bytes, extra);
}

/// Bytes such as hostile streams have: many zeros, and heads of units that are looked into.
Buffer any_bytes() {
    Buffer bytes(static_cast<std::size_t>(in_range(0, 120)));
    for (auto& byte : bytes)
        byte = static_cast<std::uint8_t>(*rc::gen::weightedOneOf<int>(
            {{3, rc::gen::just(0)}, {1, rc::gen::element(1, 3, 255)}, {2, rc::gen::inRange(0, 256)}}));
    if (!bytes.empty()) bytes[0] = static_cast<std::uint8_t>(*rc::gen::element<int>(bytes[0], 0x67, 0x68, 0x42, 0x44, 6, 1));
    return bytes;
}

TEST(ParameterSets, RewritesNothingOfAnH264SetButTheReordering) {
    EXPECT_TRUE(rc::check([] {
        const H264Parts parts = any_h264_sps();
        const Buffer set = parts.write();
        const auto sps = parse_h264_sps(set);
        RC_ASSERT(sps.has_value());
        RC_ASSERT(sps->id == parts.id);
        RC_ASSERT(sps->max_num_ref_frames == parts.refs);
        RC_ASSERT(sps->restriction.has_value() == parts.has_restriction);
        if (sps->restriction) {
            RC_ASSERT(sps->restriction->max_num_reorder_frames == parts.reorder);
            RC_ASSERT(sps->restriction->max_dec_frame_buffering == parts.buffering);
        }
        RC_ASSERT((parse_set_name(NalCodec::h264, set) == SetName{SetKind::sequence, parts.id}));
        const auto rewritten = without_reordering(NalCodec::h264, set);
        RC_ASSERT(rewritten.has_value());
        RC_ASSERT(*rewritten == not_reordering(parts).write());
        RC_ASSERT(is_settled(NalCodec::h264, *rewritten));
    }));
}

TEST(ParameterSets, RewritesNothingOfAnHevcSetButTheReordering) {
    EXPECT_TRUE(rc::check([] {
        const HevcParts parts = any_hevc_sps();
        const Buffer set = parts.write();
        const auto sps = parse_hevc_sps(set);
        RC_ASSERT(sps.has_value());
        RC_ASSERT((*sps == HevcSps{parts.id, parts.temporal_id_max, parts.ordering}));
        RC_ASSERT((parse_set_name(NalCodec::hevc, set) == SetName{SetKind::sequence, parts.id}));
        const auto rewritten = without_reordering(NalCodec::hevc, set);
        RC_ASSERT(rewritten.has_value());
        RC_ASSERT(*rewritten == not_reordering(parts).write());
        RC_ASSERT(is_settled(NalCodec::hevc, *rewritten));
    }));
}

TEST(ParameterSets, LeavesSetsAloneThatAreCutWithinWhatItReads) {
    EXPECT_TRUE(rc::check([] {
        H264Parts h264 = any_h264_sps();
        h264.has_vui = h264.has_restriction = false;
        const Buffer whole = h264.write();
        for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
            const Buffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            const auto rewritten = without_reordering(NalCodec::h264, cut);
            RC_ASSERT((!rewritten || is_settled(NalCodec::h264, *rewritten)));
            read_all(cut);
        }
        const Buffer hevc = any_hevc_sps().write();
        for (std::size_t size = 0; size < hevc.size(); ++size) {
            const Buffer cut(hevc.begin(), hevc.begin() + static_cast<std::ptrdiff_t>(size));
            const auto rewritten = without_reordering(NalCodec::hevc, cut);
            if (size < 15) RC_ASSERT(!rewritten);
            RC_ASSERT((!rewritten || is_settled(NalCodec::hevc, *rewritten)));
        }
    }));
}

TEST(ParameterSets, TakesAnyBytes) {
    EXPECT_TRUE(rc::check([] { read_all(any_bytes()); }));
    EXPECT_TRUE(rc::check([] {
        Buffer damaged = any_flag() ? any_h264_sps().write() : any_hevc_sps().write();
        for (int i = in_range(1, 4); i > 0; --i)
            damaged[static_cast<std::size_t>(in_range(1, static_cast<int>(damaged.size()) - 1))] =
                static_cast<std::uint8_t>(in_range(0, 255));
        read_all(damaged);
    }));
}

TEST(ParameterSets, RefusesNumbersThatNoStreamHas) {
    const auto sps = [](std::uint64_t id, std::uint64_t count_type, std::uint64_t cycle, std::uint64_t refs) {
        Bits out;
        out.u(66, 8).u(0, 16).ue(id).ue(0).ue(count_type);
        if (count_type == 1) {
            out.u(0, 1).ue(0).ue(0).ue(cycle);
            for (std::uint64_t i = 0; i < cycle; ++i) out.ue(0);
        } else if (count_type == 0) {
            out.ue(0);
        }
        return out.ue(refs).u(0, 1).ue(10).ue(10).u(1, 1).u(0, 1).u(0, 1).u(0, 1).unit(kH264SpsHead);
    };
    EXPECT_TRUE(parse_h264_sps(sps(31, 1, 255, 16)).has_value());
    EXPECT_FALSE(parse_h264_sps(sps(32, 1, 255, 16)).has_value());
    EXPECT_FALSE(parse_h264_sps(sps(31, 3, 255, 16)).has_value());
    EXPECT_FALSE(parse_h264_sps(sps(31, 1, 256, 16)).has_value());
    EXPECT_FALSE(parse_h264_sps(sps(31, 1, 255, 17)).has_value());
    EXPECT_FALSE(parse_h264_sps(Bits().u(66, 8).u(0, 16).u(0, 33).u(1, 1).unit(kH264SpsHead)).has_value());
}

TEST(ParameterSets, WalksUnitsBehindStartCodesAndBehindLengths) {
    EXPECT_TRUE(rc::check([] {
        std::vector<Buffer> units;
        Buffer annex_b(static_cast<std::size_t>(in_range(0, 3)), 0);
        Buffer counted;
        const int length_bytes = in_range(1, 4);
        for (int i = in_range(0, 5); i > 0; --i) {
            Bits bits;
            bits.random(in_range(0, 400));
            units.push_back(bits.unit({0x65}));
            annex_b.insert(annex_b.end(), {0, 0, 1});
            annex_b.insert(annex_b.end(), units.back().begin(), units.back().end());
            annex_b.insert(annex_b.end(), static_cast<std::size_t>(in_range(0, 3)), 0);
            for (int shift = length_bytes - 1; shift >= 0; --shift)
                counted.push_back(static_cast<std::uint8_t>(units.back().size() >> (8 * shift)));
            counted.insert(counted.end(), units.back().begin(), units.back().end());
        }
        const auto walk = [](const Buffer& packet, int length) {
            std::vector<Buffer> found;
            NalWalker walker(packet, length);
            while (const auto unit = walker.next()) found.emplace_back(unit->begin(), unit->end());
            return found;
        };
        RC_ASSERT(walk(annex_b, 0) == units);
        RC_ASSERT(walk(counted, length_bytes) == units);
    }));
}

TEST(ParameterSets, CutsAUnitWhoseLengthReachesBeyondThePacket) {
    const Buffer packet{0, 2, 0x41, 0x9A, 0, 9, 0x41};
    NalWalker walker(packet, 2);
    EXPECT_THAT(walker.next().value(), testing::ElementsAre(0x41, 0x9A));
    EXPECT_THAT(walker.next().value(), testing::ElementsAre(0x41));
    EXPECT_FALSE(walker.next().has_value());
}

TEST(ParameterSets, ReadsTheBoxesOfContainers) {
    const Buffer sps{0x67, 66, 0, 30, 0xC0};
    const Buffer pps{0x68, 0xCE};
    Buffer avcc{1, 66, 0, 30, 0xFF, 0xE1, 0, 5};
    avcc.insert(avcc.end(), sps.begin(), sps.end());
    avcc.insert(avcc.end(), {1, 0, 2});
    avcc.insert(avcc.end(), pps.begin(), pps.end());
    const auto h264 = parse_configuration(NalCodec::h264, avcc).value();
    EXPECT_EQ(h264.length_bytes, 4);
    ASSERT_EQ(h264.sets.size(), 2U);
    EXPECT_THAT(h264.sets[0], testing::ElementsAreArray(sps));
    EXPECT_THAT(h264.sets[1], testing::ElementsAreArray(pps));

    Buffer hvcc(21, 0);
    hvcc[0] = 1;
    // Two arrays: a message, which is no parameter set, and a picture parameter set.
    hvcc.insert(hvcc.end(), {0xFD, 2, 39, 0, 1, 0, 3, 0x4E, 1, 5, 34, 0, 1, 0, 4, 0x44, 1, 0xC1, 0x72});
    const auto hevc = parse_configuration(NalCodec::hevc, hvcc).value();
    EXPECT_EQ(hevc.length_bytes, 2);
    ASSERT_EQ(hevc.sets.size(), 1U);
    EXPECT_THAT(hevc.sets[0], testing::ElementsAre(0x44, 1, 0xC1, 0x72));

    for (std::size_t size = 1; size < avcc.size(); ++size)
        EXPECT_FALSE(parse_configuration(NalCodec::h264, Bytes(avcc).first(size)).has_value()) << size;
    for (std::size_t size = 1; size < hvcc.size(); ++size)
        EXPECT_FALSE(parse_configuration(NalCodec::hevc, Bytes(hvcc).first(size)).has_value()) << size;
    EXPECT_EQ(parse_configuration(NalCodec::h264, {}).value().length_bytes, 0);
    const Buffer annex_b{0, 0, 0, 1, 0x67, 66, 0, 30, 0xC0, 0, 0, 1, 0x68, 0xCE};
    EXPECT_EQ(parse_configuration(NalCodec::h264, annex_b).value().sets.size(), 2U);
}

TEST(ParameterSets, NamesSetsByKindAndId) {
    EXPECT_EQ(parse_set_name(NalCodec::h264, Bits().ue(255).ue(3).unit({0x68})), (SetName{SetKind::picture, 255}));
    EXPECT_EQ(parse_set_name(NalCodec::h264, Bits().ue(256).ue(3).unit({0x68})), std::nullopt);
    EXPECT_EQ(parse_set_name(NalCodec::h264, Bits().ue(0).unit({0x65})), std::nullopt);
    EXPECT_EQ(parse_set_name(NalCodec::hevc, Bits().u(7, 4).unit({0x40, 1})), (SetName{SetKind::video, 7}));
    EXPECT_EQ(parse_set_name(NalCodec::hevc, Bits().ue(63).unit({0x44, 1})), (SetName{SetKind::picture, 63}));
    EXPECT_EQ(parse_set_name(NalCodec::hevc, Bits().ue(64).unit({0x44, 1})), std::nullopt);
    EXPECT_EQ(parse_set_name(NalCodec::hevc, Bits().ue(63).unit({0x44, 9})), std::nullopt) << "of another layer";
}

TEST(ParameterSets, ReadsTheTypesOfSlices) {
    // Up to 32 bits of macroblock address, with emulation prevention within.
    for (const std::uint64_t address : {0U, 99U, 0x10000U, 0x7FFFFFFFU}) {
        const auto type = [address](std::uint64_t value, std::uint8_t head) {
            return parse_h264_slice_type(Bits().ue(address).ue(value).u(0, 60).unit({head}));
        };
        EXPECT_EQ(type(0, 0x41), SliceType::p);
        EXPECT_EQ(type(5, 0x41), SliceType::p);
        EXPECT_EQ(type(6, 0x01), SliceType::b);
        EXPECT_EQ(type(7, 0x65), SliceType::i);
        EXPECT_EQ(type(3, 0x41), SliceType::p) << "SP";
        EXPECT_EQ(type(10, 0x41), std::nullopt);
        EXPECT_EQ(type(7, 0x67), std::nullopt) << "no slice";
    }
    ExtraSliceBits extra{};
    note_hevc_pps(Bits().ue(5).ue(0).u(0, 2).u(3, 3).unit({0x44, 1}), extra);
    EXPECT_EQ(extra[5], 3);
    const auto hevc = [&extra](bool first, std::uint64_t type) {
        return parse_hevc_slice_type(Bits().u(first, 1).ue(5).u(5, 3).ue(type).u(0, 60).unit({0x02, 1}), extra);
    };
    EXPECT_EQ(hevc(true, 0), SliceType::b);
    EXPECT_EQ(hevc(true, 1), SliceType::p);
    EXPECT_EQ(hevc(true, 2), SliceType::i);
    EXPECT_EQ(hevc(true, 3), std::nullopt);
    EXPECT_EQ(hevc(false, 0), std::nullopt);
    EXPECT_EQ(parse_hevc_slice_type(Bits().u(1, 1).u(0, 1).ue(5).u(5, 3).ue(2).unit({0x26, 1}), extra), SliceType::i);
}

TEST(ParameterSets, FindsARecoveryPointBehindOtherMessages) {
    Buffer message{6, 5, 255, 45};  // 300 bytes of user data
    message.insert(message.end(), 300, 7);
    const Buffer without = message;
    message.insert(message.end(), {6, 1, 0x84, 0x80});
    EXPECT_TRUE(has_h264_recovery_point(message));
    EXPECT_FALSE(has_h264_recovery_point(without));
    EXPECT_FALSE(has_h264_recovery_point(Buffer{6, 5, 200, 1, 6, 1, 0x84, 0x80})) << "a size beyond the end";
    EXPECT_FALSE(has_h264_recovery_point(Buffer(100'000, 255)));
}

}  // namespace
}  // namespace facet::ffmpeg
