#pragma once
// Detector: what moves in front of one still camera. Pure: time is passed in; the same frames and times give the same blobs.
//
// The intuition. A pixel belongs to the background as long as it looks as it did; what the picture does as a whole
// (exposure, a cloud, a lamp) is taken out first; a changed patch counts only if its *structure* changed, because light and
// shadows keep the edges of what they fall on; and it is motion only while it also moves, not because something has been put
// there. So a frame goes this way:
//   1. blur, and divide by the gain between picture and background (median of ratios);
//   2. foreground = pixels outside the range of the background's neighbourhood by several times their own noise (running
//   mean
//      and variance per pixel, after Wren et al., "Pfinder", PAMI 1997; the neighbourhood forgives shake of a pixel);
//   3. shadows are taken off: darker by one factor, and with the background's texture (normalised correlation);
//   4. from outside, everything soft is peeled off until a new edge is met: beams of light and glows have no outline, things
//      have. What is peeled off with nothing left inside was light, and is learned at once;
//   5. what is connected is a blob. It counts when it was seen in the frames before, too, and while something in it still
//      changes between frames; when that ends, it is not reported after `linger`, and learned after a while;
//   6. a change of most of the picture at once (lamp switched, camera moved) starts the background anew; nothing is reported
//      until it has been calm for a second.

#include <vector>

#include "base/clock.h"
#include "expert/motion/planes.h"

namespace facet::expert::motion {

/// The constants; all are in pixels of the (small) picture, gray levels, seconds or shares. Chosen on synthetic scenes.
struct Settings {
    double calm_s = 1.0;           ///< no report for so long after the start and after a global change
    double background_s = 8.0;     ///< time constant of background pixels
    double foreground_s = 60.0;    ///< of pixels under a moving blob: it must not melt into the background
    double light_s = 0.3;          ///< of pixels under a blob that is only light
    double linger_s = 0.8;         ///< a blob without movement stays reported for so long
    double absorb_s = 4.0;         ///< then, after so long, it is learned
    float deviations = 3.5F;       ///< foreground: so many standard deviations
    float level_min = 7.0F;        ///< and at least so many gray levels
    float noise_min = 1.2F;        ///< least standard deviation of a pixel
    float global_share = 0.55F;    ///< foreground share that is a global change
    float area_min = 0.001F;       ///< least share of the picture that is a blob
    float edge_deviations = 2.5F;  ///< a new edge differs by so many standard deviations a pixel
};

struct Blob {
    Box box;          ///< pixels of the small picture
    float score = 0;  ///< 0.5 at the threshold, towards 1 the more it stands out
};

class Detector {
public:
    explicit Detector(Size size, Settings settings = {});

    /// Advances to `t` (not before the last) with one frame, size.width * size.height luma samples.
    std::vector<Blob> step(std::span<const std::uint8_t> luma, Nanoseconds t);

    Size size() const { return size_; }

private:
    struct Component;
    enum class Fate { moving, still, transient };
    /// A blob of the frame before, and in how many frames in a row it has been seen.
    struct Seen {
        Box box;
        int frames = 0;
    };

    void start(Nanoseconds t);
    float gain() const;
    void measure_noise();
    void find_foreground();
    void remove_shadows();
    void mark_edges(float gain);
    void peel();
    void mark_activity(double now_s);
    std::vector<Component> find_components();
    void decide(std::vector<Component>& components, double dt_s);
    void learn(std::span<const Component> components, double now_s, double dt_s);

    Size size_;
    Settings settings_;
    bool started_ = false;
    double last_s_ = 0;
    double calm_since_s_ = 0;
    float noise_ = 0;          ///< standard deviation of the difference of two frames, whole picture
    Floats picture_;           ///< blurred
    Floats value_, previous_;  ///< the same without the gain; previous_ is of the frame before
    Floats mean_, variance_;   ///< the background
    Floats lowest_, highest_;  ///< of the mean's neighbourhoods
    Floats deviation_;         ///< how far outside, in thresholds
    Floats active_s_;          ///< when the pixel was last under a moving blob
    Floats changed_s_;         ///< when the pixel last differed from the frame before
    Mask foreground_, scratch_;
    Mask edges_;         ///< structure that the background does not have
    Mask solid_;         ///< foreground without what is soft from outside
    Mask light_;         ///< patches of foreground of which nothing is solid
    Plane<int> labels_;  ///< of solid_'s components
    std::vector<Seen> seen_;
};

}  // namespace facet::expert::motion
