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
//   4. what is connected is a blob; one without new edges is light: it is dropped and learned at once;
//   5. a blob in which nothing has changed between frames for `linger` is still: not reported, and learned after a while;
//   6. a change of most of the picture at once (lamp switched, camera moved) starts the background anew; nothing is reported
//      until it has been calm for a second.

#include <vector>

#include "base/clock.h"
#include "expert/motion/planes.h"

namespace facet::expert::motion {

/// The constants; all are in pixels of the (small) picture, gray levels, seconds or shares. Chosen on synthetic scenes.
struct Settings {
    double calm_s = 1.0;         ///< no report for so long after the start and after a global change
    double background_s = 8.0;   ///< time constant of background pixels
    double foreground_s = 60.0;  ///< of pixels under a moving blob: it must not melt into the background
    double light_s = 0.3;        ///< of pixels under a blob that is only light
    double linger_s = 0.8;       ///< a blob without movement stays reported for so long
    double absorb_s = 4.0;       ///< then, after so long, it is learned
    float deviations = 3.5F;     ///< foreground: so many standard deviations
    float level_min = 7.0F;      ///< and at least so many gray levels
    float noise_min = 1.5F;      ///< least standard deviation of a pixel
    float global_share = 0.55F;  ///< foreground share that is a global change
    float area_min = 0.001F;     ///< least share of the picture that is a blob
    float edge_share = 0.4F;     ///< of a blob's outline that must be new edges
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
    void start(Nanoseconds t);
    float gain() const;
    void measure_noise();
    void find_foreground(float gain);
    void remove_shadows(float gain);
    std::vector<Component> find_components(float gain);
    void mark_activity(double now_s);
    void learn(float gain, double now_s, double dt_s);

    Size size_;
    Settings settings_;
    bool started_ = false;
    double last_s_ = 0;
    double calm_since_s_ = 0;
    float noise_ = 0;            ///< standard deviation of the difference of two frames, whole picture
    Floats picture_, previous_;  ///< blurred
    Floats mean_, variance_;     ///< the background
    Floats lowest_, highest_;    ///< of the mean's neighbourhoods
    Floats deviation_;           ///< how far outside, in thresholds
    Floats active_s_;            ///< when the pixel was last under a moving blob
    Floats changed_s_;           ///< when the pixel last differed from the frame before
    Mask foreground_, scratch_;
    Mask light_;  ///< pixels of blobs that are only light
    Plane<int> labels_;
    std::vector<Box> last_boxes_;  ///< of the frame before, for persistence
};

}  // namespace facet::expert::motion
