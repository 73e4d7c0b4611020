#include "app/command.h"

#include <cstdio>

namespace facet::app {

int fail_with(ExitCode code, std::string_view message) {
    std::string line(message);
    for (char& character : line)
        if (static_cast<unsigned char>(character) < 0x20) character = ' ';
    fmt::print(stderr, "facet: {}\n", line);
    return code;
}

}  // namespace facet::app
