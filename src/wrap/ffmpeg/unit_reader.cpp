#include "wrap/ffmpeg/unit_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "wrap/ffmpeg/parameter_sets.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace facet::ffmpeg {

namespace {

/// Real parameter sets have less than 2 KiB, scaling lists included; larger ones pass, but are not kept for later keys.
constexpr std::size_t kSetBytesMax = 1 << 14;
constexpr std::array<std::uint8_t, 4> kStartCode{0, 0, 0, 1};

struct StoredSet {
    std::vector<std::uint8_t> original;
    std::vector<std::uint8_t> without_reordering;  ///< the same where there is nothing to rewrite
};

std::optional<NalCodec> nal_codec_of(AVCodecID id) {
    if (id == AV_CODEC_ID_H264) return NalCodec::h264;
    if (id == AV_CODEC_ID_HEVC) return NalCodec::hevc;
    return std::nullopt;
}

bool is_intra_only(AVCodecID id) {
    const AVCodecDescriptor* descriptor = avcodec_descriptor_get(id);
    return descriptor != nullptr && (descriptor->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
}

bool is_access_unit_delimiter(NalCodec codec, Bytes nal) {
    const auto head = parse_nal_head(codec, nal);
    return head && head->type == (codec == NalCodec::h264 ? 9 : 35);
}

/// What a packet's slices say together.
struct Slices {
    int count = 0;
    bool has_key = false;  ///< IDR or IRAP
    bool has_b = false;
    bool all_i = true;
    bool is_reference = false;
};

Slices read_h264_slices(const std::vector<Bytes>& units) {
    Slices out;
    for (const Bytes unit : units) {
        const auto head = parse_nal_head(NalCodec::h264, unit);
        const auto type = parse_h264_slice_type(unit);
        if (!head || head->type < 1 || head->type > 5) continue;
        ++out.count;
        out.has_key |= head->type == 5;
        out.is_reference |= head->is_reference;
        const bool has_type = head->type != 3 && head->type != 4;  // data partitions B and C
        out.has_b |= type == SliceType::b;
        if (has_type) out.all_i &= type == SliceType::i;
    }
    return out;
}

Slices read_hevc_slices(const std::vector<Bytes>& units, const ExtraSliceBits& extra, int temporal_id_max) {
    Slices out;
    for (const Bytes unit : units) {
        const auto head = parse_nal_head(NalCodec::hevc, unit);
        if (!head || head->type > 31) continue;
        ++out.count;
        out.has_key |= head->type >= 16 && head->type <= 23;
        out.is_reference |= head->is_reference || head->temporal_id < temporal_id_max;
        out.has_b |= parse_hevc_slice_type(unit, extra) == SliceType::b;
    }
    return out;
}

}  // namespace

struct UnitReader::State {
    AVCodecID codec_id = AV_CODEC_ID_NONE;
    std::optional<NalCodec> codec;
    int length_bytes = 0;
    bool wanted = false;  // without_reordering(), before it has taken effect
    bool active = false;
    std::map<SetName, StoredSet> sets;  // at most one for each name: 16 + 16 + 64, or 32 + 256
    ExtraSliceBits extra_slice_bits{};
    int temporal_id_max = std::numeric_limits<int>::max();  // before the first SPS nothing is known to be disposable
    std::optional<std::int64_t> shown_latest;               // presentation time, since the last key

    std::vector<Bytes> units;   // of the packet at hand
    std::vector<Bytes> pieces;  // of what it becomes; start codes are put between

    void configure(const NalConfiguration& configuration);
    void configure_anew(AVPacket& packet);
    void keep(Bytes set);
    Unit classify(const AVPacket& packet);
    Unit classify_nal(const AVPacket& packet);
    bool has(SetKind kind) const;
    void add_stored_sets();
    bool gather(bool is_key);
    Status replace(AVPacket& packet) const;
};

void UnitReader::State::configure(const NalConfiguration& configuration) {
    length_bytes = configuration.length_bytes;
    for (const Bytes set : configuration.sets) keep(set);
}

/// Containers may change their mind in the middle of a stream. The decoder must not see that: for it there is no container.
void UnitReader::State::configure_anew(AVPacket& packet) {
    std::size_t bytes = 0;
    const std::uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, &bytes);
    if (data == nullptr) return;
    const auto configuration = parse_configuration(*codec, {data, bytes});
    if (configuration && !configuration->sets.empty()) configure(*configuration);
    av_packet_free_side_data(&packet);
}

void UnitReader::State::keep(Bytes set) {
    const auto name = parse_set_name(*codec, set);
    if (!name) return;
    if (set.size() > kSetBytesMax) {
        sets.erase(*name);  // it is outdated
        return;
    }
    StoredSet& stored = sets[*name];
    if (std::ranges::equal(stored.original, set)) return;
    stored.original.assign(set.begin(), set.end());
    stored.without_reordering = stored.original;
    if (name->kind == SetKind::sequence)
        if (auto rewritten = ffmpeg::without_reordering(*codec, set)) stored.without_reordering = std::move(*rewritten);
    if (codec != NalCodec::hevc) return;
    note_hevc_pps(set, extra_slice_bits);
    if (const auto sps = parse_hevc_sps(set)) {
        const bool first = temporal_id_max == std::numeric_limits<int>::max();
        temporal_id_max = first ? sps->temporal_id_max : std::max(temporal_id_max, sps->temporal_id_max);
    }
}

Unit UnitReader::State::classify(const AVPacket& packet) {
    if (codec) return classify_nal(packet);
    const bool key = (packet.flags & AV_PKT_FLAG_KEY) != 0 || is_intra_only(codec_id);
    return {key ? UnitKind::key : UnitKind::forward, false};
}

Unit UnitReader::State::classify_nal(const AVPacket& packet) {
    const bool h264 = codec == NalCodec::h264;
    const Slices slices = h264 ? read_h264_slices(units) : read_hevc_slices(units, extra_slice_bits, temporal_id_max);
    if (slices.count == 0) return {};
    const bool key = slices.has_key || (h264 && slices.all_i && (packet.flags & AV_PKT_FLAG_KEY) != 0 &&
                                        std::ranges::any_of(units, has_h264_recovery_point));
    const bool timed = packet.pts != AV_NOPTS_VALUE;
    const bool latest = timed && (key || (shown_latest && packet.pts > *shown_latest));
    if (key) shown_latest.reset();
    if (latest) shown_latest = packet.pts;
    if (key) return {UnitKind::key, false};
    const bool bidirectional = slices.has_b && !latest;
    if (!slices.is_reference) return {UnitKind::disposable, bidirectional};
    return {bidirectional ? UnitKind::bidirectional : UnitKind::forward, bidirectional};
}

bool UnitReader::State::has(SetKind kind) const {
    return std::ranges::any_of(units, [this, kind](Bytes unit) {
        const auto name = parse_set_name(*codec, unit);
        return name && name->kind == kind;
    });
}

void UnitReader::State::add_stored_sets() {
    for (const auto& [name, set] : sets) pieces.push_back(active ? set.without_reordering : set.original);
}

/// Fills `pieces`; false where they are the units as they stand.
bool UnitReader::State::gather(bool is_key) {
    pieces.clear();
    bool changed = false;
    bool needs_sets = is_key && !sets.empty() && !(has(SetKind::sequence) && has(SetKind::picture));
    for (const Bytes unit : units) {
        if (needs_sets && !is_access_unit_delimiter(*codec, unit)) {
            add_stored_sets();
            needs_sets = false;
            changed = true;
        }
        const auto name = active ? parse_set_name(*codec, unit) : std::nullopt;
        const auto stored = name && name->kind == SetKind::sequence ? sets.find(*name) : sets.end();
        if (stored == sets.end()) {
            pieces.push_back(unit);
        } else {
            pieces.push_back(stored->second.without_reordering);
            changed = true;
        }
    }
    return changed;
}

Status UnitReader::State::replace(AVPacket& packet) const {
    std::size_t bytes = 0;
    for (const Bytes piece : pieces) bytes += kStartCode.size() + piece.size();
    AVBufferRef* buffer = nullptr;
    if (bytes <= static_cast<std::size_t>(std::numeric_limits<int>::max()) - AV_INPUT_BUFFER_PADDING_SIZE)
        buffer = av_buffer_alloc(bytes + AV_INPUT_BUFFER_PADDING_SIZE);
    if (buffer == nullptr) return fail(ErrorCode::resource_exhausted, "a packet of {} bytes: no memory", bytes);
    std::uint8_t* to = buffer->data;
    for (const Bytes piece : pieces) {
        to = std::copy(kStartCode.begin(), kStartCode.end(), to);
        to = std::copy(piece.begin(), piece.end(), to);
    }
    std::memset(to, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    av_buffer_unref(&packet.buf);
    packet.buf = buffer;
    packet.data = buffer->data;
    packet.size = static_cast<int>(bytes);
    return {};
}

UnitReader::UnitReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
UnitReader::UnitReader(UnitReader&&) noexcept = default;
UnitReader& UnitReader::operator=(UnitReader&&) noexcept = default;
UnitReader::~UnitReader() = default;

Result<UnitReader> UnitReader::open(const Demuxer& demuxer) {
    const AVCodecParameters& parameters = *demuxer.stream().codecpar;
    auto state = std::make_unique<State>();
    state->codec_id = parameters.codec_id;
    state->codec = nal_codec_of(parameters.codec_id);
    if (!state->codec) return UnitReader(std::move(state));
    const Bytes extradata(parameters.extradata, static_cast<std::size_t>(parameters.extradata_size));
    const auto configuration = parse_configuration(*state->codec, extradata);
    if (!configuration)
        return fail(ErrorCode::corrupt, "{}: {} bytes of {} parameters are cut, expected whole parameter sets",
                    demuxer.facts().path, extradata.size(), demuxer.facts().codec);
    state->configure(*configuration);
    return UnitReader(std::move(state));
}

void UnitReader::without_reordering(bool on) { state_->wanted = on; }

Result<Unit> UnitReader::read(Packet& packet) {
    State& state = *state_;
    AVPacket& raw = *packet.packet_;
    if (!state.codec) return state.classify(raw);
    state.configure_anew(raw);
    state.units.clear();
    NalWalker walker({raw.data, static_cast<std::size_t>(raw.size)}, state.length_bytes);
    while (const auto unit = walker.next()) state.units.push_back(*unit);
    for (const Bytes unit : state.units) state.keep(unit);
    const Unit unit = state.classify(raw);
    if (unit.kind == UnitKind::key) state.active = state.wanted;
    const bool changed = state.gather(unit.kind == UnitKind::key);
    if (changed || state.length_bytes != 0) FACET_CHECK(state.replace(raw));
    return unit;
}

}  // namespace facet::ffmpeg
