#include "engine/file_archive.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "engine/evidence.h"
#include "engine/recorder.h"
#include "support/process.h"

namespace facet::engine {
namespace {

using facet::test::TemporaryFolder;
using facet::test::write_text;
using std::chrono::hours;
using testing::HasSubstr;

class FileArchiveTest : public testing::Test {
protected:
    static std::string name(int number) { return fmt::format("{:016x}.jpg", number); }
    void put(FileArchive& archive, int number, std::size_t bytes, WallTime time) {
        const std::string path = FileArchive::subfolder("north", time) + "/" + name(number);
        ASSERT_TRUE(archive.make_room(static_cast<std::int64_t>(bytes), time));
        ASSERT_TRUE(archive.make_folder_of(path));
        write_text(folder_ / path, std::string(bytes, 'x'));
        archive.add(path, static_cast<std::int64_t>(bytes), time);
    }
    bool has(const std::string& path) const { return std::filesystem::exists(folder_ / path); }

    TemporaryFolder folder_;
    const WallTime begin_{hours(24 * 365)};  // 1971-01-01
};

TEST_F(FileArchiveTest, TheOldestGoWhereTheBytesEnd) {
    FileArchive archive({folder_.path(), {}, 1000}, &is_evidence_name);
    for (int i = 0; i < 25; ++i) {
        put(archive, i, 100, begin_ + hours(i));
        EXPECT_LE(archive.bytes(), 1000);
    }
    EXPECT_EQ(archive.files(), 10U);
    EXPECT_FALSE(has("north/1971-01-01/" + name(14)));
    EXPECT_TRUE(has("north/1971-01-01/" + name(15)));
    EXPECT_TRUE(has("north/1971-01-02/" + name(24)));
}

TEST_F(FileArchiveTest, WhatIsTooOldGoesWithItsFolder) {
    FileArchive archive({folder_.path(), hours(48), 0}, &is_evidence_name);
    put(archive, 1, 10, begin_);
    put(archive, 2, 10, begin_ + hours(47));
    ASSERT_TRUE(archive.make_room(0, begin_ + hours(49)));
    EXPECT_FALSE(has("north/1971-01-01"));
    EXPECT_EQ(archive.files(), 1U);
}

TEST_F(FileArchiveTest, ARestartKnowsWhatIsThereAndTouchesNothingForeign) {
    const std::string day = folder_ / "north/2026-11-21/";
    std::filesystem::create_directories(day);
    std::filesystem::create_directories(folder_ / "north/notes");
    const std::vector<std::string> foreign{"north/2026-11-21/holiday.jpg",
                                           "north/2026-11-21/00000000000000AB.jpg",
                                           "north/2026-11-21/0000000000000001.jpeg",
                                           "north/notes/" + name(7),
                                           name(8),
                                           "north/2026-11-21/report.partial"};
    for (const auto& path : foreign) write_text(folder_ / path, std::string(500, 'f'));
    std::filesystem::create_symlink(folder_ / name(8), day + name(9));
    for (int i = 0; i < 5; ++i) {
        write_text(day + name(i), std::string(100, 'x'));
        std::filesystem::last_write_time(day + name(i), std::filesystem::file_time_type::clock::now() - hours(5 - i));
    }
    write_text(day + name(5) + ".partial", "x");
    FileArchive archive({folder_.path(), {}, 350}, &is_evidence_name);
    archive.scan();
    EXPECT_EQ(archive.bytes(), 500);
    EXPECT_FALSE(has("north/2026-11-21/" + name(5) + ".partial")) << "left by a kill";
    ASSERT_TRUE(archive.make_room(0, wall_now()));
    EXPECT_EQ(archive.bytes(), 300);
    EXPECT_FALSE(has("north/2026-11-21/" + name(1)));
    EXPECT_TRUE(has("north/2026-11-21/" + name(2)));
    FileArchive strict({folder_.path(), hours(1), 1}, &is_evidence_name);
    strict.scan();
    ASSERT_TRUE(strict.make_room(0, wall_now() + hours(1000)));
    for (const auto& path : foreign) EXPECT_TRUE(has(path)) << path;
    EXPECT_TRUE(std::filesystem::is_symlink(day + name(9)));
}

TEST_F(FileArchiveTest, WhatNeverFitsIsRefused) {
    FileArchive archive({folder_.path(), {}, 100}, &is_evidence_name);
    const auto refused = archive.make_room(101, begin_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("101 bytes to write, bytes_max is 100"));
}

TEST_F(FileArchiveTest, CamerasOfAnyNameStayInsideOfTheFolder) {
    EXPECT_EQ(FileArchive::subfolder("north", begin_), "north/1971-01-01");
    EXPECT_EQ(FileArchive::subfolder("../../etc", begin_), "%2E.%2F..%2Fetc/1971-01-01");
    EXPECT_EQ(FileArchive::subfolder("..", begin_), "%2E./1971-01-01");
    EXPECT_EQ(FileArchive::subfolder("", begin_), "%/1971-01-01");
    EXPECT_EQ(FileArchive::subfolder("Hof 1%", begin_), "Hof%201%25/1971-01-01");
    EXPECT_EQ(FileArchive::subfolder("Süd", begin_), "Süd/1971-01-01");
}

TEST_F(FileArchiveTest, AFolderThatCannotBeWrittenIsNamed) {
    write_text(folder_ / "file", "x");
    const auto inside_of_a_file = FileArchive::prepare(folder_ / "file/evidence");
    ASSERT_FALSE(inside_of_a_file);
    EXPECT_THAT(inside_of_a_file.error().message, HasSubstr("file/evidence: cannot write"));
    EXPECT_FALSE(FileArchive::prepare(folder_ / "file"));
    EXPECT_TRUE(FileArchive::prepare(folder_ / "new/folder"));
}

TEST(FileNames, OursAreKnownByTheirForm) {
    EXPECT_TRUE(is_evidence_name("6087b5094f63e023.jpg"));
    EXPECT_TRUE(is_evidence_name("6087b5094f63e023.crop.jpg"));
    EXPECT_TRUE(is_evidence_name("6087b5094f63e023.mp4"));
    for (const char* other :
         {"", "6087b5094f63e023", "6087b5094f63e02.jpg", "6087B5094F63E023.jpg", "6087b5094f63e023.png", "x.mp4"})
        EXPECT_FALSE(is_evidence_name(other)) << other;
    EXPECT_TRUE(is_segment_name("21-31-46.804.mp4"));
    for (const char* other : {"", "21-31-46.mp4", "21:31:46.804.mp4", "aa-31-46.804.mp4", "21-31-46.804.mp4.partial"})
        EXPECT_FALSE(is_segment_name(other)) << other;
}

}  // namespace
}  // namespace facet::engine
