// The list of sub-commands. Each is declared here and defined in the file of its name.
#include <array>

#include "app/command.h"

namespace facet::app {

extern const Command kAnalyze;
extern const Command kDoctor;
extern const Command kEvalClassify;
extern const Command kEvalDetect;
extern const Command kEvalEmbed;
extern const Command kEvalFace;
extern const Command kEvalPose;
extern const Command kEvalRead;
extern const Command kEvalSegment;
extern const Command kEvalTrack;
extern const Command kModelCheck;
extern const Command kModelInspect;
extern const Command kModelList;
extern const Command kModelProfile;
extern const Command kModelPull;
extern const Command kReference;
extern const Command kReload;
extern const Command kRun;
extern const Command kSynth;
extern const Command kTop;

std::span<const Command* const> commands() {
    static constexpr std::array kCommands{
        &kAnalyze,      &kRun,        &kTop,          &kReload,   &kEvalDetect, &kEvalSegment, &kEvalClassify,
        &kEvalRead,     &kEvalFace,   &kEvalEmbed,    &kEvalPose, &kEvalTrack,  &kModelList,   &kModelPull,
        &kModelInspect, &kModelCheck, &kModelProfile, &kDoctor,   &kReference,  &kSynth,
    };
    return kCommands;
}

}  // namespace facet::app
