// What expert/expert.h promises of a family and of its experts, over every registered one: what they take, what they refuse
// by name, and what an observation looks like whatever the numbers are.

#include <cmath>
#include <functional>
#include <set>
#include <thread>

#include "base/random.h"
#include "conformance/family_samples.h"
#include "conformance/registered.h"

namespace facet::tests {
namespace {

using expert::DecodeContext;
using expert::Expert;
using expert::ExpertOptions;
using testing::HasSubstr;

constexpr float kLargest = std::numeric_limits<float>::max();

const expert::FamilyInfo& family_of(const FamilySample& sample) {
    return *find_registered(app::builtins().families, sample.kind);
}

model::Manifest manifest_of(const FamilySample& sample) {
    const expert::FamilyInfo& family = family_of(sample);
    if (auto manifest = family.recognise(sample.facts)) return *manifest;
    model::Manifest manifest;
    manifest.name = manifest.family = sample.kind;
    return manifest;
}

/// What a decoder is given for one frame: f32 outputs of the graph, or the input itself where there is no model.
class Given {
public:
    explicit Given(const std::vector<std::pair<ElementType, Shape>>& ports) {
        for (const auto& [type, shape] : ports) tensors_.emplace_back(type, shape);
    }
    std::vector<TensorView> views() const {
        std::vector<TensorView> views;
        for (const Tensor& tensor : tensors_) views.push_back(tensor.view());
        return views;
    }
    /// Every value anew.
    Given& fill(const std::function<float()>& value) {
        for (Tensor& tensor : tensors_) {
            if (tensor.type() == ElementType::f32)
                for (float& each : tensor.values<float>()) each = value();
            else
                for (std::uint8_t& each : tensor.values<std::uint8_t>())
                    each = static_cast<std::uint8_t>(std::clamp(value(), 0.0F, 1.0F) * 255);
        }
        return *this;
    }
    Given& fill_uniform(std::uint64_t seed, double low, double high) {
        Random random(seed);
        return fill([&] { return static_cast<float>(random.uniform(low, high)); });
    }
    std::span<float> operator[](std::size_t index) { return tensors_[index].values<float>(); }
    Tensor& tensor(std::size_t index) { return tensors_[index]; }

private:
    std::vector<Tensor> tensors_;
};

/// All numbers of an observation, in order: two are the same if these are.
std::vector<float> numbers_of(const ObservationContent& content) {
    std::vector<float> numbers;
    const auto add = [&numbers](auto... values) { (numbers.push_back(static_cast<float>(values)), ...); };
    if (const auto* detections = std::get_if<Detections>(&content)) {
        for (const Detection& item : detections->items) {
            add(item.box.x, item.box.y, item.box.width, item.box.height, item.score, item.label, item.mask.size.width);
            for (const Keypoint& keypoint : item.keypoints) add(keypoint.point.x, keypoint.point.y, keypoint.visibility);
            numbers.insert(numbers.end(), item.mask.cells.begin(), item.mask.cells.end());
        }
    } else if (const auto* map = std::get_if<SegmentMap>(&content)) {
        add(map->size.width, map->size.height);
        numbers.insert(numbers.end(), map->classes.begin(), map->classes.end());
    } else if (const auto* classes = std::get_if<Classification>(&content)) {
        for (const ClassScore& each : classes->top) add(each.label, each.score);
    } else if (const auto* text = std::get_if<Text>(&content)) {
        add(text->score);
        numbers.insert(numbers.end(), text->text.begin(), text->text.end());
    } else if (const auto* embedding = std::get_if<Embedding>(&content)) {
        numbers = embedding->values;
    } else {
        add(std::get<Score>(content).value);
    }
    return numbers;
}

bool is_share(float value) { return value >= 0 && value <= 1; }

void expect_well_formed(const Detection& item, const Expert& expert, Size picture) {
    EXPECT_GE(item.box.x, 0);
    EXPECT_GE(item.box.y, 0);
    EXPECT_LE(item.box.right(), static_cast<float>(picture.width) * 1.00001F);
    EXPECT_LE(item.box.bottom(), static_cast<float>(picture.height) * 1.00001F);
    EXPECT_GT(item.box.area(), 0);
    EXPECT_TRUE(is_share(item.score)) << item.score;
    EXPECT_GE(item.label, 0);
    EXPECT_LT(static_cast<std::size_t>(item.label), expert.labels().size());
    for (const Keypoint& keypoint : item.keypoints) {
        EXPECT_TRUE(std::isfinite(keypoint.point.x) && std::isfinite(keypoint.point.y));
        EXPECT_TRUE(is_share(keypoint.visibility)) << keypoint.visibility;
    }
    EXPECT_EQ(item.mask.cells.size(), static_cast<std::size_t>(item.mask.size.width * item.mask.size.height));
    for (const std::uint8_t cell : item.mask.cells) ASSERT_LE(cell, 1);
}

/// What media/observation.h says of every content.
void expect_well_formed(const ObservationContent& content, const Expert& expert, Size picture) {
    if (const auto* detections = std::get_if<Detections>(&content)) {
        float last = 1;
        for (const Detection& item : detections->items) {
            ASSERT_NO_FATAL_FAILURE(expect_well_formed(item, expert, picture));
            ASSERT_LE(item.score, last) << "by falling score";
            last = item.score;
        }
    } else if (const auto* map = std::get_if<SegmentMap>(&content)) {
        ASSERT_GT(map->size.width * map->size.height, 0);
        EXPECT_EQ(map->classes.size(), static_cast<std::size_t>(map->size.width * map->size.height));
        for (const std::uint8_t each : map->classes) ASSERT_LT(each, expert.labels().size());
    } else if (const auto* classes = std::get_if<Classification>(&content)) {
        float last = 1;
        for (const ClassScore& each : classes->top) {
            EXPECT_TRUE(is_share(each.score)) << each.score;
            EXPECT_LE(each.score, last);
            last = each.score;
            ASSERT_LT(static_cast<std::size_t>(each.label), expert.labels().size());
        }
    } else if (const auto* text = std::get_if<Text>(&content)) {
        EXPECT_TRUE(is_share(text->score)) << text->score;
    } else if (const auto* embedding = std::get_if<Embedding>(&content)) {
        double squares = 0;
        for (const float value : embedding->values) squares += static_cast<double>(value) * value;
        EXPECT_NEAR(squares, 1, 1e-4);
    } else {
        EXPECT_TRUE(std::isfinite(std::get<Score>(content).value));
    }
}

class FamilyConformance : public testing::TestWithParam<FamilySample> {
protected:
    const FamilySample& sample() const { return GetParam(); }
    const expert::FamilyInfo& family() const { return family_of(sample()); }

    std::unique_ptr<Expert> make(const ExpertOptions& options = {}) const {
        auto created = family().create(manifest_of(sample()), sample().facts, options);
        EXPECT_TRUE(created.has_value()) << (created ? "" : created.error().message);
        return created ? std::move(*created) : nullptr;
    }
    Given zeros() const {
        std::vector<std::pair<ElementType, Shape>> ports;
        for (const auto& output : sample().facts.outputs) ports.emplace_back(output.type, output.shape);
        if (family().needs_model) return Given(ports);
        const auto input = make()->input(kPicture);
        return Given({{input.type, input.shape()}});
    }
    /// A context in which the tensor covers the picture.
    DecodeContext context(Size picture = kPicture) const {
        DecodeContext context;
        context.placement.tensor = make()->input(family().needs_model ? manifest_of(sample()).input.size : kPicture).size;
        context.placement.picture = picture;
        context.placement.scale_x = static_cast<double>(picture.width) / context.placement.tensor.width;
        context.placement.scale_y = static_cast<double>(picture.height) / context.placement.tensor.height;
        return context;
    }
    /// Frames 0 to `frames` - 1 with outputs that a network or a camera could have given, as one camera's expert sees them.
    std::vector<ObservationContent> observe(const Expert& expert, int frames, std::uint64_t seed = 1) const {
        const auto state = expert.new_state();
        std::vector<ObservationContent> contents;
        Given given = zeros();
        for (int i = 0; i < frames; ++i) {
            fill_lively(given, i, seed);
            auto at = context();
            at.state = state.get();
            at.t = std::chrono::milliseconds(100 * i);
            auto content = expert.decode(given.views(), at);
            EXPECT_TRUE(content.has_value()) << (content ? "" : content.error().message);
            if (content) contents.push_back(std::move(*content));
        }
        return contents;
    }
    int frames() const { return family().needs_model ? 6 : 60; }

    static constexpr Size kPicture{160, 120};

private:
    void fill_lively(Given& given, int frame, std::uint64_t seed) const {
        given.fill_uniform(family().needs_model ? seed * 1000 + static_cast<std::uint64_t>(frame) : seed, 0, 1);
        if (family().needs_model) return;
        // A wall that stays, and a block that moves over it.
        Tensor& picture = given.tensor(0);
        const Shape& shape = picture.shape();
        const auto width = static_cast<std::size_t>(shape[3]);
        for (std::size_t y = 40; y < 70; ++y)
            for (std::size_t x = 0; x < 30; ++x)
                picture.values<std::uint8_t>()[y * width + (x + static_cast<std::size_t>(2 * frame)) % width] =
                    static_cast<std::uint8_t>(240 - 60 * ((x / 5 + y / 5) % 2));
    }
};

class NetworkConformance : public FamilyConformance {};   // families that decode the outputs of a graph
class DetectorConformance : public FamilyConformance {};  // families that give Detections

std::vector<FamilySample> samples_with(bool expert::FamilyInfo::*member) {
    auto samples = family_samples();
    std::erase_if(samples, [&](const FamilySample& sample) { return !(family_of(sample).*member); });
    return samples;
}
std::string name_of(const testing::TestParamInfo<FamilySample>& sample) { return test_name(sample.param.name()); }

INSTANTIATE_TEST_SUITE_P(All, FamilyConformance, testing::ValuesIn(family_samples()), name_of);
INSTANTIATE_TEST_SUITE_P(All, NetworkConformance, testing::ValuesIn(samples_with(&expert::FamilyInfo::needs_model)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(All, DetectorConformance, testing::ValuesIn(samples_with(&expert::FamilyInfo::detects)), name_of);

TEST(FamilyConformance, EveryRegisteredFamilyHasASample) {
    expect_samples_for_all(app::builtins().families, family_samples());
}

TEST_P(FamilyConformance, TheFirstFamilyThatRecognisesTheGraphIsItsOwn) {
    if (!family().needs_model) {
        EXPECT_FALSE(family().recognise(sample().facts).has_value());
        return;
    }
    for (const expert::FamilyInfo* info : app::builtins().families) {
        const auto manifest = info->recognise(sample().facts);
        if (!manifest) continue;
        EXPECT_EQ(info->name, sample().kind);
        EXPECT_EQ(manifest->family, sample().kind);
        return;
    }
    FAIL() << "nobody recognises the sample";
}

TEST_P(FamilyConformance, TheExpertDoesTheTaskOfItsFamilyWithTheContentThatIsDeclared) {
    const auto expert = make();
    EXPECT_EQ(expert->task(), family().task);
    for (const auto& content : observe(*expert, frames()))
        EXPECT_EQ(std::holds_alternative<Detections>(content), family().detects);
}

TEST_P(FamilyConformance, TheInputIsTheSameForTheSamePictureAndNeverEmpty) {
    const auto expert = make();
    for (const Size picture : {Size{1, 1}, Size{1920, 1080}, Size{1080, 1920}, Size{16384, 1}, Size{3, 16384}}) {
        const auto spec = expert->input(picture);
        EXPECT_GT(spec.size.width, 0);
        EXPECT_GT(spec.size.height, 0);
        EXPECT_EQ(spec.shape(), make()->input(picture).shape());
        if (spec.type == ElementType::u8) {
            EXPECT_EQ(spec.mean, (std::array<float, 3>{0, 0, 0}));
            EXPECT_EQ(spec.scale, (std::array<float, 3>{1, 1, 1}));
        }
    }
}

TEST_P(FamilyConformance, WhatPlausibleOutputsGiveIsWellFormed) {
    std::size_t numbers = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        for (const auto& content : observe(*make(), frames(), seed)) {
            ASSERT_NO_FATAL_FAILURE(expect_well_formed(content, *make(), kPicture));
            numbers += numbers_of(content).size();
        }
    EXPECT_GT(numbers, 0U) << "the outputs were to show something";
}

TEST_P(FamilyConformance, WithoutAnythingInTheOutputsNothingIsDetected) {
    const auto expert = make();
    const auto state = expert->new_state();
    auto at = context();
    at.state = state.get();
    const auto content = expert->decode(zeros().views(), at);
    if (!content) {  // where zero means nothing at all, the promised error says which output it was
        EXPECT_EQ(content.error().code, ErrorCode::corrupt);
        EXPECT_THAT(content.error().message, HasSubstr("'" + sample().facts.outputs.at(0).name + "'"));
        return;
    }
    expect_well_formed(*content, *expert, kPicture);
    if (const auto* detections = std::get_if<Detections>(&*content)) {
        EXPECT_TRUE(detections->items.empty());
    }
}

TEST_P(FamilyConformance, OutputsOfAnyMagnitudeGiveSomethingWellFormedOrAnError) {
    const auto expert = make();
    std::uint64_t seed = 0;
    for (const double magnitude : {1e-45, 1e-40, 1e-20, 1.0, 50.0, 1e4, 1e10, 1e20, 1e38, static_cast<double>(kLargest)}) {
        for (const double low : {-magnitude, 0.0, magnitude}) {
            for (const Size picture : {kPicture, Size{7, 4000}}) {
                const auto state = expert->new_state();
                auto at = context(picture);
                at.state = state.get();
                Given given = zeros();
                const auto content = expert->decode(given.fill_uniform(++seed, low, magnitude).views(), at);
                if (content) {
                    ASSERT_NO_FATAL_FAILURE(expect_well_formed(*content, *expert, picture));
                } else {
                    EXPECT_FALSE(content.error().message.empty());
                }
                ASSERT_FALSE(HasFailure()) << low << " to " << magnitude;
            }
        }
    }
}

TEST_P(NetworkConformance, WhereThePictureLiesInTheTensorBoxesStayInsideThePicture) {
    const auto expert = make();
    Random random(7);
    for (int round = 0; round < 40; ++round) {
        auto at = context({static_cast<int>(random.between(1, 2000)), static_cast<int>(random.between(1, 2000))});
        at.placement.scale_x = random.uniform(0.01, 40);
        at.placement.scale_y = random.uniform(0.01, 40);
        at.placement.offset_x = random.uniform(-500, 500);
        at.placement.offset_y = random.uniform(-500, 500);
        Given given = zeros();
        const auto content = expert->decode(given.fill_uniform(static_cast<std::uint64_t>(round), -20, 60).views(), at);
        ASSERT_TRUE(content.has_value()) << content.error().message;
        ASSERT_NO_FATAL_FAILURE(expect_well_formed(*content, *expert, at.placement.picture));
    }
}

TEST_P(FamilyConformance, TheSameOutputsGiveTheSameObservationOnEveryThread) {
    const auto expert = make();
    const auto numbers = [&](const Expert& one) {
        std::vector<std::vector<float>> all;
        for (const auto& content : observe(one, frames())) all.push_back(numbers_of(content));
        return all;
    };
    const auto expected = numbers(*expert);
    EXPECT_EQ(numbers(*make()), expected);
    std::array<std::vector<std::vector<float>>, 3> seen;
    std::vector<std::thread> threads;
    for (auto& each : seen) threads.emplace_back([&] { each = numbers(*expert); });
    for (auto& thread : threads) thread.join();
    for (const auto& each : seen) EXPECT_EQ(each, expected);
}

TEST_P(DetectorConformance, AHigherThresholdOnlyTakesAway) {
    const auto low = observe(*make({.threshold = 0.3F, .detections_max = 10000, .labels = {}}), frames());
    const auto high = observe(*make({.threshold = 0.8F, .detections_max = 10000, .labels = {}}), frames());
    const auto beyond = observe(*make({.threshold = 1.01F, .labels = {}}), frames());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < low.size(); ++i) {
        Detections expected = std::get<Detections>(low[i]);
        kept += expected.items.size();
        for (const Detection& item : expected.items) EXPECT_GE(item.score, 0.3F);
        std::erase_if(expected.items, [](const Detection& item) { return item.score < 0.8F; });
        EXPECT_EQ(numbers_of(high[i]), numbers_of(expected));
        EXPECT_TRUE(std::get<Detections>(beyond[i]).items.empty());
    }
    EXPECT_GT(kept, 0U);
}

TEST_P(DetectorConformance, OfTooManyDetectionsTheBestAreGiven) {
    const auto all = observe(*make({.detections_max = 10000, .labels = {}}), frames());
    std::size_t kept = 0;
    for (const std::size_t most : {1U, 20U}) {
        const auto some = observe(*make({.detections_max = most, .labels = {}}), frames());
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::size_t count = std::get<Detections>(some[i]).items.size();
            EXPECT_LE(count, most);
            Detections expected = std::get<Detections>(all[i]);
            expected.items.resize(std::min(count, expected.items.size()));
            EXPECT_EQ(numbers_of(some[i]), numbers_of(expected));
            kept += count;
        }
    }
    EXPECT_GT(kept, 0U);
}

TEST_P(FamilyConformance, OnlyWantedLabelsAreGivenAndUnknownOnesAreRefused) {
    const auto expert = make();
    const auto unknown = family().create(manifest_of(sample()), sample().facts, {.labels = {"no such thing"}});
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(unknown.error().message, HasSubstr("no such thing"));
    if (expert->labels().empty()) return;
    const auto label = static_cast<int>(expert->labels().size() - 1);
    for (const auto& content : observe(*make({.labels = {expert->labels().back()}}), frames())) {
        if (const auto* detections = std::get_if<Detections>(&content)) {
            for (const Detection& item : detections->items) EXPECT_EQ(item.label, label);
        } else if (const auto* classes = std::get_if<Classification>(&content)) {
            for (const ClassScore& each : classes->top) EXPECT_EQ(each.label, label);
        }
    }
}

TEST_P(FamilyConformance, OutputsOfAnotherCountTypeOrShapeAreRefusedByName) {
    const auto expert = make();
    const auto state = expert->new_state();
    auto at = context();
    at.state = state.get();
    const auto message = [&](const std::vector<TensorView>& views) -> std::string {
        const auto content = expert->decode(views, at);
        if (content) return "(taken)";
        EXPECT_EQ(content.error().code, ErrorCode::invalid_argument);
        return content.error().message;
    };
    const Given given = zeros();
    auto views = given.views();
    EXPECT_THAT(message({}), HasSubstr("0"));
    views.push_back(views[0]);
    EXPECT_THAT(message(views), HasSubstr(std::to_string(views.size())));
    for (std::size_t i = 0; i < given.views().size(); ++i) {
        const std::string name = family().needs_model ? "'" + sample().facts.outputs[i].name + "'" : "input";
        views = given.views();
        views[i].type = ElementType::i32;
        EXPECT_THAT(message(views), testing::AllOf(HasSubstr(name), HasSubstr("i32")));
        for (std::size_t side = 0; side < views[i].shape.size(); ++side) {
            views = given.views();
            views[i].shape[side] += 1;
            EXPECT_THAT(message(views), testing::AllOf(HasSubstr(name), HasSubstr(to_string(views[i].shape))));
        }
        views = given.views();
        views[i].shape.pop_back();
        EXPECT_THAT(message(views), HasSubstr(name));
    }
}

TEST_P(NetworkConformance, ValuesThatAreNotFiniteAreRefusedByName) {
    const auto expert = make();
    Given given = zeros();
    given.fill_uniform(1, 0, 1);
    for (std::size_t i = 0; i < given.views().size(); ++i) {
        const std::string& name = sample().facts.outputs[i].name;
        for (const float value : {std::nanf(""), INFINITY, -INFINITY}) {
            for (const std::size_t position : {std::size_t{0}, given[i].size() / 2, given[i].size() - 1}) {
                const float before = std::exchange(given[i][position], value);
                const auto content = expert->decode(given.views(), context());
                ASSERT_FALSE(content.has_value()) << name << " at " << position;
                EXPECT_EQ(content.error().code, ErrorCode::corrupt);
                EXPECT_THAT(content.error().message, HasSubstr("output '" + name + "' has the value"));
                given[i][position] = before;
            }
        }
    }
}

TEST_P(FamilyConformance, CamerasDoNotDisturbEachOther) {
    const auto expert = make();
    const auto other = expert->new_state();
    auto at = context();
    EXPECT_TRUE(!other || !expert->decode(zeros().views(), at).has_value()) << "a memory was promised and none was given";
    const auto alone = observe(*expert, frames());
    // The same again, while another camera sees something else.
    const auto together = [&] {
        std::vector<ObservationContent> contents;
        std::thread noise([&] {
            Given given = zeros();
            for (int i = 0; i < frames(); ++i) {
                auto elsewhere = context();
                elsewhere.state = other.get();
                elsewhere.t = std::chrono::milliseconds(70 * i);
                (void)expert->decode(given.fill_uniform(static_cast<std::uint64_t>(i), 0, 1).views(), elsewhere);
            }
        });
        contents = observe(*expert, frames());
        noise.join();
        return contents;
    }();
    ASSERT_EQ(together.size(), alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(numbers_of(together[i]), numbers_of(alone[i]));
}

TEST_P(NetworkConformance, AManifestThatDisagreesWithTheGraphIsRefusedByName) {
    const model::Manifest manifest = manifest_of(sample());
    const auto refused = [&](const model::Manifest& changed, const backend::ModelFacts& graph, const std::string& word) {
        const auto created = family().create(changed, graph, {});
        ASSERT_FALSE(created.has_value()) << word;
        EXPECT_EQ(created.error().code, ErrorCode::invalid_argument);
        EXPECT_THAT(created.error().message, testing::AllOf(HasSubstr("model '" + manifest.name + "'"), HasSubstr(word)));
    };
    model::Manifest other_size = manifest;
    other_size.input.size = {manifest.input.size.width * 2, manifest.input.size.height * 2};
    refused(other_size, sample().facts, "");
    model::Manifest other_layout = manifest;
    other_layout.input.layout = manifest.input.layout == image::Layout::nchw ? image::Layout::nhwc : image::Layout::nchw;
    refused(other_layout, sample().facts, "but the manifest says");
    model::Manifest other_type = manifest;
    other_type.input.type = ElementType::u8;
    refused(other_type, sample().facts, "but the manifest says");
    if (sample().has_labels) {
        model::Manifest other_labels = manifest;
        other_labels.labels.resize(manifest.labels.size() + 2, "more");
        refused(other_labels, sample().facts, "");
    }
    backend::ModelFacts changed = sample().facts;
    changed.outputs.clear();
    refused(manifest, changed, "outputs");
    changed = sample().facts;
    for (auto& output : changed.outputs) output.type = ElementType::i64;
    refused(manifest, changed, "i64");
    changed = sample().facts;
    changed.inputs.push_back(changed.inputs[0]);
    refused(manifest, changed, "2 inputs");
}

TEST_P(FamilyConformance, AWrongParameterIsRefusedByKeyAndValue) {
    std::set<std::string_view> tried;
    for (const auto& [key, value] : sample().wrong_parameters) {
        tried.insert(key);
        model::Manifest manifest = manifest_of(sample());
        manifest.parameters = {{key, value}};
        const auto created = family().create(manifest, sample().facts, {});
        ASSERT_FALSE(created.has_value()) << key;
        EXPECT_EQ(created.error().code, ErrorCode::invalid_argument);
        EXPECT_THAT(created.error().message,
                    testing::AllOf(HasSubstr("model '" + manifest.name + "'"), HasSubstr(key + " is '" + value + "'")));
    }
    for (const std::string_view key : family().parameters)
        EXPECT_TRUE(tried.contains(key)) << key << " has no wrong value here";
    EXPECT_EQ(tried.size(), family().parameters.size());
}

TEST_P(FamilyConformance, NoGraphIsTooOddForIt) {
    constexpr std::array<std::int64_t, 9> kSides{-1, 0, 1, 2, 3, 33, 64, 128, std::int64_t{1} << 40};
    Random random(3);
    const model::Manifest manifest = manifest_of(sample());
    int created_count = 0;
    for (int round = 0; round < 3000; ++round) {
        backend::ModelFacts graph = sample().facts;
        for (auto* ports : {&graph.inputs, &graph.outputs}) {
            if (ports->empty() || random.chance(0.5)) continue;
            backend::Port& port = (*ports)[random.below(ports->size())];
            switch (random.below(6)) {
                case 0: port.type = ElementType::i64; break;
                case 1: port.name += "?"; break;
                case 2: port.shape.assign(random.below(6), 1); break;
                case 3: ports->pop_back(); break;
                default:
                    if (!port.shape.empty())
                        port.shape[random.below(port.shape.size())] = kSides[random.below(kSides.size())];
            }
        }
        const auto recognised = family().recognise(graph);
        const auto created = family().create(recognised && random.chance(0.5) ? *recognised : manifest, graph, {});
        if (!created) {
            EXPECT_FALSE(created.error().message.empty());
            continue;
        }
        ++created_count;
        // An expert that was made decodes what its graph declares, or says why not.
        std::vector<std::pair<ElementType, Shape>> ports;
        double elements = 0;
        for (const auto& output : graph.outputs) {
            Shape shape = output.shape;
            double size = 1;
            for (auto& side : shape) size *= static_cast<double>(side = side < 0 ? 1 : side);
            elements += size;
            ports.emplace_back(output.type, std::move(shape));
        }
        if (elements > 1e6) continue;
        DecodeContext at = context();
        at.placement.tensor = (*created)->input(at.placement.tensor).size;
        const auto state = (*created)->new_state();
        at.state = state.get();
        const Given given(ports);
        const auto content = (*created)->decode(given.views(), at);
        if (content) {
            ASSERT_NO_FATAL_FAILURE(expect_well_formed(*content, **created, kPicture));
        }
    }
    EXPECT_GT(created_count, 0);
}

}  // namespace
}  // namespace facet::tests
