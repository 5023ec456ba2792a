using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Traits;

public sealed class DeadlineFromTests
{
    private static readonly EndpointTraits InTwoSeconds =
        EndpointTraits.Usual with { RequestTimeout = TimeSpan.FromSeconds(2) };

    [Theory]
    [InlineData("none", "None")]
    [InlineData("requestTimeout", "RequestTimeout")]
    [InlineData("header:grpc-timeout", "Header:grpc-timeout")]
    public void Parse_AllowedText_IsShownAsItIsWritten(string text, string shown) =>
        Assert.Equal(shown, DeadlineFrom.Parse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("00:00:05")]
    [InlineData("RequestTimeout:x")]
    [InlineData("Header")]
    [InlineData("Header:grpc timeout")]
    [InlineData("code")]
    public void Parse_OtherText_IsNothing(string text) => Assert.Null(DeadlineFrom.Parse(text));

    [Fact]
    public void None_AnyRequest_HasNoDeadline() =>
        Assert.Null(DeadlineFrom.None.Of(new DefaultHttpContext(), InTwoSeconds));

    [Fact]
    public void RequestTimeout_OfTheEndpoint_IsTheDeadline()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), DeadlineFrom.RequestTimeout.Of(new DefaultHttpContext(), InTwoSeconds));
        Assert.Null(DeadlineFrom.RequestTimeout.Of(new DefaultHttpContext(), EndpointTraits.Usual));
    }

    [Theory]
    [InlineData("250m", 0.25)]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public void Header_OfTheRequest_IsTheDeadline(string? value, double? seconds)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["grpc-timeout"] = value;

        Assert.Equal(seconds, DeadlineFrom.Header("grpc-timeout").Of(context, InTwoSeconds)?.TotalSeconds);
    }

    [Fact]
    public void Header_Twice_IsNoDeadline()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["grpc-timeout"] = new(["1S", "2S"]);

        Assert.Null(DeadlineFrom.Header("grpc-timeout").Of(context, InTwoSeconds));
    }

    [Fact]
    public void TimeLeft_FromCode_IsTheDeadline()
    {
        Assert.Equal(
            TimeSpan.FromSeconds(7),
            DeadlineFrom.Custom(_ => TimeSpan.FromSeconds(7)).Of(new DefaultHttpContext(), InTwoSeconds));
        Assert.Throws<ArgumentNullException>("timeLeft", () => DeadlineFrom.Custom(null!));
    }
}
