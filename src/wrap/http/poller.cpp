#include "wrap/http/poller.h"

#include <utility>

#include "base/secrets.h"
#include "wrap/http/curl_internal.h"

namespace facet::http {

namespace {

constexpr long kRedirectsMax = 5;

/// One fetch.
struct Fetch {
    const PollerOptions& options;
    const std::atomic<bool>& interrupted;
    CURL* handle;
    Document document;
    std::string etag;
    std::string last_modified;
    bool is_too_long = false;
};

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* context) {
    auto& fetch = *static_cast<Fetch*>(context);
    const std::string_view line(bytes, size * count);
    if (line.starts_with("HTTP/")) {  // also that of a redirect, or of a request for credentials
        fetch.etag.clear();
        fetch.last_modified.clear();
        fetch.document.type.clear();
    }
    if (const auto value = header_value(line, "etag"); !value.empty()) fetch.etag = value;
    if (const auto value = header_value(line, "last-modified"); !value.empty()) fetch.last_modified = value;
    if (const auto value = header_value(line, "content-type"); !value.empty()) fetch.document.type = value;
    return size * count;
}

std::size_t on_data(char* bytes, std::size_t size, std::size_t count, void* context) {
    auto& fetch = *static_cast<Fetch*>(context);
    if (status_of(fetch.handle) != 200) return size * count;  // the page of an error
    if (fetch.document.body.size() + size * count > fetch.options.bytes_max) {
        fetch.is_too_long = true;
        return 0;
    }
    fetch.document.body.append(bytes, size * count);
    return size * count;
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Fetch*>(context)->interrupted.load() ? 1 : 0;
}

}  // namespace

struct Poller::State {
    PollerOptions options;
    CurlHandle handle;
    std::string etag;  // of the last document
    std::string last_modified;
};

Poller::Poller(std::unique_ptr<State> state) : state_(std::move(state)) {}
Poller::Poller(Poller&&) noexcept = default;
Poller& Poller::operator=(Poller&&) noexcept = default;
Poller::~Poller() = default;

Result<Poller> Poller::open(PollerOptions options) {
    auto state = std::make_unique<State>();
    state->options = std::move(options);
    state->handle = new_handle();
    CURL* curl = state->handle.get();
    if (curl == nullptr) return fail(ErrorCode::internal, "libcurl cannot be initialised");
    curl_easy_setopt(curl, CURLOPT_URL, state->options.address.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
                     state->options.address.starts_with("https") ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kRedirectsMax);
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC | CURLAUTH_DIGEST);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(state->options.connect_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(state->options.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "facet");
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    return Poller(std::move(state));
}

Result<Document> Poller::get(const std::atomic<bool>& interrupted) {
    State& state = *state_;
    CURL* curl = state.handle.get();
    const std::string& name = state.options.name;
    Fetch fetch{state.options, interrupted, curl, {}, {}, {}, false};
    char detail[CURL_ERROR_SIZE] = "";
    CurlList headers;
    const auto add = [&headers](const std::string& line) {
        if (curl_slist* longer = curl_slist_append(headers.get(), line.c_str()); longer != nullptr) {
            headers.release();  // it is the front of the longer one
            headers.reset(longer);
        }
    };
    if (!state.etag.empty()) add("If-None-Match: " + state.etag);
    if (!state.last_modified.empty()) add("If-Modified-Since: " + state.last_modified);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &fetch);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &fetch);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &fetch);
    const CURLcode result = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);  // what they point to ends here
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);

    if (fetch.is_too_long)
        return fail(ErrorCode::resource_exhausted, "{}: more than {} bytes, expected a picture of at most that", name,
                    state.options.bytes_max);
    if (result == CURLE_ABORTED_BY_CALLBACK) return fail(ErrorCode::cancelled, "{}: interrupted", name);
    FACET_CHECK(check_transport(result, name, without_secrets(detail).c_str()));
    if (status_of(curl) == 304) {
        fetch.document.is_unchanged = true;
        return std::move(fetch.document);
    }
    FACET_CHECK(check_status(status_of(curl), name));
    state.etag = std::move(fetch.etag);
    state.last_modified = std::move(fetch.last_modified);
    return std::move(fetch.document);
}

}  // namespace facet::http
