#pragma once
// What libcurl's users of this folder share.

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace facet::http {

struct CurlRelease {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlRelease>;
using CurlList = std::unique_ptr<curl_slist, CurlRelease>;

/// Null where libcurl cannot be initialised. Any thread.
CurlHandle new_handle();
long status_of(CURL* handle);
/// The Error of a status that is not 200 or 206, or of a transfer that failed; `name` stands for the address.
Status check_status(long status, const std::string& name);
Status check_transport(CURLcode result, const std::string& name, const char* detail);
/// The value of a header line "Name: value" if it has this (lower-case) name, else nothing.
std::string_view header_value(std::string_view line, std::string_view name);

}  // namespace facet::http
