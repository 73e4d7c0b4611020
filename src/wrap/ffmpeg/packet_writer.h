#pragma once
// PacketWriter: compressed packets to an MP4 file, as they are.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.h"
#include "wrap/ffmpeg/stream_parameters.h"

namespace facet::ffmpeg {

struct PacketWriterOptions {
    /// True: the file stands under its final name from the beginning and plays up to its last whole run at any time, also
    /// after a kill (fragmented MP4). False: written as "NAME.partial"; the index is in front when finish() has renamed it.
    bool fragmented = false;
    /// Set aside on the disk when the file is made, so that it cannot fill up before they are written; given back by
    /// finish(). File systems that cannot do that are believed.
    std::int64_t bytes_reserved = 0;
};

/// One stream's packets as the demuxer gave them (not what a UnitReader made of them): H.264, HEVC, MJPEG and whatever else
/// MP4 holds. Times begin at zero and grow (packet_times.h). Parameter sets come from the first packet, where it brings
/// its own, else from what the container said. Failures, a full disk included, are Errors that name the path; after one,
/// nothing more may be written. Without a finish() a file that is not fragmented is removed. Used by one thread at a time;
/// starts none.
///
///   FACET_TRY(auto writer, ffmpeg::PacketWriter::create("clip.mp4", parameters, {}));
///   FACET_CHECK(writer.write(group));       // const Packet*, the first a key
///   FACET_CHECK(writer.finish());
class PacketWriter {
public:
    /// Opens the file, so that one that cannot be written fails here; a codec that MP4 does not hold is `unsupported`.
    static Result<PacketWriter> create(const std::filesystem::path& path, std::shared_ptr<const StreamParameters> stream,
                                       const PacketWriterOptions& options);

    PacketWriter(PacketWriter&&) noexcept;
    PacketWriter& operator=(PacketWriter&&) noexcept;
    ~PacketWriter();

    /// A run of packets in their order: the first of all must be a key. The bytes are not copied but into the file.
    Status write(std::span<const Packet* const> run);
    /// Completes the file. Nothing may be written afterwards. An Error where there was no packet.
    Status finish();

    std::int64_t bytes() const;    ///< in the file by now
    std::int64_t packets() const;  ///< written so far

private:
    struct State;
    explicit PacketWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace facet::ffmpeg
