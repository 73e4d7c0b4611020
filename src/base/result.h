#pragma once
// Result<T>: the return type of everything that may fail, and the two macros that pass an Error on.
//
//   Result<Picture> read(const std::string& path) {
//       FACET_TRY(auto bytes, read_file(path, kBytesMax));     // returns the Error, or binds the value
//       FACET_CHECK(verify(bytes));                            // the same for Status
//       if (bytes.empty()) return fail(ErrorCode::corrupt, "{}: empty file, expected a picture", path);
//       ...
//   }
//
// A message names the thing, the value and what was expected, in one line. Bugs of our own are not Errors: use
// FACET_ASSERT (base/assert.h). No exception crosses a folder.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace facet {

/// Few codes, each with one meaning for the caller; they map one to one to HTTP and gRPC status codes.
enum class ErrorCode {
    invalid_argument,    ///< the caller's value is wrong: option, config, geometry, shape (HTTP 400)
    not_found,           ///< the named thing does not exist (404)
    already_exists,      ///< the name is taken (409)
    permission_denied,   ///< it exists and may not be read or written (403)
    corrupt,             ///< the bytes are not what their format promises (422)
    unsupported,         ///< valid, but this build or machine cannot do it (501)
    resource_exhausted,  ///< disk, memory, descriptors or a declared limit (429)
    unavailable,         ///< a peer or device does not answer now; trying again may help (503)
    cancelled,           ///< stopped on request (499)
    internal,            ///< a library failed in a way that it should not have (500)
};

/// The code's name as written in logs, metrics and JSON, for example "not_found".
std::string_view name(ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;

    /// The same error with "context: " before its message.
    [[nodiscard]] Error within(std::string_view context) const { return {code, fmt::format("{}: {}", context, message)}; }
};

/// Either a T or an Error; see tl::expected for the interface (has_value, value, error, operator*, operator->).
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
};
template <>
class [[nodiscard]] Result<void> : public tl::expected<void, Error> {
public:
    using tl::expected<void, Error>::expected;
};

/// Success without a value, or an Error.
using Status = Result<void>;

/// `return fail(ErrorCode::not_found, "{}: no such file", path);`
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
    return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace facet

#define FACET_CONCATENATE_INNER(a, b) a##b
#define FACET_CONCATENATE(a, b) FACET_CONCATENATE_INNER(a, b)

/// Binds the value of a Result to `declaration`, or returns its Error from the enclosing function.
#define FACET_TRY(declaration, expression) \
    FACET_TRY_INNER(FACET_CONCATENATE(facet_result_, __LINE__), declaration, expression)
#define FACET_TRY_INNER(result, declaration, expression)                          \
    auto result = (expression);                                                   \
    if (!(result).has_value()) return ::facet::fail(std::move((result).error())); \
    declaration = std::move(*(result))

/// Returns the Error of a Status from the enclosing function.
#define FACET_CHECK(expression)                                          \
    do {                                                                 \
        if (auto facet_status = (expression); !facet_status.has_value()) \
            return ::facet::fail(std::move(facet_status.error()));       \
    } while (false)
