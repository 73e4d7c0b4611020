// The same address gives the same bytes: in any order, on any thread, with any compiler.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "scenes.h"

namespace facet::source::synthetic {
namespace {

struct Golden {
    const char* address;
    std::int64_t frame;
    std::uint64_t hash;
};

// Change these only together with a change that is meant to change pictures: everything measured on synthetic scenes moves.
constexpr Golden kGolden[] = {
    {"street?seed=1&size=320x180&objects=12", 40, 0xe60a0d7bcbe1d0b9},
    {"street?seed=2&size=320x180&light=night&rain=0.6&shake=0.5&flicker=0.4&noise=0.5", 17, 0x318261c33454894},
    {"crossing?seed=3&size=320x180&objects=14&occlusion=1", 333, 0x4d527e35a8453cfd},
    {"hall?seed=4&size=320x180&objects=12&light=dusk&camouflage=1", 90, 0xd963cb58d047d643},
    {"belt?seed=5&size=320x180&defects=1&objects=12", 25, 0x6d982f249445ecf3},
    {"street?seed=6&size=320x180&schedule=gradual&scenes=street,hall&period=4s", 110, 0x50ee9fb5b98db022},
};

TEST(DeterminismTest, PicturesAreTheSameOnEveryMachine) {
    for (const Golden& golden : kGolden) {
        Renderer renderer(specification_of(golden.address));
        EXPECT_EQ(hash_of(renderer.render(golden.frame)), golden.hash)
            << golden.address << std::hex << " 0x" << hash_of(renderer.render(golden.frame));
    }
}

TEST(DeterminismTest, AnyFrameCanComeFirst) {
    const auto specification =
        specification_of("crossing?size=192x108&light=dusk&shake=0.3&rain=0.2&schedule=cyclic&period=1s");
    Renderer forward(specification), backward(specification);
    std::vector<std::uint64_t> hashes;
    for (int i = 0; i < 30; ++i) hashes.push_back(hash_of(forward.render(i)));
    for (int i = 29; i >= 0; --i) {
        EXPECT_EQ(hash_of(backward.render(i)), hashes[static_cast<std::size_t>(i)]) << i;
        if (i % 7 == 0) backward.truth(i, TruthDetail::masks);  // truth leaves no trace in pictures
    }
}

TEST(DeterminismTest, ThreadsDoNotMatter) {
    const auto specification = specification_of("hall?size=192x108&objects=10");
    Renderer alone(specification);
    std::vector<std::uint64_t> hashes(12);
    std::vector<std::thread> threads;
    for (int k = 0; k < 3; ++k)
        threads.emplace_back([&, k] {
            Renderer own(specification);
            for (int i = k; i < 12; i += 3) hashes[static_cast<std::size_t>(i)] = hash_of(own.render(i));
        });
    for (auto& thread : threads) thread.join();
    for (int i = 0; i < 12; ++i) EXPECT_EQ(hashes[static_cast<std::size_t>(i)], hash_of(alone.render(i))) << i;
}

TEST(DeterminismTest, AnotherSeedIsAnotherScene) {
    Renderer a(specification_of("street?seed=1&size=192x108&noise=0")),
        b(specification_of("street?seed=2&size=192x108&noise=0"));
    EXPECT_GT(pixels_that_differ(a.render(20), b.render(20), 12), 192 * 108 / 20);
}

TEST(DeterminismTest, PicturesAreUsedAgainOnceNobodyHoldsThem) {
    Renderer renderer(specification_of("street?size=160x96&objects=2"));
    std::set<const std::uint8_t*> seen;
    for (int i = 0; i < 40; ++i) seen.insert(renderer.render(i).data[0]);
    EXPECT_LE(seen.size(), 2U);
    // Pictures that are held keep their pixels.
    const Picture held = renderer.render(3);
    const auto hash = hash_of(held);
    for (int i = 0; i < 10; ++i) renderer.render(i + 50);
    EXPECT_EQ(hash_of(held), hash);
}

TEST(DeterminismTest, PicturesOutliveTheRenderer) {
    Picture picture;
    std::uint64_t hash = 0;
    {
        Renderer renderer(specification_of("belt?size=160x96"));
        picture = renderer.render(5);
        hash = hash_of(picture);
    }
    EXPECT_EQ(hash_of(picture), hash);
}

}  // namespace
}  // namespace facet::source::synthetic
