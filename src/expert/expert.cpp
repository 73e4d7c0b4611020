#include "expert/expert.h"

namespace facet::expert {

std::string_view name(Task task) {
    switch (task) {
        case Task::detect: return "detect";
        case Task::segment: return "segment";
        case Task::classify: return "classify";
        case Task::pose: return "pose";
        case Task::face: return "face";
        case Task::plate: return "plate";
        case Task::read: return "read";
        case Task::embed: return "embed";
        case Task::act: return "act";
        case Task::anomaly: return "anomaly";
        case Task::forecast: return "forecast";
    }
    return "unknown";
}

}  // namespace facet::expert
