#include "model/label_set.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace facet::model {

namespace {

struct Set {
    std::string_view name;
    std::string_view labels;  // separated by commas
};

// The 80 categories of COCO detection in their usual order; the 21 of Pascal VOC; the classes of Open Model Zoo's
// road-segmentation-adas-0001; HyperLPR3's colours; the characters of LPRNet_Pytorch.
constexpr std::array kSets = {
    Set{"coco80",
        "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,"
        "parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,"
        "handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,"
        "surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,"
        "broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,"
        "mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,"
        "teddy bear,hair drier,toothbrush"},
    Set{"voc21",
        "background,aeroplane,bicycle,bird,boat,bottle,bus,car,cat,chair,cow,diningtable,dog,horse,motorbike,"
        "person,pottedplant,sheep,sofa,train,tvmonitor"},
    Set{"road4", "background,road,curb,lane mark"},
    Set{"plate_colours", "blue,green,yellow"},
    Set{"lprnet68",
        "京,沪,津,渝,冀,晋,蒙,辽,吉,黑,苏,浙,皖,闽,赣,鲁,豫,鄂,湘,粤,桂,琼,川,贵,云,"
        "藏,陕,甘,青,宁,新,0,1,2,3,4,5,6,7,8,9,A,B,C,D,E,F,G,H,J,K,L,M,N,P,Q,R,S,T,U,V,W,X,Y,Z,I,O,"
        "<blank>"},
    Set{"person", "person"},
    Set{"face", "face"},
    Set{"plate", "plate,two-row plate"},
    Set{"motion", "motion"},
};

std::vector<std::string> names_of(const Set& set) {
    const auto parts = split(set.labels, ',');
    return {parts.begin(), parts.end()};
}

}  // namespace

std::optional<std::vector<std::string>> label_set(std::string_view name) {
    for (const Set& set : kSets)
        if (set.name == name) return names_of(set);
    return std::nullopt;
}

std::string_view label_set_of(const std::vector<std::string>& labels) {
    for (const Set& set : kSets)
        if (names_of(set) == labels) return set.name;
    return "";
}

std::vector<std::string> numbered_labels(std::size_t count) {
    std::vector<std::string> labels;
    labels.reserve(count);
    for (std::size_t index = 0; index < count; ++index) labels.push_back(fmt::format("class {}", index));
    return labels;
}

}  // namespace facet::model
