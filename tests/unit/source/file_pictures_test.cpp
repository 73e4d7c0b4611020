// Still pictures: the same pixels as Pillow and OpenCV, upright, one camera per folder.

#include <gmock/gmock.h>
#include <turbojpeg.h>

#include <memory>

#include "source/file/file_source.h"
#include "unit/source/file_scratch.h"

namespace facet::source {
namespace {

/// FNV-1a 64 of the BGR bytes, row by row without padding.
std::uint64_t fingerprint(const Picture& picture) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (int y = 0; y < picture.size.height; ++y)
        for (int x = 0; x < 3 * picture.size.width; ++x)
            hash = (hash ^ picture.data[0][y * picture.stride[0] + x]) * 0x100000001b3ULL;
    return hash;
}

struct Golden {
    const char* name;
    std::uint64_t hash;
};

// Made by tests/unit/source/file_pictures_golden.py with Pillow; OpenCV gives the same for all.
constexpr Golden kGolden[] = {
#include "unit/source/file_pictures_golden.inc"
};

TEST(FilePictures, HaveExactlyThePixelsOfPillowAndOpenCv) {
    for (const Golden& golden : kGolden) {
        const std::string path = std::string("../shared/data/images/") + golden.name;
        if (!std::filesystem::exists(path)) GTEST_SKIP() << "NO SAMPLE DATA: " << path << " is missing";
        auto source = kFileSource.open(path);
        ASSERT_TRUE(source.has_value()) << source.error().message;
        EXPECT_TRUE((*source)->facts().is_still);
        EXPECT_EQ((*source)->facts().frames, 1);
        const auto frame = (*source)->next().value();
        ASSERT_NE(frame, nullptr);
        EXPECT_EQ(frame->picture.format, PixelFormat::bgr24);
        EXPECT_EQ(frame->picture.size, (*source)->facts().size);
        EXPECT_EQ(frame->picture_path, path);
        EXPECT_EQ(fingerprint(frame->picture), golden.hash) << golden.name;
        EXPECT_EQ((*source)->next().value(), nullptr);
        EXPECT_TRUE((*source)->damage().empty());
    }
}

class PictureFolder : public Scratch {
protected:
    /// A JPEG of 16x8 whose left half is bright, with an orientation in its EXIF block.
    static std::string jpeg(char orientation) {
        std::vector<std::uint8_t> bgr(16 * 8 * 3);
        for (std::size_t i = 0; i < bgr.size(); ++i) bgr[i] = i / 3 % 16 < 8 ? 230 : 20;
        const std::unique_ptr<void, int (*)(void*)> encoder(tjInitCompress(), &tjDestroy);
        unsigned char* data = nullptr;
        unsigned long size = 0;
        EXPECT_EQ(tjCompress2(encoder.get(), bgr.data(), 16, 48, 8, TJPF_BGR, &data, &size, TJSAMP_444, 95, 0), 0);
        std::string bytes(reinterpret_cast<const char*>(data), size);
        tjFree(data);
        using std::string_literals::operator""s;
        const std::string block =
            "Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + orientation + "\0\0\0\0\0\0\0"s;
        return bytes.substr(0, 2) + "\xFF\xE1\0"s + static_cast<char>(block.size() + 2) + block + bytes.substr(2);
    }
    static int brightness(const FramePtr& frame, int x, int y) {
        return frame->picture.data[0][y * frame->picture.stride[0] + 3 * x];
    }
};

TEST_F(PictureFolder, GivesItsPicturesInTheOrderOfTheirNames) {
    for (const char* name : {"b.jpg", "a.jpg", "c10.jpg", "c9.jpg"}) put(name, jpeg(1));
    put("readme.txt", "no picture");
    auto source = kFileSource.open(folder_.string()).value();
    EXPECT_TRUE(source->facts().is_still);
    EXPECT_EQ(source->facts().frames, 4);
    EXPECT_EQ(source->facts().size, (Size{16, 8}));
    std::vector<FramePtr> frames;
    while (auto frame = source->next().value()) frames.push_back(std::move(frame));
    source.reset();  // paths and pixels outlive it
    ASSERT_EQ(frames.size(), 4U);
    const std::vector<std::string> names{"a.jpg", "b.jpg", "c10.jpg", "c9.jpg"};
    for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(frames[i]->picture_path, path(names[i]));
        EXPECT_EQ(frames[i]->sequence, static_cast<std::int64_t>(i));
        EXPECT_EQ(frames[i]->t, std::chrono::seconds(i));
        EXPECT_EQ(brightness(frames[i], 1, 1), 230);
    }
}

TEST_F(PictureFolder, TurnsPicturesUpright) {
    auto source = kFileSource.open(put("turned.jpg", jpeg(6))).value();
    EXPECT_EQ(source->facts().size, (Size{8, 16}));
    const auto frame = source->next().value();
    ASSERT_EQ(frame->picture.size, (Size{8, 16}));
    EXPECT_NEAR(brightness(frame, 4, 1), 230, 2) << "the left half comes to the top";
    EXPECT_NEAR(brightness(frame, 4, 14), 20, 2);
}

TEST_F(PictureFolder, LeavesOutWhatCannotBeDecodedAndCountsIt) {
    put("a.jpg", jpeg(1));
    put("b.jpg", "no picture at all");
    put("c.png", "\x89PNG\r\n\x1a\n and nothing more");
    put("d.jpg", "");
    put("e.jpg", jpeg(1));
    auto source = kFileSource.open(folder_.string()).value();
    std::vector<std::string> names;
    while (const auto frame = source->next().value()) names.emplace_back(frame->picture_path);
    EXPECT_THAT(names, testing::ElementsAre(path("a.jpg"), path("e.jpg")));
    ASSERT_EQ(source->damage().size(), 1U);
    EXPECT_EQ(source->damage()[0].cause, "corrupt_picture");
    EXPECT_EQ(source->damage()[0].count, 3);
    EXPECT_THAT(source->damage()[0].message, testing::StartsWith(path("b.jpg") + ": "));
}

TEST_F(PictureFolder, EndsWithAnErrorWhereNotOneCanBeDecoded) {
    put("a.jpg", "nothing");
    put("b.png", "nothing");
    auto source = kFileSource.open(folder_.string()).value();
    const auto frame = source->next();
    ASSERT_FALSE(frame.has_value());
    EXPECT_THAT(frame.error().message, testing::StartsWith(folder_.string() + ": none of its 2 pictures can be decoded"));
}

TEST_F(PictureFolder, ACutPictureIsGivenAndCounted) {
    const std::string whole = read("../shared/data/images/coco128/000000000009.jpg");
    if (whole.empty()) GTEST_SKIP() << "NO SAMPLE DATA: ../shared/data/images is missing";
    auto source = kFileSource.open(put("cut.jpg", std::string_view(whole).substr(0, whole.size() / 2))).value();
    const auto frame = source->next().value();
    ASSERT_NE(frame, nullptr);
    EXPECT_EQ(frame->picture.size, (Size{640, 480}));
    ASSERT_EQ(source->damage().size(), 1U);
    EXPECT_EQ(source->damage()[0].cause, "truncated");
    EXPECT_THAT(source->damage()[0].message, testing::StartsWith(path("cut.jpg") + ": "));
}

TEST_F(PictureFolder, ASinglePictureThatIsBrokenIsSaidOnce) {
    auto source = kFileSource.open(put("a.jpg", "\xFF\xD8\xFF\xE0 broken")).value();
    const auto frame = source->next();
    ASSERT_FALSE(frame.has_value());
    EXPECT_THAT(frame.error().message, testing::StartsWith(path("a.jpg") + ": "));
    EXPECT_EQ(frame.error().message.find(path("a.jpg"), 1), std::string::npos) << "the path stands once";
}

}  // namespace
}  // namespace facet::source
