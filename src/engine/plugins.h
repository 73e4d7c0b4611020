#pragma once
// Plugins: everything pluggable that a process was built with. The list is written once, in app/builtins.cpp.

#include <span>

#include "backend/backend.h"
#include "expert/expert.h"
#include "scene/rule/rule.h"
#include "scene/track/tracker.h"
#include "sink/sink.h"
#include "source/source.h"

namespace facet::engine {

/// Spans over constant lists that live as long as the process. The order matters where it is said.
struct Plugins {
    std::span<const source::SourceInfo* const> sources;     ///< the first that takes an address opens it
    std::span<const backend::BackendInfo* const> backends;  ///< the first is the default
    std::span<const expert::FamilyInfo* const> families;    ///< the first that recognises a graph decodes it
    std::span<const scene::TrackerInfo* const> trackers;    ///< the first is the default
    std::span<const scene::RuleInfo* const> rules;
    std::span<const sink::SinkInfo* const> sinks;
};

}  // namespace facet::engine
