// Inputs that cannot be used: each gives one line that names it and says what was expected.

#include <gmock/gmock.h>

#include "source/file/file_source.h"
#include "source/file/inputs.h"
#include "unit/source/file_scratch.h"

namespace facet::source {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class FileErrors : public Scratch {
protected:
    static Error failure(const std::string& address) {
        auto source = kFileSource.open(address);
        if (!source) return source.error();
        auto frame = (*source)->next();
        EXPECT_FALSE(frame.has_value()) << address << " gave a frame or a plain end";
        return frame ? Error{} : frame.error();
    }
    static std::string clip() { return "../shared/data/videos/decode/nasa_13013.mp4"; }
};

/// A second of silence as WAV.
std::string wav() {
    using std::string_literals::operator""s;
    return "RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x1f\0\0"s +
           std::string(8000, '\x80');
}

TEST_F(FileErrors, AMissingFile) {
    const Error error = failure(path("none.mp4"));
    EXPECT_EQ(error.code, ErrorCode::not_found);
    EXPECT_EQ(error.message,
              path("none.mp4") + ": no such file or folder, expected a video, a picture or a folder of pictures");
}

TEST_F(FileErrors, AnEmptyFile) {
    const Error error = failure(put("empty.mp4", ""));
    EXPECT_EQ(error.code, ErrorCode::corrupt);
    EXPECT_EQ(error.message, path("empty.mp4") + ": an empty file (0 bytes), expected a video or a picture");
}

TEST_F(FileErrors, TextUnderAnyName) {
    std::string text;
    for (int i = 0; i < 500; ++i) text += "Dear reader, this is no video, however long you look at it.\n";
    for (const char* name : {"letter.txt", "letter.mp4", "letter.nfo", "letter.ans", "letter"}) {
        const Error error = failure(put(name, text));
        EXPECT_EQ(error.code, ErrorCode::corrupt) << name;
        EXPECT_THAT(error.message, StartsWith(path(name) + ": ")) << name;
        EXPECT_EQ(error.message.find('\n'), std::string::npos) << name;
    }
}

TEST_F(FileErrors, SoundWithoutVideo) {
    const Error error = failure(put("sound.wav", wav()));
    EXPECT_EQ(error.code, ErrorCode::corrupt);
    EXPECT_THAT(error.message,
                testing::AllOf(StartsWith(path("sound.wav") + ": no video stream"), HasSubstr("expected a video")));
}

TEST_F(FileErrors, RandomBytes) {
    std::string noise(200'000, '\0');
    std::uint64_t state = 1;
    for (char& c : noise) c = static_cast<char>((state = state * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
    EXPECT_THAT(failure(put("noise.mp4", noise)).message, StartsWith(path("noise.mp4") + ": "));
}

TEST_F(FileErrors, AFolderWithoutAnythingUsable) {
    put("notes.txt", "hello");
    const Error error = failure(folder_.string());
    EXPECT_EQ(error.code, ErrorCode::not_found);
    EXPECT_EQ(error.message, folder_.string() + ": a folder without a video or a picture among 1 entries");
}

TEST_F(FileErrors, AFolderOfVideosAsOneCamera) {
    put("a.mp4", "x");
    EXPECT_THAT(failure(folder_.string()).message, HasSubstr("expected each video as a camera of its own"));
}

TEST_F(FileErrors, AStreamThatIsNone) {
    if (!std::filesystem::exists(clip())) GTEST_SKIP() << "NO SAMPLE DATA: " << clip() << " is missing";
    EXPECT_EQ(failure(clip() + "?stream=1").message, clip() + ": stream 1 is no video stream, expected one of 0, 3");
    EXPECT_EQ(failure(clip() + "?stream=77").code, ErrorCode::not_found);
}

TEST_F(FileErrors, OptionsThatAreNoneAreSaidWithTheNearestName) {
    if (!std::filesystem::exists(clip())) GTEST_SKIP() << "NO SAMPLE DATA: " << clip() << " is missing";
    const Error unknown = failure(clip() + "?steam=1");
    EXPECT_EQ(unknown.code, ErrorCode::invalid_argument);
    EXPECT_THAT(unknown.message, testing::AllOf(HasSubstr("steam"), HasSubstr("'stream'"), HasSubstr(clip())));
    EXPECT_THAT(failure(clip() + "?stream=two").message, HasSubstr("two"));
    EXPECT_THAT(failure(clip() + "?threads=0").message, HasSubstr("threads"));
    EXPECT_EQ(failure(clip() + "?").code, ErrorCode::invalid_argument);
}

TEST_F(FileErrors, APathThatReallyContainsAQuestionMarkWins) {
    if (!std::filesystem::exists(clip())) GTEST_SKIP() << "NO SAMPLE DATA: " << clip() << " is missing";
    const std::string name = path("what?stream=0");
    std::filesystem::copy_file(clip(), name);
    auto source = kFileSource.open(name);
    ASSERT_TRUE(source.has_value()) << source.error().message;
    EXPECT_EQ((*source)->facts().size, (Size{480, 270})) << "FFmpeg's best stream, not stream 0";
    EXPECT_EQ(kFileSource.open(name + "?stream=0").value()->facts().size, (Size{320, 180}));
}

TEST_F(FileErrors, AColonInANameIsNoProtocol) {
    if (!std::filesystem::exists(clip())) GTEST_SKIP() << "NO SAMPLE DATA: " << clip() << " is missing";
    std::filesystem::copy_file(clip(), path("http:clip.mp4"));
    const auto before = std::filesystem::current_path();
    const auto sample = std::filesystem::absolute(clip());
    std::filesystem::current_path(folder_);
    EXPECT_TRUE(kFileSource.takes("http:clip.mp4"));
    EXPECT_TRUE(kFileSource.open("http:clip.mp4").has_value());
    EXPECT_TRUE(kFileSource.open("file://" + sample.string()).has_value());
    std::filesystem::current_path(before);
}

TEST_F(FileErrors, AddressesOfOtherSourcesAreNotTaken) {
    for (const char* address : {"rtsp://host/main", "synthetic:street?seed=1", "http://host/a.mp4", "https://host"})
        EXPECT_FALSE(kFileSource.takes(address)) << address;
    for (const char* address : {"clip.mp4", "folder", "a?stream=1", "file:///a.mp4", "/dev/video0", ""})
        EXPECT_TRUE(kFileSource.takes(address)) << address;
}

TEST_F(FileErrors, APlaylistReachesNothingBeyondFiles) {
    const std::string list = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n";
    EXPECT_THAT(failure(put("list.m3u8", list)).message, StartsWith(path("list.m3u8") + ": "));
}

class ListInputs : public Scratch {};

TEST_F(ListInputs, TellsVideosFromPicturesByContentOrName) {
    using std::string_literals::operator""s;
    put("b.MP4", "anything");
    put("a.mkv", "");
    put("pic.JPG", "anything");
    put("unnamed-picture", "\x89PNG\r\n\x1a\n and more");
    put("unnamed-video", "\0\0\0\x20"s + "ftypisom");
    put("stream.mjpeg", "\xFF\xD8\xFF\xE0 a stream of pictures");
    put("truth.txt", "1 0.5 0.5");
    put("BMW.csv", "BM,a table");
    put(".hidden.mp4", "x");
    std::filesystem::create_directory(path("folder.mp4"));
    const auto inputs = list_inputs(folder_.string());
    ASSERT_TRUE(inputs.has_value());
    EXPECT_THAT(inputs->videos,
                testing::ElementsAre(path("a.mkv"), path("b.MP4"), path("stream.mjpeg"), path("unnamed-video")));
    EXPECT_THAT(inputs->pictures, testing::ElementsAre(path("pic.JPG"), path("unnamed-picture")));
}

TEST_F(ListInputs, AMissingFolderIsSaidByItsName) {
    const auto inputs = list_inputs(path("none"));
    ASSERT_FALSE(inputs.has_value());
    EXPECT_EQ(inputs.error().code, ErrorCode::not_found);
    EXPECT_THAT(inputs.error().message, StartsWith(path("none") + ": cannot list, expected a folder"));
}

}  // namespace
}  // namespace facet::source
