#include "sink/dialect/json_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <iterator>

#include "base/assert.h"

namespace facet::sink::dialect {

namespace {

/// Length of the well-formed UTF-8 sequence that `text` begins with (Unicode 15, table 3-7), or 0.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [text](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    const auto within = [&byte](std::size_t i, int low, int high) { return byte(i) >= low && byte(i) <= high; };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        // No overlong forms, no surrogates.
        const bool second = within(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
        return second && within(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        // No overlong forms, nothing behind U+10FFFF.
        const bool second = within(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
        return second && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

template <class Number>
void append(std::string& out, Number value) {
    fmt::format_to(std::back_inserter(out), "{}", value);
}

}  // namespace

void append_text(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length == 0) {
            out += "\xEF\xBF\xBD";  // U+FFFD
            text.remove_prefix(1);
            continue;
        }
        switch (const char c = text.front(); c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<std::uint8_t>(c) < 0x20) {
                    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out += text.substr(0, length);
                }
        }
        text.remove_prefix(length);
    }
    out += '"';
}

void append_number(std::string& out, double value) {
    FACET_ASSERT(std::isfinite(value));
    append(out, value);
}

void append_number(std::string& out, float value) {
    FACET_ASSERT(std::isfinite(value));
    append(out, value);
}

void append_number(std::string& out, long long value) { append(out, value); }

void JsonObject::key(std::string_view name) {
    if (!empty_) out_ += ',';
    empty_ = false;
    append_text(out_, name);
    out_ += ':';
}

}  // namespace facet::sink::dialect
