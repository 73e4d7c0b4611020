#pragma once
// What the accuracy tests share: experts by catalogue name, pictures of the shared test data.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "expert/runner.h"
#include "media/picture.h"

namespace facet::tests {

/// Absolute figures of models and pictures that do not belong to this repository: skipped without them.
inline const std::filesystem::path kData = "../shared/data";
#define FACET_NEED_DATA() \
    if (!std::filesystem::exists(::facet::tests::kData)) GTEST_SKIP() << "needs the test data in ../shared/data"

/// All families, in the order of the binary.
std::span<const expert::FamilyInfo* const> families();

/// The picture of a file; throws where it cannot be read, which fails the test.
Picture read_picture(const std::filesystem::path& path);

/// Files of a folder of test pictures, by name.
std::vector<std::filesystem::path> pictures_of(const std::string& folder);

/// An expert in f32 from the catalogue, the files found in the test data.
class Model {
public:
    explicit Model(const std::string& name, expert::ExpertOptions options = {},
                   backend::Precision precision = backend::Precision::f32);

    const expert::LoadedExpert& loaded() const { return *loaded_; }
    /// A runner for pictures of this size (one for all where the input does not follow the aspect).
    expert::Runner& runner(Size picture);
    /// prepare, infer and decode; a failed expectation and empty content on an Error.
    template <class Content>
    Content run(const Picture& picture) {
        return get<Content>(runner(picture.size).run(picture));
    }
    template <class Content>
    Content run(const Picture& picture, const Box& region) {
        auto& own = runner(picture.size);
        const auto prepared = own.prepare(picture, region);
        EXPECT_TRUE(prepared.has_value());
        EXPECT_TRUE(own.infer().has_value());
        return get<Content>(own.decode({}, nullptr));
    }
    template <class Content>
    Content run(const Picture& picture, const std::array<Point, 4>& corners) {
        auto& own = runner(picture.size);
        const auto prepared = own.prepare(picture, corners);
        EXPECT_TRUE(prepared.has_value());
        EXPECT_TRUE(own.infer().has_value());
        return get<Content>(own.decode({}, nullptr));
    }

private:
    template <class Content>
    static Content get(Result<ObservationContent> content) {
        EXPECT_TRUE(content.has_value()) << (content ? "" : content.error().message);
        if (!content || !std::holds_alternative<Content>(*content)) return {};
        return std::get<Content>(std::move(*content));
    }

    Log log_{LogLevel::error};
    std::unique_ptr<backend::Backend> backend_;
    std::shared_ptr<const expert::LoadedExpert> loaded_;
    backend::Precision precision_;
    struct Sized {
        Size input;
        std::unique_ptr<expert::Runner> runner;
    };
    std::vector<Sized> runners_;
};

}  // namespace facet::tests
