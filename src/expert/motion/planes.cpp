#include "expert/motion/planes.h"

#include <algorithm>
#include <numeric>

#include "base/assert.h"

namespace facet::expert::motion {

namespace {

/// Calls visit(above, row, below, y) for every row; at the edges a row is its own neighbour.
template <class T, class Visit>
void for_each_row(const T* values, Size size, Visit visit) {
    for (int y = 0; y < size.height; ++y) {
        const auto row = [&](int index) {
            return values + static_cast<std::ptrdiff_t>(std::clamp(index, 0, size.height - 1)) * size.width;
        };
        visit(row(y - 1), row(y), row(y + 1), y);
    }
}

int left_of(int x) { return std::max(x - 1, 0); }
int right_of(int x, int width) { return std::min(x + 1, width - 1); }

}  // namespace

void blur(std::span<const std::uint8_t> source, Floats& out) {
    const int width = out.size.width;
    FACET_ASSERT(source.size() == out.count());
    std::vector<int> column(static_cast<std::size_t>(width));
    for_each_row(source.data(), out.size,
                 [&](const std::uint8_t* above, const std::uint8_t* row, const std::uint8_t* below, int y) {
                     for (int x = 0; x < width; ++x) column[static_cast<std::size_t>(x)] = above[x] + 2 * row[x] + below[x];
                     float* to = out.row(y);
                     const int* sums = column.data();
                     for (int x = 0; x < width; ++x)
                         to[x] = static_cast<float>(sums[left_of(x)] + 2 * sums[x] + sums[right_of(x, width)]) / 16.0F;
                 });
}

void neighbourhood_range(const Floats& source, Floats& lowest, Floats& highest) {
    const int width = source.size.width;
    std::vector<float> low(static_cast<std::size_t>(width));
    std::vector<float> high(static_cast<std::size_t>(width));
    for_each_row(source.values.data(), source.size, [&](const float* above, const float* row, const float* below, int y) {
        float* columns_low = low.data();
        float* columns_high = high.data();
        for (int x = 0; x < width; ++x) {
            columns_low[x] = std::min(std::min(above[x], row[x]), below[x]);
            columns_high[x] = std::max(std::max(above[x], row[x]), below[x]);
        }
        float* to_low = lowest.row(y);
        float* to_high = highest.row(y);
        for (int x = 0; x < width; ++x) {
            const int left = left_of(x);
            const int right = right_of(x, width);
            to_low[x] = std::min(std::min(columns_low[left], columns_low[x]), columns_low[right]);
            to_high[x] = std::max(std::max(columns_high[left], columns_high[x]), columns_high[right]);
        }
    });
}

void box_mean(const Floats& source, int radius, Floats& out) {
    const int width = source.size.width;
    const int height = source.size.height;
    // Running sums along rows, then along columns.
    Floats rows(source.size);
    for (int y = 0; y < height; ++y) {
        const float* from = source.row(y);
        float* to = rows.row(y);
        float sum = 0;
        for (int x = 0; x < std::min(radius, width); ++x) sum += from[x];
        for (int x = 0; x < width; ++x) {
            if (x + radius < width) sum += from[x + radius];
            if (x - radius - 1 >= 0) sum -= from[x - radius - 1];
            to[x] = sum / static_cast<float>(std::min(x + radius, width - 1) - std::max(x - radius, 0) + 1);
        }
    }
    std::vector<float> sums(static_cast<std::size_t>(width), 0.0F);
    const auto add = [&](int y, float sign) {
        const float* from = rows.row(y);
        for (int x = 0; x < width; ++x) sums[static_cast<std::size_t>(x)] += sign * from[x];
    };
    for (int y = 0; y < std::min(radius, height); ++y) add(y, 1);
    for (int y = 0; y < height; ++y) {
        if (y + radius < height) add(y + radius, 1);
        if (y - radius - 1 >= 0) add(y - radius - 1, -1);
        const float scale = 1 / static_cast<float>(std::min(y + radius, height - 1) - std::max(y - radius, 0) + 1);
        float* to = out.row(y);
        for (int x = 0; x < width; ++x) to[x] = sums[static_cast<std::size_t>(x)] * scale;
    }
}

void gradient(const Floats& source, Floats& x_out, Floats& y_out) {
    const int width = source.size.width;
    for_each_row(source.values.data(), source.size, [&](const float* above, const float* row, const float* below, int y) {
        float* to_x = x_out.row(y);
        float* to_y = y_out.row(y);
        for (int x = 0; x < width; ++x) {
            to_x[x] = (row[right_of(x, width)] - row[left_of(x)]) / 2;
            to_y[x] = (below[x] - above[x]) / 2;
        }
    });
}

void vote(const Mask& source, int count, Mask& out) {
    const int width = source.size.width;
    for_each_row(source.values.data(), source.size,
                 [&](const std::uint8_t* above, const std::uint8_t* row, const std::uint8_t* below, int y) {
                     std::uint8_t* to = out.row(y);
                     const auto column = [&](int x) { return above[x] + row[x] + below[x]; };
                     for (int x = 0; x < width; ++x)
                         to[x] = column(left_of(x)) + column(x) + column(right_of(x, width)) >= count ? 1 : 0;
                 });
}

void dilate(const Mask& source, int radius, Mask& out) {
    const auto [width, height] = source.size;
    Mask rows(source.size);
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* from = source.row(y);
        std::uint8_t* to = rows.row(y);
        for (int x = 0; x < width; ++x) {
            if (!from[x]) continue;
            const int last = std::min(x + radius, width - 1);
            for (int i = std::max(x - radius, 0); i <= last; ++i) to[i] = 1;
        }
    }
    std::fill(out.values.begin(), out.values.end(), std::uint8_t{0});
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* from = rows.row(y);
        for (int i = std::max(y - radius, 0); i <= std::min(y + radius, height - 1); ++i) {
            std::uint8_t* to = out.row(i);
            for (int x = 0; x < width; ++x) to[x] |= from[x];
        }
    }
}

int label_components(const Mask& mask, Plane<int>& labels) {
    const auto [width, height] = mask.size;
    std::vector<int> parent{0};  // union by the smaller label; index 0 is the ground
    const auto root = [&](int label) {
        while (parent[static_cast<std::size_t>(label)] != label) {
            auto& up = parent[static_cast<std::size_t>(label)];
            up = parent[static_cast<std::size_t>(up)];
            label = up;
        }
        return label;
    };
    const auto join = [&](int a, int b) {
        a = root(a);
        b = root(b);
        parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
        return std::min(a, b);
    };
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* row = mask.row(y);
        int* to = labels.row(y);
        const int* above = y > 0 ? labels.row(y - 1) : nullptr;
        for (int x = 0; x < width; ++x) {
            to[x] = 0;
            if (!row[x]) continue;
            int label = x > 0 ? to[x - 1] : 0;
            for (int i = std::max(x - 1, 0); above && i <= std::min(x + 1, width - 1); ++i)
                if (above[i]) label = label ? join(label, above[i]) : above[i];
            if (!label) {
                label = static_cast<int>(parent.size());
                parent.push_back(label);
            }
            to[x] = label;
        }
    }
    std::vector<int> index(parent.size(), 0);
    int count = 0;
    for (std::size_t label = 1; label < parent.size(); ++label)
        if (root(static_cast<int>(label)) == static_cast<int>(label)) index[label] = ++count;
    for (int& label : labels.values)
        if (label) label = index[static_cast<std::size_t>(root(label))];
    return count;
}

}  // namespace facet::expert::motion
