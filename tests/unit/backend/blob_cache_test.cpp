#include "backend/openvino/blob_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/file.h"

namespace facet::backend {
namespace {

class BlobCacheTest : public testing::Test {
protected:
    void SetUp() override { std::filesystem::remove_all(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string payload(const BlobCache& cache, const std::string& key) {
        const auto blob = cache.find(key);
        if (!blob) return "(none)";
        const auto values = blob->payload.values<std::uint8_t>();
        return {values.begin(), values.end()};
    }

    Log log_{LogLevel::off};
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "facet_blob_cache";
    BlobCache cache_{folder_, log_};
};

TEST_F(BlobCacheTest, GivesBackWhatWasKept) {
    EXPECT_FALSE(cache_.find("a"));
    cache_.keep("a", "{}", "the compiled model");
    EXPECT_EQ(cache_.find("a")->description, "{}");
    EXPECT_EQ(payload(cache_, "a"), "the compiled model");
    cache_.keep("a", "{}", "a newer one");
    EXPECT_EQ(payload(cache_, "a"), "a newer one");
    cache_.keep("empty", "bf16", "");
    EXPECT_EQ(payload(cache_, "empty"), "");
}

TEST_F(BlobCacheTest, ADamagedEntryIsAMissAtEveryLengthAndEveryByte) {
    cache_.keep("a", "{\"inputs\": []}", "the compiled model");
    const auto path = folder_ / "a.blob";
    const std::string whole = read_file(path, 1 << 20).value();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        ASSERT_TRUE(write_file(path, whole.substr(0, i)));
        EXPECT_FALSE(cache_.find("a")) << "cut to " << i;
        std::string flipped = whole;
        flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
        ASSERT_TRUE(write_file(path, flipped));
        const auto found = cache_.find("a");
        // Only the zeros between description and payload mean nothing.
        if (found) {
            EXPECT_EQ(whole[i], '\0') << "byte " << i;
        }
    }
}

TEST_F(BlobCacheTest, ConcurrentWritersLeaveAWholeEntry) {
    std::vector<std::thread> writers;
    for (int w = 0; w < 4; ++w)
        writers.emplace_back([this, w] {
            const BlobCache own(folder_, log_);
            for (int i = 0; i < 20; ++i) own.keep("shared", "d", std::string(10'000, static_cast<char>('a' + w)));
        });
    for (std::thread& writer : writers) writer.join();
    const std::string found = payload(cache_, "shared");
    ASSERT_EQ(found.size(), 10'000U);
    EXPECT_EQ(found, std::string(10'000, found[0]));
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder_)) ++files;
    EXPECT_EQ(files, 1U);
}

TEST_F(BlobCacheTest, KeepsOnlySoManyEntries) {
    for (std::size_t i = 0; i < BlobCache::kEntriesMax + 10; ++i) cache_.keep(fmt::format("k{}", i), "", "x");
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder_)) ++files;
    EXPECT_EQ(files, BlobCache::kEntriesMax);
    EXPECT_TRUE(cache_.find(fmt::format("k{}", BlobCache::kEntriesMax + 9)));
}

TEST_F(BlobCacheTest, AFolderThatCannotBeWrittenIsNoFailure) {
    ASSERT_TRUE(write_file(folder_, "a file where the folder should be"));
    cache_.keep("a", "", "x");
    EXPECT_FALSE(cache_.find("a"));
    const BlobCache none("", log_);
    none.keep("a", "", "x");
    EXPECT_FALSE(none.find("a"));
}

}  // namespace
}  // namespace facet::backend
