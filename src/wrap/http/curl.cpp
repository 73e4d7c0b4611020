#include <algorithm>

#include "base/text.h"
#include "wrap/http/curl_internal.h"

namespace facet::http {

long status_of(CURL* handle) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

std::string_view header_value(std::string_view line, std::string_view name) {
    const auto is_same = [](char given, char wanted) { return given == wanted || (given | 0x20) == wanted; };
    if (line.size() <= name.size() || line[name.size()] != ':') return {};
    if (!std::equal(name.begin(), name.end(), line.begin(), [&](char wanted, char given) { return is_same(given, wanted); }))
        return {};
    return trim(line.substr(name.size() + 1));
}

Status check_status(long status, const std::string& name) {
    if (status == 200 || status == 206) return {};
    const ErrorCode code = status == 404 || status == 410                    ? ErrorCode::not_found
                           : status == 401 || status == 403                  ? ErrorCode::permission_denied
                           : status == 416                                   ? ErrorCode::corrupt
                           : status == 408 || status == 429 || status >= 500 ? ErrorCode::unavailable
                                                                             : ErrorCode::invalid_argument;
    return fail(code, "{}: the server answered {}", name, status);
}

Status check_transport(CURLcode result, const std::string& name, const char* detail) {
    switch (result) {
        case CURLE_OK: return {};
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return fail(ErrorCode::invalid_argument, "{}: not an http:// or https:// address", name);
        case CURLE_TOO_MANY_REDIRECTS: return fail(ErrorCode::invalid_argument, "{}: too many redirects", name);
        case CURLE_PEER_FAILED_VERIFICATION:
            return fail(ErrorCode::permission_denied, "{}: the server's certificate is not trusted: {}", name, detail);
        default: return fail(ErrorCode::unavailable, "{}: {}", name, *detail ? detail : curl_easy_strerror(result));
    }
}

CurlHandle new_handle() {
    static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);  // once; initialisation of statics is locked
    return CurlHandle(kInitialised == CURLE_OK ? curl_easy_init() : nullptr);
}

}  // namespace facet::http
