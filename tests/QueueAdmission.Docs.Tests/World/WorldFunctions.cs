using System.Data.Common;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Docs;

/// <summary>The functions that fragments of pages call without declaring them.</summary>
public static class WorldFunctions
{
    public static IResult Buy() => throw new NotSupportedException();

    public static IResult Publish() => throw new NotSupportedException();

    public static IResult Pay() => throw new NotSupportedException();

    public static IResult Suggest() => throw new NotSupportedException();

    public static IResult Catalog() => throw new NotSupportedException();

    public static Task<Stream> Render() => throw new NotSupportedException();

    public static Task<byte[]> Render(Order order, CancellationToken token) => throw new NotSupportedException();

    public static Task<byte[]> RenderAsync(Order order, CancellationToken token = default) =>
        throw new NotSupportedException();

    public static Task SendAsync(Order order, CancellationToken token) => throw new NotSupportedException();

    public static Task StreamAnswer(HttpContext context, ChatRequest request) => throw new NotSupportedException();

    public static ValueTask WriteCsvAsync(RejectionContext rejected) => throw new NotSupportedException();

    public static DbConnection Open() => throw new NotSupportedException();

    public static LeaseStoreReading Read(LeaseStoreKey key) => throw new NotSupportedException();
}
