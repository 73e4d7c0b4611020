#pragma once
// JSON text, written member by member. The bytes depend on nothing but the values: numbers in their shortest form that reads
// back to the same value, no locale, members in the order of writing.

#include <concepts>
#include <string>
#include <string_view>

namespace facet::sink::dialect {

/// A JSON string with its quotes. `text` should be UTF-8; each byte that cannot be part of it becomes U+FFFD.
void append_text(std::string& out, std::string_view text);
/// Finite numbers only. A float is written as the shortest float, not as the double it equals.
void append_number(std::string& out, double value);
void append_number(std::string& out, float value);
void append_number(std::string& out, long long value);

/// One object: `{` at creation, `}` at close(). A nested object or array is written to the same text after key().
class JsonObject {
public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

    void key(std::string_view name);
    void member(std::string_view name, std::string_view text) { key(name), append_text(out_, text); }
    template <std::floating_point Number>
    void member(std::string_view name, Number value) {
        key(name), append_number(out_, value);
    }
    template <std::integral Number>
    void member(std::string_view name, Number value) {
        key(name), append_number(out_, static_cast<long long>(value));
    }
    void close() { out_ += '}'; }

private:
    std::string& out_;
    bool empty_ = true;
};

}  // namespace facet::sink::dialect
