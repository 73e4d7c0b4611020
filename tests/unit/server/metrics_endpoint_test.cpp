#include "server/metrics_endpoint.h"

#include <gmock/gmock.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <vector>

#include "client.h"
#include "support/process.h"

namespace facet::server {
namespace {

using test::Client;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /metrics HTTP/1.1\r\nHost: facet\r\n\r\n";
constexpr auto kShort = Milliseconds(200);
constexpr auto kPatience = std::chrono::seconds(20);  // reached only by a failing test

class MetricsEndpointTest : public testing::Test {
protected:
    MetricsEndpointTest() { metrics_.declare({&kEndpointRefusals, 1}); }

    MetricsEndpoint::Options options() {
        MetricsEndpoint::Options options;
        options.listen = "127.0.0.1:0";
        options.text = [this] { return text_; };
        options.ready = [this] { return ready_.load(); };
        options.metrics = &metrics_;
        return options;
    }
    void start(const MetricsEndpoint::Options& options) {
        auto started = MetricsEndpoint::start(options);
        ASSERT_TRUE(started) << started.error().message;
        endpoint_ = std::move(*started);
    }
    void start() { start(options()); }
    std::string ask(std::string_view request, bool with_body = true) {
        Client client(endpoint_->port());
        client.send(request);
        return client.response(with_body);
    }
    /// Until a client is answered: one that has just gone may still hold its place.
    std::string ask_again(std::string_view request) {
        std::string response;
        for (const TimePoint begin = monotonic_now(); response.empty() && monotonic_now() - begin < kPatience;)
            response = ask(request);
        return response;
    }
    /// Until the count is there: a connection is cut before it is counted. Meanwhile others are served.
    double refusals_soon(std::string_view cause) {
        for (const TimePoint begin = monotonic_now(); refusals(cause) == 0 && monotonic_now() - begin < kPatience;)
            EXPECT_THAT(ask("GET /live HTTP/1.1\r\nConnection: close\r\n\r\n"), EndsWith("live\n"));
        return refusals(cause);
    }
    double refusals(std::string_view cause) { return metrics_.counter(kEndpointRefusals, {cause}).value(); }

    Metrics metrics_;
    std::string text_ = "facet_up 1\n";
    std::atomic<bool> ready_{true};
    std::unique_ptr<MetricsEndpoint> endpoint_;
};

TEST_F(MetricsEndpointTest, MetricsAreServedInPrometheusFormat) {
    start();
    const std::string response = ask(kGet);
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(response, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    EXPECT_THAT(response, HasSubstr("Content-Length: 11\r\n"));
    EXPECT_THAT(response, EndsWith("\r\n\r\nfacet_up 1\n"));
    EXPECT_THAT(ask("GET /metrics?name=x HTTP/1.1\r\n\r\n"), EndsWith("facet_up 1\n"));
}

TEST_F(MetricsEndpointTest, ALargeTextArrivesWhole) {
    text_ = std::string(8 << 20, 'x') + "\n";
    start();
    const std::string response = ask(kGet);
    EXPECT_EQ(response.substr(response.find("\r\n\r\n") + 4), text_);
}

TEST_F(MetricsEndpointTest, HeadGivesTheHeaderOfGetAndNoBody) {
    start();
    Client client(endpoint_->port());
    client.send("HEAD /metrics HTTP/1.1\r\n\r\n");
    const std::string head = client.response(false);
    EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(head, HasSubstr("Content-Length: 11\r\n"));
    client.send(kGet);  // what comes next is the next response, not a body
    EXPECT_EQ(client.response(), head + text_);
}

TEST_F(MetricsEndpointTest, LiveIsAlwaysYesAndReadyIsWhatTheCallbackSays) {
    start();
    EXPECT_THAT(ask("GET /live HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(ask("GET /ready HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
    ready_ = false;
    EXPECT_THAT(ask("GET /live HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(ask("GET /ready HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    EXPECT_THAT(ask("HEAD /ready HTTP/1.1\r\n\r\n", false), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(MetricsEndpointTest, AnotherPathIsNotFoundAndAnotherMethodNotAllowed) {
    start();
    for (const char* path : {"/", "/metrics/", "/metricsx", "/../metrics", "*"})
        EXPECT_THAT(ask(fmt::format("GET {} HTTP/1.1\r\n\r\n", path)), StartsWith("HTTP/1.1 404 Not Found\r\n")) << path;
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
        const std::string response = ask(fmt::format("{} /metrics HTTP/1.1\r\nContent-Length: 0\r\n\r\n", method));
        EXPECT_THAT(response, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n")) << method;
        EXPECT_THAT(response, HasSubstr("\r\nAllow: GET, HEAD\r\n")) << method;
    }
}

TEST_F(MetricsEndpointTest, AConnectionServesManyRequestsAlsoSentTogether) {
    start();
    Client client(endpoint_->port());
    for (int i = 0; i < 3; ++i) {
        client.send(kGet);
        EXPECT_THAT(client.response(), EndsWith("facet_up 1\n"));
    }
    client.send(std::string(kGet) + "GET /live HTTP/1.1\r\n\r\n");
    EXPECT_THAT(client.response(), EndsWith("facet_up 1\n"));
    EXPECT_THAT(client.response(), EndsWith("live\n"));
    client.send("GET /live HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.response(), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.closed());
}

TEST_F(MetricsEndpointTest, AnOldClientGetsItsVersionAndAClosedConnection) {
    start();
    Client client(endpoint_->port());
    client.send("GET /live HTTP/1.0\r\n\r\n");
    EXPECT_THAT(client.response(), StartsWith("HTTP/1.0 200 OK\r\n"));
    EXPECT_TRUE(client.closed());
}

TEST_F(MetricsEndpointTest, SlowClientsDelayNoOther) {
    start();
    std::vector<std::unique_ptr<Client>> slow;
    for (std::size_t i = 0; i + 1 < MetricsEndpoint::kConnectionsMax; ++i) {
        slow.push_back(std::make_unique<Client>(endpoint_->port()));
        slow.back()->send("GET /metrics HTTP/1.1\r\nX-Slow: ");
    }
    EXPECT_THAT(ask(kGet),
                EndsWith("facet_up 1\n"));  // before any slow one has had its time
    for (const auto& client : slow) {
        client->send("y\r\n\r\n");
        EXPECT_THAT(client->response(), EndsWith("facet_up 1\n"));
    }
    EXPECT_EQ(refusals("time"), 0);
}

TEST_F(MetricsEndpointTest, ARequestThatTakesTooLongIsCut) {
    auto short_time = options();
    short_time.time_max = kShort;
    start(short_time);
    Client client(endpoint_->port());
    client.send("GET /metrics HTTP/1.1\r\nX-Slow: ");
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(refusals_soon("time"), 1);
}

TEST_F(MetricsEndpointTest, BytesThatDripInDoNotExtendTheTime) {
    auto short_time = options();
    short_time.time_max = kShort;
    start(short_time);
    Client client(endpoint_->port());
    client.send("GET /metrics HTTP/1.1\r\nX-Slow: ");
    const TimePoint begin = monotonic_now();
    while (!client.readable(10) && client.send("y")) ASSERT_LT(monotonic_now() - begin, kPatience);
    EXPECT_EQ(refusals_soon("time"), 1);
}

TEST_F(MetricsEndpointTest, AnIdleConnectionIsClosedAndIsNoRefusal) {
    auto short_time = options();
    short_time.time_max = kShort;
    start(short_time);
    Client never(endpoint_->port());
    Client once(endpoint_->port());
    once.send(kGet);
    EXPECT_THAT(once.response(), EndsWith("facet_up 1\n"));
    EXPECT_TRUE(never.closed());
    EXPECT_TRUE(once.closed());
    EXPECT_EQ(refusals("time"), 0);
}

TEST_F(MetricsEndpointTest, AClientThatDoesNotTakeItsResponseIsCut) {
    text_ = std::string(64 << 20, 'x');
    auto short_time = options();
    short_time.time_max = kShort;
    start(short_time);
    Client client(endpoint_->port());
    client.send(kGet);
    EXPECT_EQ(refusals_soon("time"), 1);
}

TEST_F(MetricsEndpointTest, ConnectionsBeyondTheLimitAreClosedAndOthersStay) {
    start();
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t i = 0; i < MetricsEndpoint::kConnectionsMax; ++i) {
        clients.push_back(std::make_unique<Client>(endpoint_->port()));
        clients.back()->send(kGet);
        EXPECT_THAT(clients.back()->response(), EndsWith("facet_up 1\n"));
    }
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(Client(endpoint_->port()).closed());
    EXPECT_EQ(refusals("connections"), 4);
    for (const auto& client : clients) {
        client->send(kGet);
        EXPECT_THAT(client->response(), EndsWith("facet_up 1\n"));
    }
    // A place is free again after one goes.
    clients.front()->send("GET /live HTTP/1.1\r\nConnection: close\r\n\r\n");
    clients.front()->response();
    EXPECT_TRUE(clients.front()->closed());
    clients.front().reset();
    EXPECT_THAT(ask_again(kGet), EndsWith("facet_up 1\n"));
}

TEST_F(MetricsEndpointTest, AHeaderOrABodyThatIsTooLargeIsRefused) {
    start();
    EXPECT_THAT(ask("GET /metrics HTTP/1.1\r\nX: " + std::string(7000, 'x') + "\r\n\r\n"),
                StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(ask("GET /metrics HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(ask("GET /" + std::string(500'000, 'x') + " HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(ask("POST /metrics HTTP/1.1\r\nContent-Length: 8000\r\n\r\n" + std::string(8000, 'x')),
                StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(ask("POST /metrics HTTP/1.1\r\nContent-Length: 9000\r\n\r\n" + std::string(9000, 'x')),
                StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(ask("POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2710\r\n" + std::string(10'000, 'x')),
                StartsWith("HTTP/1.1 413 "));
    EXPECT_EQ(refusals("header"), 2);
    EXPECT_EQ(refusals("body"), 2);
}

TEST_F(MetricsEndpointTest, GarbageIsABadRequestAndTheConnectionEnds) {
    start();
    using std::string_literals::operator""s;
    const std::vector<std::string> garbage = {"\x16\x03\x01\x02\x00\x01\x00"s + std::string(200, '\xAB'),
                                              "hello\r\n\r\n",
                                              "GET /metrics\r\n\r\n",
                                              "GET /metrics HTTP/9.9\r\n\r\n",
                                              "GET /metrics HTTP/1.1\r\nno colon\r\n\r\n",
                                              std::string(300, '\0'),
                                              "POST /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n"};
    for (const std::string& bytes : garbage) {
        Client client(endpoint_->port());
        client.send(bytes);
        EXPECT_THAT(client.response(), StartsWith("HTTP/1.1 400 Bad Request\r\n")) << bytes;
    }
    EXPECT_EQ(refusals("malformed"), static_cast<double>(garbage.size()));
    EXPECT_THAT(ask(kGet), EndsWith("facet_up 1\n"));
}

TEST_F(MetricsEndpointTest, AClientThatGoesInTheMiddleHarmsNothing) {
    text_ = std::string(8 << 20, 'x');
    start();
    for (std::size_t length = 0; length <= kGet.size(); ++length) Client(endpoint_->port()).send(kGet.substr(0, length));
    EXPECT_THAT(ask_again("GET /live HTTP/1.1\r\n\r\n"), EndsWith("live\n"));
}

TEST_F(MetricsEndpointTest, ACallbackThatThrowsCostsOneConnection) {
    auto throwing = options();
    throwing.text = []() -> std::string { throw std::runtime_error("no text"); };
    start(throwing);
    EXPECT_EQ(ask(kGet), "");
    EXPECT_THAT(ask("GET /live HTTP/1.1\r\n\r\n"), EndsWith("live\n"));
}

TEST_F(MetricsEndpointTest, ItStopsAtOnceWhileClientsAreConnected) {
    start();
    Client idle(endpoint_->port());
    Client slow(endpoint_->port());
    slow.send("GET /metrics HTTP/1.1\r\nX-Slow: ");
    Client served(endpoint_->port());
    served.send(kGet);
    EXPECT_THAT(served.response(), EndsWith("facet_up 1\n"));
    const std::uint16_t port = endpoint_->port();
    const TimePoint begin = monotonic_now();
    endpoint_.reset();
    EXPECT_LT(monotonic_now() - begin, std::chrono::seconds(4));  // less than the 5 s that each of them may take
    EXPECT_TRUE(idle.closed());
    EXPECT_TRUE(slow.closed());
    EXPECT_TRUE(served.closed());
    EXPECT_FALSE(Client(port).connected());
    // The port is free for the next run, although connections to it were just open.
    auto again = options();
    again.listen = fmt::format("127.0.0.1:{}", port);
    start(again);
    EXPECT_EQ(endpoint_->port(), port);
    EXPECT_THAT(ask(kGet), EndsWith("facet_up 1\n"));
}

TEST_F(MetricsEndpointTest, AnAddressInUseIsAnErrorThatNamesIt) {
    start();
    auto second = options();
    second.listen = fmt::format("127.0.0.1:{}", endpoint_->port());
    const auto started = MetricsEndpoint::start(second);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::already_exists);
    EXPECT_THAT(started.error().message, HasSubstr("'" + second.listen + "'"));
    EXPECT_THAT(started.error().message, HasSubstr("in use"));
}

TEST_F(MetricsEndpointTest, AnAddressOfAnotherMachineIsAnError) {
    auto elsewhere = options();
    elsewhere.listen = "192.0.2.1:0";  // reserved for documentation
    const auto started = MetricsEndpoint::start(elsewhere);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::not_found) << started.error().message;
}

TEST_F(MetricsEndpointTest, ABadAddressIsAnErrorThatSaysWhatIsExpected) {
    for (const char* listen : {"", "9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
                               "::1:9464", "[::1]", "[127.0.0.1]:1", "[", "[]:1", "name.example:1", "1.2.3:1", ":"}) {
        auto bad = options();
        bad.listen = listen;
        const auto started = MetricsEndpoint::start(bad);
        ASSERT_FALSE(started) << listen;
        EXPECT_EQ(started.error().code, ErrorCode::invalid_argument) << listen;
        EXPECT_THAT(started.error().message, HasSubstr(fmt::format("'{}'", listen)));
        EXPECT_THAT(started.error().message, HasSubstr("expected ADDRESS:PORT"));
    }
}

TEST_F(MetricsEndpointTest, APortAloneListensOnAllAddresses) {
    auto all = options();
    all.listen = ":0";
    start(all);
    EXPECT_THAT(ask(kGet), EndsWith("facet_up 1\n"));
}

TEST_F(MetricsEndpointTest, AnIpv6AddressIsWrittenInBrackets) {
    auto six = options();
    six.listen = "[::1]:0";
    auto started = MetricsEndpoint::start(six);
    if (!started && started.error().code == ErrorCode::not_found) GTEST_SKIP() << "this machine has no IPv6 loopback";
    ASSERT_TRUE(started) << started.error().message;
    EXPECT_NE((*started)->port(), 0);
}

TEST_F(MetricsEndpointTest, CurlReadsIt) {
    if (test::run_process({"curl", "--version"}).exit_code != 0) GTEST_SKIP() << "no curl";
    start();
    const std::string address = fmt::format("http://127.0.0.1:{}", endpoint_->port());
    const auto curl = [](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"curl", "--silent", "--noproxy", "*", "--max-time", "20"});
        return test::run_process(arguments);
    };
    EXPECT_EQ(curl({"--fail", address + "/metrics", address + "/live"}).out, text_ + "live\n");
    EXPECT_THAT(curl({"--head", address + "/metrics"}).out, HasSubstr("Content-Length: 11\r\n"));
    EXPECT_EQ(curl({"--data", std::string(4000, 'x'), "--write-out", "%{http_code}", "--output", "/dev/null",
                    address + "/metrics"})
                  .out,
              "405");
    EXPECT_EQ(curl({"--header", "X: " + std::string(20'000, 'x'), "--write-out", "%{http_code}", "--output", "/dev/null",
                    address + "/metrics"})
                  .out,
              "431");
    ready_ = false;
    EXPECT_EQ(curl({"--fail", address + "/ready"}).exit_code, 22);
}

}  // namespace
}  // namespace facet::server
