using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Traits;

public sealed class PriorityFromTests
{
    private static readonly EndpointTraits High = EndpointTraits.Usual with { Priority = JobPriority.High };

    [Theory]
    [InlineData("endpoint", "Endpoint")]
    [InlineData("header:X-Priority", "Header:X-Priority")]
    public void Parse_AllowedText_IsShownAsItIsWritten(string text, string shown) =>
        Assert.Equal(shown, PriorityFrom.Parse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("High")]
    [InlineData("Header")]
    [InlineData("Claim:vip")]
    [InlineData("code")]
    public void Parse_OtherText_IsNothing(string text) => Assert.Null(PriorityFrom.Parse(text));

    [Fact]
    public void Endpoint_WhateverTheClientSends_IsTheEndpoints()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["X-Priority"] = "critical";

        Assert.Equal(JobPriority.High, PriorityFrom.Endpoint.Of(context, High));
    }

    [Theory]
    [InlineData("low", JobPriority.Low)]
    [InlineData("NORMAL", JobPriority.Normal)]
    [InlineData("Critical", JobPriority.Critical)]
    [InlineData("2", JobPriority.High)]
    [InlineData("Low,Critical", JobPriority.High)]
    [InlineData("urgent", JobPriority.High)]
    [InlineData("", JobPriority.High)]
    [InlineData(null, JobPriority.High)]
    public void Header_Named_IsTakenIfItIsOneOfTheWords(string? value, JobPriority priority)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["X-Priority"] = value;

        Assert.Equal(priority, PriorityFrom.Header("X-Priority").Of(context, High));
    }

    [Fact]
    public void Header_Twice_IsNotTaken()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["X-Priority"] = new(["Low", "Critical"]);

        Assert.Equal(JobPriority.High, PriorityFrom.Header("X-Priority").Of(context, High));
    }

    [Fact]
    public void Request_FromCode_ComesBeforeTheEndpoint()
    {
        Assert.Equal(JobPriority.Low, PriorityFrom.Custom(_ => JobPriority.Low).Of(new DefaultHttpContext(), High));
        Assert.Equal(JobPriority.High, PriorityFrom.Custom(_ => null).Of(new DefaultHttpContext(), High));
        Assert.Throws<ArgumentNullException>("priority", () => PriorityFrom.Custom(null!));
    }
}
