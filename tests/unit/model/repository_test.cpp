#include "model/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"
#include "wrap/openssl/sha256.h"

namespace facet::model {
namespace {

using testing::HasSubstr;
using tests::TemporaryFolder;

const std::string kBytes = "the bytes of a model";

Catalogue catalogue_of(const std::string& bytes, const std::string& more = "") {
    auto catalogue =
        Catalogue::parse("models:\n  - {name: net, family: yolox, input: {size: [32, 32]}, file: net.onnx, bytes: " +
                             std::to_string(bytes.size()) + ", sha256: " + sha256_of(bytes) + more + "}\n",
                         "c.yaml");
    EXPECT_TRUE(catalogue.has_value());
    return *catalogue;
}

TEST(Repository, AMirrorIsSearchedByContentWhateverTheName) {
    const TemporaryFolder mirror;
    mirror.write("other-name.bin", kBytes);
    mirror.write("same-size.bin", std::string(kBytes.size(), 'x'));
    const auto found = find_model("net", catalogue_of(kBytes), {.mirror = mirror.path(), .store = ""});
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(found->path, mirror / "other-name.bin");
    EXPECT_EQ(found->manifest.name, "net");
}

TEST(Repository, TheStoreIsSearchedByNameAndVerified) {
    const TemporaryFolder store;
    store.write("net.onnx", kBytes);
    EXPECT_TRUE(find_model("net", catalogue_of(kBytes), {.mirror = "", .store = store.path()}).has_value());
    std::string damaged = kBytes;
    damaged[3] = '#';
    store.write("net.onnx", damaged);
    const auto found = find_model("net", catalogue_of(kBytes), {.mirror = "", .store = store.path()});
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code, ErrorCode::corrupt);
    EXPECT_THAT(found.error().message, HasSubstr("sha256"));
    store.write("net.onnx", kBytes + "more");
    EXPECT_THAT(find_model("net", catalogue_of(kBytes), {.mirror = "", .store = store.path()}).error().message,
                HasSubstr("24 bytes, but the manifest of 'net' says 20"));
}

TEST(Repository, AMissingModelSaysHowToGetIt) {
    const TemporaryFolder empty;
    const auto missing = find_model("net", catalogue_of(kBytes), {.mirror = empty.path(), .store = empty.path()});
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_THAT(missing.error().message, HasSubstr("`facet model pull net --mirror DIR` (the catalogue knows no address)"));
    EXPECT_THAT(find_model("nett", catalogue_of(kBytes), {}).error().message, HasSubstr("did you mean 'net'?"));
    EXPECT_EQ(find_model(empty / "x.onnx", catalogue_of(kBytes), {}).error().code, ErrorCode::not_found);
}

TEST(Repository, APathTakesTheManifestBesideIt) {
    const TemporaryFolder folder;
    folder.write("a.onnx", kBytes);
    folder.write("a.onnx.yaml", "{name: mine, family: nanodet, input: {size: [64, 64]}}");
    const auto found = find_model(folder / "a.onnx", catalogue_of(kBytes), {});
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(found->manifest.name, "mine");
    folder.write("a.onnx.yaml",
                 "{name: mine, family: nanodet, input: {size: [64, 64]}, sha256: " + std::string(64, '0') + "}");
    const auto wrong = find_model(folder / "a.onnx", catalogue_of(kBytes), {});
    ASSERT_FALSE(wrong.has_value());
    EXPECT_EQ(wrong.error().code, ErrorCode::corrupt);
    EXPECT_THAT(wrong.error().message, HasSubstr("the manifest of 'mine' says 0000"));
}

TEST(Repository, APathWithoutManifestIsRecognisedInTheCatalogueByContent) {
    const TemporaryFolder folder;
    folder.write("renamed.onnx", kBytes);
    folder.write("unknown.onnx", "something else");
    EXPECT_EQ(find_model(folder / "renamed.onnx", catalogue_of(kBytes), {})->manifest.name, "net");
    EXPECT_FALSE(find_model(folder / "unknown.onnx", catalogue_of(kBytes), {})->has_manifest);
}

TEST(Repository, LabelsComeFromAFileBesideTheModelOrFromTheMirror) {
    const TemporaryFolder folder;
    const TemporaryFolder mirror;
    const std::string names = "n01\ttench\nn02\tgoldfish\n";
    folder.write("names.txt", names);
    mirror.write("whatever", names);
    Manifest manifest;
    manifest.labels_file = "names.txt";
    Manifest beside = manifest;
    ASSERT_TRUE(resolve_labels(beside, folder / "a.onnx", {}).has_value());
    EXPECT_EQ(beside.labels, (std::vector<std::string>{"tench", "goldfish"}));

    Manifest mirrored = manifest;
    mirrored.labels_sha256 = sha256_of(names);
    ASSERT_TRUE(resolve_labels(mirrored, "/nowhere/a.onnx", {.mirror = mirror.path(), .store = ""}).has_value());
    EXPECT_EQ(mirrored.labels.size(), 2U);

    Manifest nowhere = manifest;
    ASSERT_TRUE(resolve_labels(nowhere, "/nowhere/a.onnx", {}).has_value());
    EXPECT_TRUE(nowhere.labels.empty());

    Manifest wrong = manifest;
    wrong.labels_sha256 = std::string(64, '0');
    EXPECT_EQ(resolve_labels(wrong, folder / "a.onnx", {}).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace facet::model
