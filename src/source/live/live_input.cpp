#include "source/live/live_input.h"

#include "source/live/file_input.h"
#include "source/live/stream_input.h"

namespace facet::source::live {

namespace {

bool is_network(const std::string& address) {
    return address.find("://") != std::string::npos && !address.starts_with("file:");
}

}  // namespace

Result<std::unique_ptr<LiveInput>> LiveInput::open(const std::string& address, const LiveInputOptions& options,
                                                   Interrupt& interrupt) {
    if (is_network(address)) return open_network(address, options, interrupt);
    return open_file(address, options, interrupt);
}

}  // namespace facet::source::live
