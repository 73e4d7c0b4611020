// What backend/backend.h promises, over every registered backend, on small models that are written here.

#include <gmock/gmock.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>

#include "base/random.h"
#include "conformance/registered.h"
#include "support/process.h"
#include "wrap/onnx/writer.h"

namespace facet::tests {
namespace {

using backend::Backend;
using backend::BackendInfo;
using backend::ModelFacts;
using backend::Outputs;
using backend::Precision;
using backend::Session;
using backend::SessionOptions;
using onnx::DataType;
using onnx::make_attribute;
using testing::HasSubstr;

onnx::Value value(std::string name, DataType type, std::vector<std::int64_t> shape) {
    std::vector<std::string> symbols(shape.size());
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] < 0) symbols[i] = "n" + std::to_string(i);
    return {std::move(name), type, true, std::move(shape), std::move(symbols)};
}

onnx::Model model_of(std::vector<onnx::Value> inputs, std::vector<onnx::Node> nodes, std::vector<onnx::Value> outputs) {
    onnx::Model model;
    model.ir_version = 8;
    model.opsets[""] = 13;
    model.producer = "facet tests";
    model.metadata = {{"purpose", "conformance"}};
    model.graph.name = "g";
    model.graph.inputs = std::move(inputs);
    model.graph.nodes = std::move(nodes);
    model.graph.outputs = std::move(outputs);
    return model;
}

/// Two inputs, two outputs: sum = a + b, and kept = max(2 * a, 0), for a and b of [batch, 3].
onnx::Model two_by_two(std::int64_t batch = 2) {
    onnx::Model model = model_of({value("a", DataType::f32, {batch, 3}), value("b", DataType::f32, {batch, 3})},
                                 {{"Add", "", "add", {"a", "b"}, {"sum"}, {}},
                                  {"Mul", "", "double", {"a", "two"}, {"doubled"}, {}},
                                  {"Relu", "", "cut", {"doubled"}, {"kept"}, {}}},
                                 {value("sum", DataType::f32, {batch, 3}), value("kept", DataType::f32, {batch, 3})});
    model.graph.initializers = {onnx::make_tensor("two", {1}, std::vector<float>{2})};
    return model;
}

/// Real work: two convolutions and a multiplication of matrices, [1,3,24,32] -> [1,10].
onnx::Model network() {
    Random random(17);
    const auto weights = [&random](std::string name, std::vector<std::int64_t> shape) {
        std::vector<float> values(element_count(shape));
        for (float& each : values) each = static_cast<float>(random.uniform(-0.2, 0.2));
        return onnx::make_tensor(std::move(name), std::move(shape), values);
    };
    const auto pads = make_attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1});
    const auto strides = make_attribute("strides", std::vector<std::int64_t>{2, 2});
    onnx::Model model = model_of({value("x", DataType::f32, {1, 3, 24, 32})},
                                 {{"Conv", "", "c1", {"x", "w1"}, {"y1"}, {pads, strides}},
                                  {"Relu", "", "r1", {"y1"}, {"z1"}, {}},
                                  {"Conv", "", "c2", {"z1", "w2"}, {"y2"}, {pads, strides}},
                                  {"Sigmoid", "", "s2", {"y2"}, {"z2"}, {}},
                                  {"Flatten", "", "f", {"z2"}, {"flat"}, {}},
                                  {"MatMul", "", "m", {"flat", "w3"}, {"y"}, {}}},
                                 {value("y", DataType::f32, {1, 10})});
    model.graph.initializers = {weights("w1", {8, 3, 3, 3}), weights("w2", {16, 8, 3, 3}), weights("w3", {16 * 6 * 8, 10})};
    return model;
}

Tensor tensor_of(const Shape& shape, std::uint64_t seed) {
    Tensor tensor(ElementType::f32, shape);
    Random random(seed);
    for (float& each : tensor.values<float>()) each = static_cast<float>(random.uniform(-1, 1));
    return tensor;
}

/// The bytes of all outputs of one run; empty where it failed.
std::vector<std::string> bytes_of(const Result<Outputs>& outputs) {
    std::vector<std::string> bytes;
    if (outputs)
        for (const TensorView& each : *outputs) bytes.emplace_back(static_cast<const char*>(each.data), each.bytes());
    return bytes;
}

class BackendConformance : public testing::TestWithParam<const BackendInfo*> {
protected:
    std::string put(const onnx::Model& model, const std::string& name = "model.onnx") const {
        test::write_text(folder_ / name, onnx::write_model(model).value());
        return folder_ / name;
    }
    std::unique_ptr<Session> load(const std::string& path, SessionOptions options = {.precision = Precision::f32}) const {
        auto session = backend_->load({path}, options);
        EXPECT_TRUE(session.has_value()) << (session ? "" : session.error().message);
        return session ? std::move(*session) : nullptr;
    }
    std::string load_error(const std::string& path, const SessionOptions& options = {.precision = Precision::f32}) const {
        const auto session = backend_->load({path}, options);
        return session ? "(loaded)" : session.error().message;
    }
    static std::string run_error(Session& session, const std::vector<TensorView>& inputs) {
        const auto outputs = run(session, inputs);
        return outputs ? "(ran)" : outputs.error().message;
    }
    static std::vector<std::string> run_bytes(Session& session, const std::vector<TensorView>& inputs) {
        return bytes_of(run(session, inputs));
    }

    test::TemporaryFolder folder_;
    Log log_{LogLevel::off};
    std::unique_ptr<Backend> backend_ = GetParam()->create(log_).value();
};

// A build without a backend is a build that runs no models.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BackendConformance);
INSTANTIATE_TEST_SUITE_P(All, BackendConformance,
                         testing::ValuesIn(app::builtins().backends.begin(), app::builtins().backends.end()),
                         [](const auto& each) { return test_name(std::string(each.param->name)); });

TEST_P(BackendConformance, DescribesItselfInOneLine) {
    const std::string line = backend_->describe();
    EXPECT_FALSE(line.empty());
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
}

TEST_P(BackendConformance, InspectSaysWhatTheFileDeclares) {
    const std::string path = put(two_by_two());
    const auto facts = backend_->inspect({path});
    ASSERT_TRUE(facts.has_value()) << facts.error().message;
    ASSERT_EQ(facts->inputs.size(), 2U);
    ASSERT_EQ(facts->outputs.size(), 2U);
    EXPECT_EQ(facts->inputs[0].name, "a");
    EXPECT_EQ(facts->inputs[1].name, "b");
    EXPECT_EQ(facts->outputs[0].name, "sum");
    EXPECT_EQ(facts->outputs[1].name, "kept");
    for (const auto* ports : {&facts->inputs, &facts->outputs})
        for (const backend::Port& port : *ports) {
            EXPECT_EQ(port.type, ElementType::f32);
            EXPECT_EQ(port.shape, (Shape{2, 3}));
        }
    EXPECT_EQ(facts->opset, 13);
    EXPECT_THAT(facts->operators, testing::ElementsAre("Add", "Mul", "Relu"));
    EXPECT_THAT(facts->metadata, testing::Contains(std::pair<std::string, std::string>("purpose", "conformance")));
    EXPECT_EQ(facts->bytes, test::read_text(path).size());
}

TEST_P(BackendConformance, ASessionHasThePortsOfTheFileAndIsDecided) {
    const auto session = load(put(two_by_two()), {});
    const auto& facts = session->facts();
    ASSERT_EQ(facts.inputs.size(), 2U);
    ASSERT_EQ(facts.outputs.size(), 2U);
    EXPECT_EQ(facts.inputs[1].name, "b");
    EXPECT_EQ(facts.outputs[1].name, "kept");
    EXPECT_EQ(facts.inputs[0].shape, (Shape{2, 3}));
    EXPECT_NE(facts.precision, Precision::automatic);
    EXPECT_FALSE(facts.device.empty());
}

TEST_P(BackendConformance, OutputsAreTheModelsInItsOrder) {
    const auto session = load(put(two_by_two()));
    const Tensor a = tensor_of({2, 3}, 1);
    const Tensor b = tensor_of({2, 3}, 2);
    const std::array views{a.view(), b.view()};
    const auto outputs = run(*session, views);
    ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
    ASSERT_EQ(outputs->size(), 2U);
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_FLOAT_EQ((*outputs)[0].values<float>()[i], a.values<float>()[i] + b.values<float>()[i]);
        EXPECT_FLOAT_EQ((*outputs)[1].values<float>()[i], std::max(0.0F, 2 * a.values<float>()[i]));
    }
    for (const TensorView& output : *outputs) EXPECT_EQ(output.shape, (Shape{2, 3}));
}

TEST_P(BackendConformance, WrongInputsAreRefusedByNameAndHarmNothing) {
    const auto session = load(put(two_by_two()));
    const Tensor a = tensor_of({2, 3}, 1);
    const Tensor b = tensor_of({2, 3}, 2);
    const auto expected = run_bytes(*session, {a.view(), b.view()});
    ASSERT_EQ(expected.size(), 2U);
    const Tensor wide(ElementType::f32, {2, 4});
    const Tensor deep(ElementType::f32, {2, 3, 1});
    const Tensor none(ElementType::f32, {0, 3});
    const Tensor integers(ElementType::i32, {2, 3});
    EXPECT_THAT(run_error(*session, {}), HasSubstr("0 inputs"));
    EXPECT_THAT(run_error(*session, {a.view()}), HasSubstr("1 inputs"));
    EXPECT_THAT(run_error(*session, {a.view(), b.view(), b.view()}), HasSubstr("3 inputs"));
    EXPECT_THAT(run_error(*session, {a.view(), wide.view()}),
                testing::AllOf(HasSubstr("'b'"), HasSubstr("[2,4]"), HasSubstr("[2,3]")));
    EXPECT_THAT(run_error(*session, {deep.view(), b.view()}), testing::AllOf(HasSubstr("'a'"), HasSubstr("[2,3,1]")));
    EXPECT_THAT(run_error(*session, {a.view(), none.view()}), testing::AllOf(HasSubstr("'b'"), HasSubstr("[0,3]")));
    EXPECT_THAT(run_error(*session, {integers.view(), b.view()}), testing::AllOf(HasSubstr("'a'"), HasSubstr("i32")));
    EXPECT_THAT(run_error(*session, {a.view(), {ElementType::f32, {2, 3}, nullptr}}), HasSubstr("'b'"));
    EXPECT_EQ(run_bytes(*session, {a.view(), b.view()}), expected);
}

TEST_P(BackendConformance, DoneIsCalledExactlyOnceOnSuccessAndOnFailure) {
    const auto session = load(put(two_by_two()));
    const Tensor a = tensor_of({2, 3}, 1);
    const std::array right{a.view(), a.view()};
    for (const std::size_t count : {2U, 1U}) {
        std::mutex mutex;
        std::condition_variable changed;
        int calls = 0;
        session->start({right.data(), count}, [&](const Result<Outputs>& outputs) {
            const std::lock_guard lock(mutex);
            EXPECT_EQ(outputs.has_value(), count == 2);
            ++calls;
            changed.notify_all();
        });
        std::unique_lock lock(mutex);
        if (session->facts().uses_core) {
            EXPECT_EQ(calls, 1) << "before start() returns";
        }
        changed.wait(lock, [&] { return calls > 0; });
        EXPECT_EQ(calls, 1);
    }
}

TEST_P(BackendConformance, TheSameInputGivesTheSameBytes) {
    const std::string path = put(network());
    const Tensor x = tensor_of({1, 3, 24, 32}, 5);
    for (const Precision precision : {Precision::f32, Precision::automatic}) {
        const auto session = load(path, {.precision = precision});
        const auto expected = run_bytes(*session, {x.view()});
        ASSERT_EQ(expected.size(), 1U);
        for (int i = 0; i < 5; ++i) EXPECT_EQ(run_bytes(*session, {x.view()}), expected);
        EXPECT_EQ(run_bytes(*load(path, {.precision = session->facts().precision}), {x.view()}), expected)
            << "another session";
        const auto other = GetParam()->create(log_).value();
        auto fresh = other->load({path}, {.precision = session->facts().precision});
        ASSERT_TRUE(fresh.has_value()) << fresh.error().message;
        EXPECT_EQ(run_bytes(**fresh, {x.view()}), expected) << "another backend";
    }
}

TEST_P(BackendConformance, TheInputIsReadAnewOnEachRunWhereverItLies) {
    const std::string path = put(network());
    const auto session = load(path);
    const auto other = load(path);
    Tensor x = tensor_of({1, 3, 24, 32}, 5);
    std::set<std::vector<std::string>> seen{run_bytes(*session, {x.view()})};
    x.values<float>()[7] += 1;
    EXPECT_TRUE(seen.insert(run_bytes(*session, {x.view()})).second) << "the same memory, another value";
    // Other memory, also at an address that only a float would lie at.
    std::vector<float> shifted(x.size() + 1);
    for (const std::size_t offset : {0U, 1U}) {
        const Tensor y = tensor_of({1, 3, 24, 32}, 6 + offset);
        std::memcpy(shifted.data() + offset, y.data(), y.bytes());
        const auto bytes = run_bytes(*session, {{ElementType::f32, y.shape(), shifted.data() + offset}});
        EXPECT_EQ(bytes, run_bytes(*other, {y.view()}));
        EXPECT_TRUE(seen.insert(bytes).second) << "the run before, again";
    }
}

TEST_P(BackendConformance, InputsStayAsTheyAreAndOutputsUntilTheSessionsNextStart) {
    const std::string path = put(network());
    const auto session = load(path);
    const auto other = load(path);
    const Tensor x = tensor_of({1, 3, 24, 32}, 5);
    const Tensor y = tensor_of({1, 3, 24, 32}, 6);
    const TensorView view = x.view();
    const auto outputs = run(*session, {&view, 1});
    ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
    const auto before = bytes_of(outputs);
    EXPECT_NE(run_bytes(*other, {y.view()}), before);
    EXPECT_EQ(bytes_of(outputs), before) << "another session of the model wrote over them";
    EXPECT_EQ(std::memcmp(x.data(), tensor_of({1, 3, 24, 32}, 5).data(), x.bytes()), 0);
}

TEST_P(BackendConformance, SessionsRunOnManyThreadsAtOnceAndSoDoLoads) {
    const std::string path = put(network());
    const std::string other = put(two_by_two(), "other.onnx");
    const Tensor x = tensor_of({1, 3, 24, 32}, 5);
    const auto expected = run_bytes(*load(path), {x.view()});
    std::array<int, 4> wrong{};
    std::vector<std::thread> threads;
    for (int& each : wrong)
        threads.emplace_back([&] {
            for (int round = 0; round < 5; ++round) {
                const auto session = backend_->load({path}, {.precision = Precision::f32});
                const auto beside = backend_->load({other}, {.precision = Precision::f32});
                const auto facts = backend_->inspect({path});
                if (!session || !beside || !facts) ++each;
                for (int i = 0; session && i < 5; ++i) each += run_bytes(**session, {x.view()}) == expected ? 0 : 1;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, (std::array<int, 4>{}));
}

TEST_P(BackendConformance, OnlyABatchMayStayOpenAndItMayChangeFromRunToRun) {
    const auto session = load(put(two_by_two(-1)));
    EXPECT_EQ(session->facts().inputs[0].shape, (Shape{-1, 3}));
    for (const std::int64_t batch : {1, 4, 2}) {
        const Tensor a = tensor_of({batch, 3}, 1);
        const std::array views{a.view(), a.view()};
        const auto outputs = run(*session, views);
        ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
        EXPECT_EQ((*outputs)[0].shape, (Shape{batch, 3}));
        EXPECT_FLOAT_EQ((*outputs)[0].values<float>()[0], 2 * a.values<float>()[0]);
    }
    const std::string open = put(model_of({value("x", DataType::f32, {1, -1})}, {{"Relu", "", "r", {"x"}, {"y"}, {}}},
                                          {value("y", DataType::f32, {1, -1})}),
                                 "open.onnx");
    EXPECT_THAT(load_error(open), testing::AllOf(HasSubstr("'x'"), HasSubstr("[1,?]")));
    const auto stated = load(open, {.precision = Precision::f32, .input_shapes = {{1, 5}}});
    EXPECT_EQ(stated->facts().inputs[0].shape, (Shape{1, 5}));
    EXPECT_EQ(stated->facts().outputs[0].shape, (Shape{1, 5}));
}

TEST_P(BackendConformance, ElementTypesAreThoseOfTheFile) {
    struct Type {
        DataType theirs;
        ElementType ours;
        std::uint16_t one;  ///< the first bytes of 1
    };
    for (const Type& type : {Type{DataType::i64, ElementType::i64, 1}, Type{DataType::u8, ElementType::u8, 1},
                             Type{DataType::i32, ElementType::i32, 1}, Type{DataType::f16, ElementType::f16, 0x3C00},
                             Type{DataType::boolean, ElementType::boolean, 1}}) {
        const auto session = load(put(model_of({value("x", type.theirs, {2})}, {{"Identity", "", "", {"x"}, {"y"}, {}}},
                                               {value("y", type.theirs, {2})})));
        EXPECT_EQ(session->facts().inputs[0].type, type.ours);
        EXPECT_EQ(session->facts().outputs[0].type, type.ours);
        Tensor input(type.ours, {2});
        std::memcpy(input.data(), &type.one, std::min(sizeof type.one, size_of(type.ours)));
        EXPECT_EQ(run_bytes(*session, {input.view()}),
                  std::vector<std::string>{std::string(static_cast<const char*>(input.data()), input.bytes())})
            << facet::name(type.ours);
    }
}

TEST_P(BackendConformance, AnInputThatTheModelDoesNotUseIsStillAnInput) {
    const auto session = load(put(model_of({value("unused", DataType::f32, {2}), value("x", DataType::f32, {3})},
                                           {{"Relu", "", "", {"x"}, {"y"}, {}}}, {value("y", DataType::f32, {3})})));
    ASSERT_EQ(session->facts().inputs.size(), 2U);
    EXPECT_EQ(session->facts().inputs[0].shape, (Shape{2}));
    const Tensor unused(ElementType::f32, {2});
    Tensor used(ElementType::f32, {3});
    used.values<float>()[1] = 5;
    const std::array views{unused.view(), used.view()};
    const auto outputs = run(*session, views);
    ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
    EXPECT_THAT((*outputs)[0].values<float>(), testing::ElementsAre(0, 5, 0));
}

TEST_P(BackendConformance, AFailedInferenceIsAnErrorAndHarmsNothing) {
    const auto other = load(put(two_by_two(), "other.onnx"));
    const Tensor a = tensor_of({2, 3}, 1);
    const auto expected = run_bytes(*other, {a.view(), a.view()});
    ASSERT_EQ(expected.size(), 2U);
    const std::string path =
        put(model_of({value("x", DataType::f32, {6}), value("shape", DataType::i64, {2})},
                     {{"Reshape", "", "", {"x", "shape"}, {"y"}, {}}}, {value("y", DataType::f32, {-1, -1})}));
    const Tensor x = tensor_of({6}, 1);
    Tensor shape(ElementType::i64, {2});
    {
        const auto session = load(path);
        for (const auto& [rows, columns] : {std::pair{2, 3}, std::pair{4, 3}, std::pair{3, 2}, std::pair{5, 5}}) {
            shape.values<std::int64_t>()[0] = rows;
            shape.values<std::int64_t>()[1] = columns;
            const std::array views{x.view(), shape.view()};
            const auto outputs = run(*session, views);
            ASSERT_EQ(outputs.has_value(), rows * columns == 6) << rows << "x" << columns;
            if (outputs) {
                EXPECT_EQ((*outputs)[0].shape, (Shape{rows, columns}));
            }
        }
    }
    EXPECT_EQ(run_bytes(*other, {a.view(), a.view()}), expected);
    EXPECT_EQ(run_bytes(*load(folder_ / "other.onnx"), {a.view(), a.view()}), expected);
}

TEST_P(BackendConformance, OptionsThatMakeNoSenseAreRefused) {
    const std::string path = put(two_by_two());
    EXPECT_THAT(load_error(path, {.precision = Precision::f32, .threads = 0}), HasSubstr("0 threads"));
    EXPECT_THAT(load_error(path, {.precision = Precision::f32, .threads = -3}), HasSubstr("-3 threads"));
    EXPECT_THAT(load_error(path, {.precision = Precision::f32, .input_shapes = {{2, 3}}}),
                testing::AllOf(HasSubstr(path), HasSubstr("1 input")));
    EXPECT_THAT(load_error(path, {.precision = Precision::f32, .input_shapes = {{2, 3}, {2, 3, 3}}}), HasSubstr(path));
    for (const Precision precision : {Precision::bf16, Precision::f16}) {
        const auto session = backend_->load({path}, {.precision = precision});
        if (session)
            EXPECT_EQ((*session)->facts().precision, precision);
        else
            EXPECT_THAT(session.error().message, HasSubstr(std::string(backend::name(precision))));
    }
}

TEST_P(BackendConformance, AFileThatIsNotThereOrIsNoModelIsAnErrorThatNamesIt) {
    test::write_text(folder_ / "empty.onnx", "");
    test::write_text(folder_ / "letter.onnx", "Dear reader, this is no network.\n");
    test::write_text(folder_ / "picture.onnx", "\x89PNG\r\n\x1a\n____________");
    for (const char* name : {"none.onnx", "empty.onnx", "letter.onnx", "picture.onnx", ""}) {
        const std::string path = *name ? folder_ / name : folder_.path().string();
        const auto facts = backend_->inspect({path});
        ASSERT_FALSE(facts.has_value()) << path;
        for (const std::string& message : {facts.error().message, load_error(path)}) {
            EXPECT_THAT(message, testing::StartsWith(path + ": "));
            EXPECT_EQ(message.find(path, 1), std::string::npos) << message;
            EXPECT_EQ(message.find('\n'), std::string::npos) << message;
        }
    }
    EXPECT_EQ(backend_->inspect({folder_ / "none.onnx"}).error().code, ErrorCode::not_found);
}

TEST_P(BackendConformance, CutAndDamagedFilesGiveAnErrorOrASessionThatRuns) {
    const std::string whole = onnx::write_model(two_by_two()).value();
    const std::string path = folder_ / "damaged.onnx";
    const Tensor a = tensor_of({2, 3}, 1);
    int refused = 0;
    const auto attempt = [&](const std::string& bytes) {
        test::write_text(path, bytes);
        const auto session = backend_->load({path}, {.precision = Precision::f32});
        if (!session) {
            ++refused;
            EXPECT_THAT(session.error().message, testing::StartsWith(path + ": "));
            return;
        }
        std::vector<TensorView> inputs(session.value()->facts().inputs.size(), a.view());
        (void)run(**session, inputs);
    };
    for (std::size_t length = 0; length < whole.size(); length += 3) attempt(whole.substr(0, length));
    Random random(9);
    for (int i = 0; i < 300; ++i) {
        std::string bytes = whole;
        for (std::int64_t flips = random.between(1, 3); flips > 0; --flips) {
            char& byte = bytes[random.below(bytes.size())];
            byte = static_cast<char>(byte ^ (1 << random.below(8)));
        }
        attempt(bytes);
    }
    EXPECT_GT(refused, 100);
    test::write_text(path, whole);
    EXPECT_NE(load(path), nullptr) << "the backend is as good as before";
}

}  // namespace
}  // namespace facet::tests
