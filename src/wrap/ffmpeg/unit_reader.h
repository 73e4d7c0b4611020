#pragma once
// UnitReader: what each packet means to those who decode live, and packets that a decoder need not hold back.

#include <memory>

#include "base/result.h"
#include "wrap/ffmpeg/demuxer.h"

namespace facet::ffmpeg {

/// What depends on a packet's frame, and what it depends on.
enum class UnitKind {
    key,            ///< decodes alone: a decoder may begin here
    forward,        ///< refers back only, and others refer to it; also whatever cannot be told
    bidirectional,  ///< refers to frames that are shown after it, and others refer to it
    disposable,     ///< nothing refers to it, whatever it refers to: it may be left out without a trace in the others
};

struct Unit {
    UnitKind kind = UnitKind::forward;
    /// It refers to frames that are shown after it: it is late by nature. Kind bidirectional, or some of the disposable.
    bool is_bidirectional = false;
};

/// Reads the packets of one stream, in their order, between Demuxer::read() and Decoder::send(). Not thread-safe; needs the
/// demuxer only in open().
///
///   FACET_TRY(auto reader, ffmpeg::UnitReader::open(demuxer));
///   FACET_TRY(auto decoder, ffmpeg::Decoder::open_annex_b(demuxer, 1, pixels_max));
///   reader.without_reordering(true);
///   while (... demuxer.read(packet) ...) {
///       FACET_TRY(const ffmpeg::Unit unit, reader.read(packet));
///       if (unit.kind == ffmpeg::UnitKind::disposable && unit.is_bidirectional) continue;   // or any disposable
///       FACET_CHECK(decoder.send(packet, now));                                             // then receive()
///   }
///
/// A decoder with one thread then gives each frame right after its own packet, except the bidirectional ones that others
/// refer to: those are decoded, since the pixels of later frames may depend on them, and their frames do not come (H.264) or
/// come late, with times that step back (HEVC). A caller who leaves them out too gets damaged pictures wherever a later
/// frame refers to one, which encoders with "b-pyramid" do.
///
/// How kinds are told. H.264: key = IDR, or only I slices with a recovery point in a packet that the container calls a key;
/// disposable = nal_ref_idc 0. HEVC: key = IRAP (types 16 to 23); disposable = sub-layer non-reference types in the highest
/// temporal sub-layer. In both, B slices make a frame bidirectional unless its packet's presentation time is later than all
/// before it since the last key: then all that it can refer to is past. Codecs in which every frame decodes alone (MJPEG):
/// all are keys. Other codecs: what the container calls a key, else forward.
class UnitReader {
public:
    static Result<UnitReader> open(const Demuxer& demuxer);
    UnitReader(UnitReader&&) noexcept;
    UnitReader& operator=(UnitReader&&) noexcept;
    ~UnitReader();

    /// Tells the packet's kind and turns H.264 and HEVC into Annex B, with the stream's latest parameter sets in front of
    /// each key that does not bring its own. Packets of other codecs stay as they are. An Error (no
    /// memory) leaves the packet as it was.
    Result<Unit> read(Packet& packet);

    /// From the next key packet on, the sequence parameter sets say that frames are shown as they are decoded (true), or
    /// what the stream says itself (false, at first). A decoder keeps the largest delay that it was ever told: open a new
    /// one with that key packet where the delay is to fall. No effect on other codecs than H.264 and HEVC, nor where a set
    /// cannot be parsed.
    void without_reordering(bool on);

private:
    struct State;
    explicit UnitReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace facet::ffmpeg
