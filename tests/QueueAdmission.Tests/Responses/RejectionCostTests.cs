using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission.Responses;

public sealed class RejectionCostTests
{
    [Theory]
    [InlineData("GET", null, null)]
    [InlineData("GET", "application/json, text/plain, */*", null)]
    [InlineData("HEAD", null, null)]
    [InlineData("GET", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", null)]
    [InlineData("POST", null, "application/grpc")]
    public void Write_SteadyState_AllocatesNothing(string method, string? accept, string? contentType)
    {
        const int Requests = 1_000;
        var request = new HttpRequestFeature { Method = method, Protocol = HttpProtocol.Http11 };
        request.Headers.Accept = accept;
        request.Headers.ContentType = contentType;
        var response = new HttpResponseFeature { Headers = new HeadersThatKeepTheLength() };
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new BodyThatForgets());
        var context = new DefaultHttpContext(features);
        var queue = RejectedRequest.NewQueue();
        var completed = 0;
        void Refuse()
        {
            response.Headers.Clear();
            var answering = RejectionResponder.RespondAsync(
                context, queue, RejectedRequest.Full, TimeSpan.Zero, RejectionHandling.None);
            if (answering.IsCompletedSuccessfully)
                completed++;
        }
        // Warm up until the code has been compiled with full optimization.
        for (var i = 0; i < 200; i++)
            Refuse();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Requests; i++)
            Refuse();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(Requests + 200, completed);
    }

    // Stores the length as a number, as Kestrel's headers do. The plain dictionary would convert it to text.
    private sealed class HeadersThatKeepTheLength : HeaderDictionary, IHeaderDictionary
    {
        long? IHeaderDictionary.ContentLength { get; set; }
    }

    private sealed class BodyThatForgets : PipeWriter, IHttpResponseBodyFeature
    {
        private readonly byte[] _memory = new byte[16 * 1024];

        public Stream Stream => Stream.Null;

        public PipeWriter Writer => this;

        public override void Advance(int bytes)
        {
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _memory;

        public override Span<byte> GetSpan(int sizeHint = 0) => _memory;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(
            string path,
            long offset,
            long? count,
            CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
