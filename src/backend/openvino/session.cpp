#include "backend/openvino/session.h"

#include "backend/openvino/element_type.h"
#include "base/denormals.h"

namespace facet::backend {

namespace {

class OpenvinoSession final : public Session {
public:
    OpenvinoSession(std::shared_ptr<const Compiled> compiled, ov::CompiledModel instance)
        : compiled_(std::move(compiled)),
          instance_(std::move(instance)),
          request_(instance_.create_infer_request()),
          bound_(compiled_->facts().session.inputs.size()),
          outputs_(compiled_->facts().session.outputs.size()) {}
    ~OpenvinoSession() override {
        request_ = {};  // it holds the caller's memory and the instance
        compiled_->release(std::move(instance_));
    }

    const SessionFacts& facts() const override { return compiled_->facts().session; }

    void start(std::span<const TensorView> inputs, const Completion& done) override {
        const Status ran = run(inputs);
        if (ran)
            done(Outputs(outputs_));
        else
            done(Result<Outputs>(fail(ran.error())));
    }

private:
    Status run(std::span<const TensorView> inputs) {
        FACET_CHECK(check(inputs));
        try {
            for (std::size_t i = 0; i < inputs.size(); ++i) bind(i, inputs[i]);
            {
                const DenormalsAsZero guard;
                request_.infer();
            }
            for (std::size_t i = 0; i < outputs_.size(); ++i) {
                const ov::Tensor tensor = request_.get_output_tensor(i);
                const ov::Shape shape = tensor.get_shape();
                outputs_[i].type = compiled_->facts().session.outputs[i].type;
                outputs_[i].shape.assign(shape.begin(), shape.end());
                outputs_[i].data = tensor.data();
            }
        } catch (const std::exception& exception) {
            return fail(ErrorCode::internal, "inference failed: {}", reason(exception));
        }
        return {};
    }

    Status check(std::span<const TensorView> inputs) const {
        const auto& ports = compiled_->facts().session.inputs;
        if (inputs.size() != ports.size())
            return fail(ErrorCode::invalid_argument, "{} inputs given, the model has {}", inputs.size(), ports.size());
        for (std::size_t i = 0; i < ports.size(); ++i) {
            const Port& port = ports[i];
            if (inputs[i].type != port.type)
                return fail(ErrorCode::invalid_argument, "input '{}' is {}, expected {}", port.name,
                            facet::name(inputs[i].type), facet::name(port.type));
            bool fits = inputs[i].shape.size() == port.shape.size();
            for (std::size_t d = 0; fits && d < port.shape.size(); ++d)
                fits = port.shape[d] == inputs[i].shape[d] || (port.shape[d] < 0 && inputs[i].shape[d] > 0);
            if (!fits)
                return fail(ErrorCode::invalid_argument, "input '{}' has shape {}, expected {}", port.name,
                            to_string(inputs[i].shape), to_string(port.shape));
            if (inputs[i].data == nullptr && inputs[i].bytes() > 0)
                return fail(ErrorCode::invalid_argument, "input '{}' has no data", port.name);
        }
        return {};
    }

    /// Hands the caller's memory to OpenVINO, without a copy; nothing to do where it is the same as last time.
    void bind(std::size_t index, const TensorView& input) {
        TensorView& bound = bound_[index];
        const int port = compiled_->facts().ports[index];
        if (port < 0 || (bound.data != nullptr && bound.data == input.data && bound.shape == input.shape)) return;
        const ov::element::Type type = to_openvino(input.type);
        if (input.size() == 0)
            request_.set_input_tensor(static_cast<std::size_t>(port), ov::Tensor(type, to_openvino(input.shape)));
        else
            request_.set_input_tensor(static_cast<std::size_t>(port),
                                      ov::Tensor(type, to_openvino(input.shape), const_cast<void*>(input.data)));
        bound = input;
    }

    std::shared_ptr<const Compiled> compiled_;
    ov::CompiledModel instance_;  // of this session alone
    ov::InferRequest request_;
    std::vector<TensorView> bound_;    // as handed to request_
    std::vector<TensorView> outputs_;  // of the last run
};

}  // namespace

Result<std::unique_ptr<Session>> make_session(std::shared_ptr<const Compiled> compiled) {
    FACET_TRY(auto instance, compiled->acquire());
    try {
        return std::make_unique<OpenvinoSession>(std::move(compiled), std::move(instance));
    } catch (const std::exception& exception) {
        return fail(ErrorCode::internal, "OpenVINO cannot make a request: {}", reason(exception));
    }
}

}  // namespace facet::backend
