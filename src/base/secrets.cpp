#include "base/secrets.h"

#include <algorithm>
#include <array>

namespace facet {

namespace {

constexpr std::string_view kMask = "***";
constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::array<std::string_view, 9> kSecretKeys{"password", "passwd", "passwort", "pass",      "pwd",
                                                      "token",    "secret", "apikey",   "auth_token"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What is behind the colon of "host:554", perhaps with a sentence going on.
bool is_port(std::string_view text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto is_punctuation = [](char c) { return c == '\'' || c == '"' || c == ',' || c == ')' || c == '.' || c == ':'; };
    return std::all_of(end, text.end(), is_punctuation);
}

/// The password of what follows "scheme://", up to the next white space: where it begins and how long it is; npos = none.
std::pair<std::size_t, std::size_t> find_password(std::string_view rest) {
    const std::string_view authority = rest.substr(0, std::min(rest.find_first_of("/?#"), rest.size()));
    const auto at = authority.rfind('@');
    const auto colon = authority.find(':');
    constexpr auto kNone = std::pair{std::string_view::npos, std::size_t{0}};
    if (colon == std::string_view::npos || colon > at || authority.starts_with('[')) return kNone;
    if (at != std::string_view::npos) return {colon + 1, at - colon - 1};
    if (is_port(authority.substr(colon + 1))) return kNone;
    // A password with a slash in it, or an address that was cut off in its password.
    const auto last = std::min(rest.rfind('@'), rest.size());
    return {colon + 1, last - colon - 1};
}

void mask_passwords(std::string& text) {
    constexpr std::string_view kMark = "://";
    for (auto mark = text.find(kMark); mark != std::string::npos; mark = text.find(kMark, mark)) {
        mark += kMark.size();
        const auto end = std::min(text.find_first_of(kWhiteSpace, mark), text.size());
        const auto [offset, length] = find_password(std::string_view(text).substr(mark, end - mark));
        if (offset == std::string_view::npos) continue;
        text.replace(mark + offset, length, kMask);
        mark += offset + kMask.size();  // behind the mask: what was masked may have looked like an address itself
    }
}

void mask_queries(std::string& text) {
    for (auto begin = text.find_first_of("?&"); begin != std::string::npos; begin = text.find_first_of("?&", begin)) {
        ++begin;
        const auto equals = text.find_first_of("=&#", begin);
        if (equals == std::string::npos || text[equals] != '=') continue;
        std::string key = text.substr(begin, equals - begin);
        std::transform(key.begin(), key.end(), key.begin(), lower);
        if (std::find(kSecretKeys.begin(), kSecretKeys.end(), key) == kSecretKeys.end()) continue;
        const auto end = std::min(text.find_first_of("&# \t\r\n", equals), text.size());
        text.replace(equals + 1, end - equals - 1, kMask);
    }
}

}  // namespace

std::string without_secrets(std::string_view text) {
    std::string clean(text);
    mask_passwords(clean);
    mask_queries(clean);
    return clean;
}

}  // namespace facet
