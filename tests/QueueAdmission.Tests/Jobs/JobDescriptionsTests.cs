using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace QueueAdmission.Jobs;

public class JobDescriptionsTests
{
    private static readonly RouteEndpoint Orders = new(
        _ => Task.CompletedTask,
        RoutePatternFactory.Parse("orders/{id}"),
        0,
        EndpointMetadataCollection.Empty,
        "the orders");

    [Fact]
    public void For_SameMethod_IsTheSameObject()
    {
        var descriptions = new JobDescriptions(Orders);

        Assert.Same(descriptions.For("GET"), descriptions.For("get"));
        Assert.Equal(new JobDescription("GET", "/orders/{id}"), descriptions.For("GET"));
        Assert.Equal(new JobDescription("POST", "/orders/{id}"), descriptions.For("POST"));
    }

    [Fact]
    public void For_MethodsThatAClientInvents_ShareOneThatSaysNothingOfThem()
    {
        var descriptions = new JobDescriptions(Orders);

        Assert.Same(descriptions.For("<SCRIPT>"), descriptions.For("X"));
        Assert.Equal("other", descriptions.For("<SCRIPT>").Method);
    }

    [Fact]
    public void For_EndpointWithoutRoute_TellsItsName() =>
        Assert.Equal("the orders", new JobDescriptions(new Endpoint(null, null, "the orders")).For("GET").Route);
}
