// Addresses: what they say, and what is wrong with them.
#include <gmock/gmock.h>

#include "scenes.h"
#include "source/synthetic/synthetic_source.h"

namespace facet::source::synthetic {
namespace {

using testing::HasSubstr;

std::string complaint(const std::string& address) {
    const auto result = kSyntheticSource.open(address);
    EXPECT_FALSE(result.has_value()) << address;
    if (result) return "";
    EXPECT_EQ(result.error().code, ErrorCode::invalid_argument) << address;
    EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
    return result.error().message;
}

TEST(AddressTest, ANameAloneHasDefaults) {
    const auto specification = specification_of("synthetic:street");
    EXPECT_EQ(specification.size, (Size{1280, 720}));
    EXPECT_EQ(specification.frames, 250);
    EXPECT_EQ(specification.steps.size(), 1U);
    EXPECT_EQ(specification.steps[0].dials.objects, 8);
}

TEST(AddressTest, EveryDialReachesItsPlace) {
    const auto specification = specification_of(
        "synthetic:belt?seed=9&size=640x360&fps=10&frames=7&objects=3&object_size=0.5&speed=2&kinds=bottle,cap&occlusion=0."
        "4&camouflage=0.6"
        "&defects=0.7&parked=1&light=night&flicker=0.1&noise=0.2&shake=0.3&rain=0.45&sway=0.8&line=0,0.5,1,0.5;0.5,0,0.5,1&"
        "zone=0,0,1,0,1,1");
    EXPECT_EQ(specification.seed, 9U);
    EXPECT_EQ(specification.size, (Size{640, 360}));
    EXPECT_EQ(specification.frames_per_second, 10);
    EXPECT_EQ(specification.frames, 7);
    const Dials& dials = specification.steps.at(0).dials;
    EXPECT_EQ(dials.scene, "belt");
    EXPECT_EQ(dials.kinds, (std::vector<Kind>{Kind::bottle, Kind::cap}));
    EXPECT_EQ(
        std::vector<double>({dials.objects, dials.object_size, dials.speed, dials.occlusion, dials.camouflage, dials.defects,
                             dials.parked, dials.hour, dials.flicker, dials.noise, dials.shake, dials.rain, dials.sway}),
        (std::vector<double>{3, 0.5, 2, 0.4, 0.6, 0.7, 1, 2, 0.1, 0.2, 0.3, 0.45, 0.8}));
    ASSERT_EQ(specification.lines.size(), 2U);
    EXPECT_EQ(specification.lines[1][1], (Point{0.5F, 1.0F}));
    ASSERT_EQ(specification.zones.size(), 1U);
    EXPECT_EQ(specification.zones[0].size(), 3U);
}

TEST(AddressTest, PercentCodesAreRead) { EXPECT_EQ(specification_of("street?line=0%2C0%2c1,1").lines.size(), 1U); }

TEST(AddressTest, AMistakeIsNamedWithWhatWasExpected) {
    EXPECT_THAT(complaint("synthetic:strete"), HasSubstr("unknown scene 'strete', did you mean 'street'?"));
    EXPECT_THAT(complaint("synthetic:"), HasSubstr("expected one of street, crossing, hall, belt"));
    EXPECT_THAT(complaint("synthetic:street?objets=3"), HasSubstr("unknown key 'objets', did you mean 'objects'?"));
    EXPECT_THAT(complaint("synthetic:street?objects=many"), HasSubstr("objects is 'many', expected number"));
    EXPECT_THAT(complaint("synthetic:street?objects=-1"), HasSubstr("objects is '-1', expected 0..200"));
    EXPECT_THAT(complaint("synthetic:street?noise=1.5"), HasSubstr("noise is '1.5', expected 0..1"));
    EXPECT_THAT(complaint("synthetic:street?light=noon"), HasSubstr("light is 'noon', expected one of day, dusk, night"));
    EXPECT_THAT(complaint("synthetic:street?kinds=car,persn"), HasSubstr("unknown kind 'persn', did you mean 'person'?"));
    EXPECT_THAT(complaint("synthetic:street?kinds=tree"), HasSubstr("unknown kind 'tree'"));
    EXPECT_THAT(complaint("synthetic:street?size=641x360"), HasSubstr("size is '641x360', expected WIDTHxHEIGHT"));
    EXPECT_THAT(complaint("synthetic:street?size=99999x99999"), HasSubstr("expected WIDTHxHEIGHT"));
    EXPECT_THAT(complaint("synthetic:street?seed"), HasSubstr("'seed', expected key=value"));
    EXPECT_THAT(complaint("synthetic:street?seed=1&seed=2"), HasSubstr("key 'seed' is given twice"));
    EXPECT_THAT(complaint("synthetic:street?seed=%zz"), HasSubstr("two hexadecimal digits"));
    EXPECT_THAT(complaint("synthetic:street?line=0,0,0,0"), HasSubstr("two different points"));
    EXPECT_THAT(complaint("synthetic:street?line=0,0,2,0"), HasSubstr("in 0..1"));
    EXPECT_THAT(complaint("synthetic:street?zone=0,0,1,1,1,0,0,1"), HasSubstr("does not cross itself"));
    EXPECT_THAT(complaint("synthetic:street?scenes=hall"), HasSubstr("scenes needs schedule"));
    EXPECT_THAT(complaint("synthetic:street?schedule=cyclic&scenes=street,hal"), HasSubstr("did you mean 'hall'?"));
    EXPECT_THAT(complaint("synthetic:street?schedule=abrupt&schedule_file=x.yaml"), HasSubstr("stands alone"));
}

TEST(AddressTest, TheSourceTakesItsSchemeOnly) {
    EXPECT_TRUE(kSyntheticSource.takes("synthetic:street"));
    EXPECT_FALSE(kSyntheticSource.takes("street.mp4"));
    EXPECT_FALSE(kSyntheticSource.takes("synthetic.mp4"));
}

TEST(AddressTest, TheSourceGivesTheFramesOfTheAddress) {
    auto source = kSyntheticSource.open("synthetic:hall?size=160x96&fps=20&frames=5&objects=2");
    ASSERT_TRUE(source.has_value()) << source.error().message;
    const SourceFacts facts = (*source)->facts();
    EXPECT_EQ(facts.size, (Size{160, 96}));
    EXPECT_EQ(facts.frames_per_second, 20);
    EXPECT_EQ(facts.frames, 5);
    EXPECT_EQ(facts.codec, "synthetic");
    for (int i = 0; i < 5; ++i) {
        const auto frame = (*source)->next();
        ASSERT_TRUE(frame.has_value() && *frame);
        EXPECT_EQ((*frame)->sequence, i);
        EXPECT_EQ((*frame)->t, std::chrono::milliseconds(50 * i));
        EXPECT_EQ((*frame)->picture.format, PixelFormat::i420);
        EXPECT_EQ((*frame)->picture.colour, (Colour{ColourMatrix::bt601, ColourRange::limited}));
    }
    EXPECT_FALSE(*(*source)->next());
    EXPECT_FALSE(*(*source)->next());
    EXPECT_TRUE((*source)->damage().empty());
}

}  // namespace
}  // namespace facet::source::synthetic
