using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;

namespace QueueAdmission.Traits;

public sealed class EndpointTimeoutsTests
{
    private static readonly RequestTimeoutPolicy Policy = new() { Timeout = TimeSpan.FromSeconds(1) };

    public static TheoryData<string, object[], double?> WithADefaultOf9 => new()
    {
        { "nothing", [], 9 },
        { "an attribute", [new RequestTimeoutAttribute(2_000)], 2 },
        { "a named policy", [new RequestTimeoutAttribute("three")], 3 },
        { "a name of no policy", [new RequestTimeoutAttribute("four")], null },
        { "a policy of its own", [Policy], 1 },
        { "a policy and an attribute", [Policy, new RequestTimeoutAttribute(2_000)], 1 },
        { "a policy without a limit", [new RequestTimeoutPolicy()], null },
        { "an infinite policy", [new RequestTimeoutPolicy { Timeout = Timeout.InfiniteTimeSpan }], null },
        { "an infinite attribute", [new RequestTimeoutAttribute(Timeout.Infinite)], null },
        { "a named policy that is infinite", [new RequestTimeoutAttribute("infinite")], null },
        { "a named policy without a limit", [new RequestTimeoutAttribute("none")], null },
        { "a policy without a limit, and an " +
            "attribute", [new RequestTimeoutPolicy(), new RequestTimeoutAttribute(2_000)], null },
        { "below zero, which the framework " +
            "refuses", [new RequestTimeoutPolicy { Timeout = TimeSpan.FromSeconds(-5) }], null },
        { "no time at all", [new RequestTimeoutPolicy { Timeout = TimeSpan.Zero }], 0 },
        {
            "the longest there is",
            [new RequestTimeoutPolicy { Timeout = TimeSpan.MaxValue }],
            TimeSpan.MaxValue.TotalSeconds
        },
        { "disabled before", [new DisableRequestTimeoutAttribute(), Policy], null },
        { "disabled", [Policy, new DisableRequestTimeoutAttribute()], null },
    };

    [Theory]
    [MemberData(nameof(WithADefaultOf9))]
    public void Of_Endpoint_IsWhatTheFrameworkApplies(string what, object[] metadata, double? seconds)
    {
        using var services = new ServiceCollection().AddRequestTimeouts(options =>
        {
            options.DefaultPolicy = new() { Timeout = TimeSpan.FromSeconds(9) };
            options.AddPolicy("three", TimeSpan.FromSeconds(3));
            options.AddPolicy("infinite", Timeout.InfiniteTimeSpan);
            options.AddPolicy("none", new RequestTimeoutPolicy());
        }).BuildServiceProvider();

        Assert.Equal((what, seconds), (what, new EndpointTimeouts(services).Of(EndpointWith(metadata))?.TotalSeconds));
    }

    [Fact]
    public void Of_EndpointUnderAnInfiniteDefault_IsNone()
    {
        using var services = new ServiceCollection()
            .AddRequestTimeouts(options => options.DefaultPolicy = new() { Timeout = Timeout.InfiniteTimeSpan })
            .BuildServiceProvider();

        Assert.Null(new EndpointTimeouts(services).Of(EndpointWith()));
    }

    [Fact]
    public void Of_EndpointWithoutRequestTimeouts_IsNone()
    {
        using var services = new ServiceCollection().BuildServiceProvider();

        Assert.Null(new EndpointTimeouts(services).Of(EndpointWith()));
    }

    private static Endpoint EndpointWith(params object[] metadata) =>
        new(null, new EndpointMetadataCollection(metadata), "test");
}
