#include "sink/dialect/json_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <iterator>

#include "base/assert.h"
#include "base/text.h"

namespace facet::sink::dialect {

namespace {

template <class Number>
void append(std::string& out, Number value) {
    fmt::format_to(std::back_inserter(out), "{}", value);
}

}  // namespace

void append_text(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
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
