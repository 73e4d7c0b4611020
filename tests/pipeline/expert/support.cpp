#include "support.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "backend/openvino/openvino_backend.h"
#include "expert/blazeface/blazeface.h"
#include "expert/classification/classification.h"
#include "expert/deeplab/deeplab.h"
#include "expert/embedding/embedding.h"
#include "expert/nanodet/nanodet.h"
#include "expert/plate/plate.h"
#include "expert/road_segmentation/road_segmentation.h"
#include "expert/ultraface/ultraface.h"
#include "expert/yolov8/yolov8.h"
#include "expert/yolox/yolox.h"
#include "expert/yunet/yunet.h"
#include "source/file/file_source.h"

namespace facet::tests {

std::span<const expert::FamilyInfo* const> families() {
    using namespace expert;
    static constexpr std::array<const FamilyInfo*, 15> kFamilies{
        &kYolox,     &kNanodet, &kPlate,     &kYolov8Pose, &kYolov8Segment, &kYolov8,    &kRoadSegmentation, &kDeeplab,
        &kUltraface, &kYunet,   &kBlazeface, &kPlateText,  &kPlateColour,   &kEmbedding, &kClassification};
    return kFamilies;
}

Picture read_picture(const std::filesystem::path& path) {
    auto source = source::kFileSource.open(path.string());
    if (!source) throw std::runtime_error(source.error().message);
    auto frame = (*source)->next();
    if (!frame || !*frame) throw std::runtime_error(path.string() + ": no picture");
    return (*frame)->picture;
}

std::vector<std::filesystem::path> pictures_of(const std::string& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(kData / "images" / folder)) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

Model::Model(const std::string& name, expert::ExpertOptions options, backend::Precision precision) : precision_(precision) {
    auto created = backend::kOpenvinoBackend.create(log_);
    if (!created) throw std::runtime_error(created.error().message);
    backend_ = std::move(*created);
    expert::LoadRequest request;
    request.model = name;
    request.options = std::move(options);
    request.repository.mirror = (kData / "models").string();
    auto loaded = expert::load_expert(request, backend_.get(), families(), log_);
    if (!loaded) throw std::runtime_error(loaded.error().message);  // fails the test with the message
    loaded_ = std::move(*loaded);
}

expert::Runner& Model::runner(Size picture) {
    const Size input = loaded_->expert->input(picture).size;
    for (const Sized& sized : runners_)
        if (sized.input == input) return *sized.runner;
    backend::SessionOptions options;
    options.precision = precision_;
    auto runner = expert::Runner::create(loaded_, picture, options);
    if (!runner) throw std::runtime_error(runner.error().message);
    runners_.push_back({input, std::move(*runner)});
    return *runners_.back().runner;
}

}  // namespace facet::tests
