#include "base/file.h"

#include <gmock/gmock.h>

namespace facet {
namespace {

using testing::HasSubstr;

class FileTest : public testing::Test {
protected:
    std::filesystem::path folder_ = [] {
        std::string name = testing::TempDir() + "facet_file_XXXXXX";
        return std::filesystem::path(mkdtemp(name.data()));
    }();
    ~FileTest() override { std::filesystem::remove_all(folder_); }
};

TEST_F(FileTest, AFileStandsUnderItsNameOnlyAfterCommit) {
    const auto path = folder_ / "out.txt";
    auto out = OutputFile::create(path);
    ASSERT_TRUE(out);
    ASSERT_TRUE(out->write("hello"));
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE(out->commit());
    EXPECT_EQ(*read_file(path, 100), "hello");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out.txt.partial"));
}

TEST_F(FileTest, AnAbandonedFileLeavesNothingAndKeepsTheOldOne) {
    const auto path = folder_ / "out.txt";
    ASSERT_TRUE(write_file(path, "old"));
    {
        auto out = OutputFile::create(path);
        ASSERT_TRUE(out);
        ASSERT_TRUE(out->write("new"));
    }
    EXPECT_EQ(*read_file(path, 100), "old");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out.txt.partial"));
}

TEST_F(FileTest, AFullDiskIsAnErrorThatNamesTheFile) {
    auto out = OutputFile::create("/dev/full");
    ASSERT_TRUE(out);
    const auto written = out->write(std::string(1 << 20, 'x'));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::resource_exhausted);
    EXPECT_THAT(written.error().message, HasSubstr("/dev/full"));
}

TEST_F(FileTest, AMissingFolderIsAnErrorAtOnce) {
    const auto out = OutputFile::create(folder_ / "missing" / "out.txt");
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, ErrorCode::not_found);
}

TEST_F(FileTest, ReadingAFolderOrTooMuchIsAnError) {
    EXPECT_EQ(read_file(folder_, 100).error().code, ErrorCode::invalid_argument);
    ASSERT_TRUE(write_file(folder_ / "big", std::string(101, 'x')));
    EXPECT_EQ(read_file(folder_ / "big", 100).error().code, ErrorCode::resource_exhausted);
    EXPECT_EQ(read_file(folder_ / "none", 100).error().code, ErrorCode::not_found);
}

TEST(AppendedFile, LinesAreAddedUnderTheFinalNameAtOnceAndACutOffOneIsEnded) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() / "facet_appended_file_test.jsonl";
    std::filesystem::remove(path);
    {
        auto file = OutputFile::append(path);
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write("one\ntw"));
        ASSERT_TRUE(file->flush());
        EXPECT_EQ(*read_file(path, 100), "one\ntw");
    }
    {
        auto file = OutputFile::append(path);
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write("three\n"));
        ASSERT_TRUE(file->commit());
    }
    EXPECT_EQ(*read_file(path, 100), "one\ntw\nthree\n");
    std::filesystem::remove(path);
    EXPECT_FALSE(OutputFile::append("no/such/folder/file"));
}

}  // namespace
}  // namespace facet
