#pragma once
// Bits and bytes of compressed streams, read and written one after the other. For this folder's .cpp files.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "wrap/ffmpeg/parameter_sets.h"

namespace facet::ffmpeg {

/// The payload without the emulation prevention bytes (0 0 3 stands for 0 0), of at most `bytes_max` bytes.
inline std::vector<std::uint8_t> unescape(Bytes payload, std::size_t bytes_max) {
    std::vector<std::uint8_t> plain;
    plain.reserve(std::min(payload.size(), bytes_max));
    int zeros = 0;
    for (const std::uint8_t byte : payload) {
        if (plain.size() == bytes_max) break;
        if (zeros >= 2 && byte == 3) {
            zeros = 0;
            continue;
        }
        zeros = byte == 0 ? zeros + 1 : 0;
        plain.push_back(byte);
    }
    return plain;
}

/// Beyond its end it reads zeros and is no longer ok().
class BitReader {
public:
    BitReader(Bytes bytes, std::size_t bits) : bytes_(bytes), end_(bits) {}

    bool ok() const { return ok_; }
    std::size_t position() const { return position_; }
    std::size_t left() const { return end_ - position_; }

    bool flag() {
        if (position_ >= end_) {
            ok_ = false;
            return false;
        }
        const unsigned byte = bytes_[position_ / 8];
        const unsigned shift = 7 - position_ % 8;
        ++position_;
        return ((byte >> shift) & 1U) != 0;
    }
    /// At most 32.
    std::uint32_t bits(int count) {
        std::uint32_t value = 0;
        for (int i = 0; i < count; ++i) value = value << 1 | std::uint32_t{flag()};
        return value;
    }
    void skip(std::size_t count) {
        ok_ = ok_ && count <= left();
        position_ += std::min(count, left());
    }
    /// ue(v): Exp-Golomb.
    std::uint32_t number() {
        int zeros = 0;
        while (ok_ && zeros < 32 && !flag()) ++zeros;
        if (zeros == 32) ok_ = false;
        if (!ok_) return 0;
        return static_cast<std::uint32_t>((std::uint64_t{1} << zeros) - 1 + bits(zeros));
    }
    /// se(v), as a distance: the same bits as ue(v), other values.
    std::int64_t signed_number() {
        const std::int64_t k = number();
        return k % 2 != 0 ? (k + 1) / 2 : -k / 2;
    }

private:
    Bytes bytes_;
    std::size_t end_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

class BitWriter {
public:
    void flag(bool bit) {
        if (count_ % 8 == 0) bytes_.push_back(0);
        if (bit) bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | 1U << (7 - count_ % 8));
        ++count_;
    }
    void bits(std::uint64_t value, int count) {
        for (int i = count - 1; i >= 0; --i) flag((value >> i & 1U) != 0);
    }
    void number(std::uint32_t value) {
        const std::uint64_t code = std::uint64_t{value} + 1;
        const int length = static_cast<int>(std::bit_width(code));
        bits(0, length - 1);
        bits(code, length);
    }
    void copy(Bytes from, std::size_t begin, std::size_t end) {
        BitReader reader(from, end);
        reader.skip(begin);
        while (reader.left() > 0) flag(reader.flag());
    }
    /// `head` as it is, then the bits so far, the stop bit and the emulation prevention bytes.
    std::vector<std::uint8_t> finish(Bytes head) {
        flag(true);
        std::vector<std::uint8_t> nal(head.begin(), head.end());
        int zeros = 0;
        for (const std::uint8_t byte : bytes_) {
            if (zeros == 2 && byte <= 3) {
                nal.push_back(3);
                zeros = 0;
            }
            nal.push_back(byte);
            zeros = byte == 0 ? zeros + 1 : 0;
        }
        return nal;
    }

private:
    std::vector<std::uint8_t> bytes_;
    std::size_t count_ = 0;
};

/// A box's fields, one after the other.
class ByteReader {
public:
    explicit ByteReader(Bytes bytes) : left_(bytes) {}
    /// Nothing beyond the end.
    std::optional<Bytes> take(std::size_t count) {
        if (count > left_.size()) return std::nullopt;
        const Bytes taken = left_.first(count);
        left_ = left_.subspan(count);
        return taken;
    }
    /// A big-endian number of `count` bytes.
    std::optional<std::size_t> number(std::size_t count) {
        const auto taken = take(count);
        if (!taken) return std::nullopt;
        std::size_t value = 0;
        for (const std::uint8_t byte : *taken) value = value << 8 | byte;
        return value;
    }
    /// `count` units, each behind its length of two bytes; false where they are cut.
    bool units(std::size_t count, std::vector<Bytes>& out) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto length = number(2);
            const auto unit = length ? take(*length) : std::nullopt;
            if (!unit) return false;
            if (!unit->empty()) out.push_back(*unit);
        }
        return true;
    }

private:
    Bytes left_;
};

}  // namespace facet::ffmpeg
