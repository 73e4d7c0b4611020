#include "wrap/http/http.h"

#include <optional>

#include "base/text.h"
#include "wrap/http/curl_internal.h"

namespace facet::http {

namespace {

/// What the callbacks of one transfer share.
struct Transfer {
    const Request& request;
    const Receiver& receiver;
    const std::atomic<bool>& interrupted;
    CURL* handle;
    std::optional<std::uint64_t> range_begin;  // of the last response's Content-Range
    bool begun = false;
    std::uint64_t received_end = 0;
    std::optional<Error> error;  // of the receiver
};

/// "Content-Range: bytes 100-199/200".
void read_header(Transfer& transfer, std::string_view line) {
    if (line.starts_with("HTTP/")) transfer.range_begin.reset();  // the next response of a redirect
    std::string_view value = header_value(line, "content-range");
    if (!value.starts_with("bytes ")) return;
    value.remove_prefix(6);
    const auto dash = value.find('-');
    const auto begin = dash == std::string_view::npos ? std::nullopt : parse_integer(value.substr(0, dash));
    if (begin && *begin >= 0) transfer.range_begin = static_cast<std::uint64_t>(*begin);
}

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* context) {
    read_header(*static_cast<Transfer*>(context), {bytes, size * count});
    return size * count;
}

Status receive(Transfer& transfer, std::string_view bytes) {
    if (!transfer.begun) {
        const std::uint64_t offset = status_of(transfer.handle) == 206 ? transfer.range_begin.value_or(0) : 0;
        if (offset > transfer.request.offset)
            return fail(ErrorCode::corrupt, "{}: the server sent bytes from {}, expected from {}", transfer.request.address,
                        offset, transfer.request.offset);
        FACET_CHECK(transfer.receiver.begin(offset));
        transfer.received_end = offset;
        transfer.begun = true;
    }
    transfer.received_end += bytes.size();
    if (transfer.received_end > transfer.request.bytes_max)
        return fail(ErrorCode::resource_exhausted, "{}: more than the {} bytes that were expected", transfer.request.address,
                    transfer.request.bytes_max);
    return transfer.receiver.data(bytes);
}

std::size_t on_data(char* bytes, std::size_t size, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    const long status = status_of(transfer.handle);
    if (status != 200 && status != 206) return size * count;  // the page of an error is not the file
    if (auto received = receive(transfer, {bytes, size * count}); !received) {
        transfer.error = std::move(received.error());
        return 0;
    }
    return size * count;
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(context)->interrupted.load() ? 1 : 0;
}

}  // namespace

Status get(const Request& request, const Receiver& receiver, const std::atomic<bool>& interrupted) {
    const CurlHandle handle = new_handle();
    if (!handle) return fail(ErrorCode::internal, "libcurl cannot be initialised");
    Transfer transfer{request, receiver, interrupted, handle.get(), {}, false, 0, {}};
    char detail[CURL_ERROR_SIZE] = "";
    CURL* curl = handle.get();
    curl_easy_setopt(curl, CURLOPT_URL, request.address.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, request.address.starts_with("https") ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, static_cast<long>(request.redirects_max));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>((request.stall_timeout.count() + 999) / 1000));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "facet");
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    const std::string range = fmt::format("{}-", request.offset);
    if (request.offset > 0) curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());

    const CURLcode result = curl_easy_perform(curl);
    if (transfer.error) return fail(std::move(*transfer.error));
    if (result == CURLE_ABORTED_BY_CALLBACK) return fail(ErrorCode::cancelled, "{}: interrupted", request.address);
    FACET_CHECK(check_transport(result, request.address, detail));
    return check_status(status_of(curl), request.address);
}

}  // namespace facet::http
