// The list of sub-commands. Each is declared here and defined in the file of its name.
#include <array>

#include "app/command.h"

namespace facet::app {

std::span<const Command* const> commands() {
    static constexpr std::array<const Command*, 0> kCommands{};
    return kCommands;
}

}  // namespace facet::app
