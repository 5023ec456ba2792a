using System.Net;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;
using static QueueAdmission.Deferred.Doubles.KeyedPosts;

namespace QueueAdmission.Deferred.Accepting;

/// <summary>
/// Verifies repetitions of a request with a key: concurrent, on two nodes and later. Also verifies what the store has.
/// </summary>
public sealed class IdempotencyRepetitionTests
{
    private readonly KeyedPosts _posts = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Repetition_IsTheSameJob()
    {
        await using var app = await _posts.StartAsync();

        using var first = await PostAsync(app, Key);
        await app.RunAllAsync();
        using var second = await PostAsync(app, Key);
        await app.RunAllAsync();

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(Token), await second.Content.ReadAsStringAsync(Token));
        Assert.Equal((1, 1), (_posts.Handler.Runs, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted));
    }

    [Fact]
    public async Task Repetition_OfAFullQueue_IsTheSameJob()
    {
        await using var app = await _posts.StartAsync(
            "Queues:posts:Deferred:MaxWaiting=1 Queues:posts:Deferred:Run=false");
        using var first = await PostAsync(app, Key);

        using var again = await PostAsync(app, Key);
        using var refused = await PostAsync(app, OtherKey);

        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Fact]
    public async Task Repetitions_AtOnce_AreOneJobAndFailNoOther()
    {
        using var release = new ManualResetEventSlim();
        GroupingStore? store = null;
        await using var app = await _posts.StartAsync(wrap: inner => store = new GroupingStore(inner, release));
        using var first = await HoldAsync(app, store!);

        var same = Enumerable.Range(0, 20).Select(_ => PostAsync(app, Key)).ToList();
        var others = Enumerable.Range(0, 20).Select(_ => PostAsync(app, $"\"{Guid.NewGuid()}\"")).ToList();
        var reused = PostAsync(app, Key, body: "other");
        await Eventually.TrueAsync(() => _posts.Came == 42);
        release.Set();
        var locations = (await Task.WhenAll(same)).Where(response => response.StatusCode == HttpStatusCode.Accepted)
            .Select(response => response.Headers.Location).ToList();
        var ofOthers = (await Task.WhenAll(others)).Select(response => response.Headers.Location).Distinct().ToList();
        using var one = await reused;
        await app.RunAllAsync();

        // Either payload may arrive first. The other payload is then refused.
        var isRefused = one.StatusCode == HttpStatusCode.UnprocessableEntity;
        Assert.Equal(isRefused ? 20 : 0, locations.Count);
        Assert.Equal(isRefused ? 1 : 0, locations.Distinct().Count());
        Assert.Equal(20, ofOthers.Count);
        Assert.True(store!.LargestGroup > 20);
        Assert.Equal((22, 22), (_posts.Handler.Runs, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted));
    }

    [Fact]
    public async Task Repetitions_OnTwoNodes_AreOneJob()
    {
        var store = new InMemoryJobStore();
        await using var one = await _posts.StartAsync(store: store);
        await using var two = await _posts.StartAsync(store: store);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => PostAsync(i % 2 == 0 ? one : two, Key)));
        await one.RunAllAsync();
        await two.RunAllAsync();

        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        Assert.Equal((1, 1), (_posts.Handler.Runs, Assert.Single(await one.Jobs.ReadQueuesAsync()).Accepted));
    }

    [Fact]
    public async Task Key_LivesAsLongAsTheJob()
    {
        await using var app = await _posts.StartAsync("Queues:posts:Deferred:Retention=00:10:00");
        using var first = await PostAsync(app, Key);
        await app.RunAllAsync();

        app.Clock.Advance(TimeSpan.FromMinutes(9));
        await app.RunAllAsync();
        using var before = await PostAsync(app, Key);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        await app.RunAllAsync();
        await app.RunAllAsync();
        using var after = await PostAsync(app, Key);

        Assert.Equal(first.Headers.Location, before.Headers.Location);
        Assert.NotEqual(first.Headers.Location, after.Headers.Location);
    }

    [Fact]
    public async Task Preferred_Repetition_GetsTheSameOutcome()
    {
        await using var app = await _posts.StartAsync(when: DeferWhen.Preferred, isGated: true);

        var first = PostAsync(app, Key, prefer: "respond-async, wait=20");
        await _posts.Handler.RunningAsync();
        var second = PostAsync(app, Key, prefer: "respond-async, wait=20");
        await Eventually.TrueAsync(() => app.App.Services.GetRequiredService<DeferredJobs>().Outcomes.Count == 2);
        _posts.Handler.Release();
        var whileItRan = new[] { await first, await second };
        using var later = await PostAsync(app, Key, prefer: "respond-async, wait=20");

        foreach (var answer in (HttpResponseMessage[])[.. whileItRan, later])
            Assert.Equal("run 1", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal(1, _posts.Handler.Runs);
    }

    /// <summary>
    /// An intake does not know the stored keys, and accepts every repetition. The store detects the repetition later.
    /// </summary>
    [Fact]
    public async Task Preferred_RepetitionThatTheStoreFindsLater_GetsTheSameOutcome()
    {
        await using var app = await _posts.StartAsync(
            when: DeferWhen.Preferred, wrap: inner => new ImportingStore(inner));
        using var first = await PostAsync(app, Key, prefer: "respond-async, wait=20");

        var waiting = PostAsync(app, Key, prefer: "respond-async, wait=20");
        await Eventually.TrueAsync(() => app.App.Services.GetRequiredService<DeferredJobs>().Outcomes.Count == 1);
        await Eventually.TrueAsync(() =>
        {
            app.Clock.Advance(Outcomes.LookUpInterval / 10);
            return waiting.IsCompleted;
        });
        using var second = await waiting;

        Assert.Equal("run 1", await first.Content.ReadAsStringAsync(Token));
        Assert.Equal("run 1", await second.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Store_HasHashesOnly()
    {
        var jobs = new List<AcceptedJob>();
        await using var app = await _posts.StartAsync(wrap: inner => new RecordingStore(inner, jobs));
        using var first = await PostAsync(app, Key);
        using var otherKey = await PostAsync(app, OtherKey);

        Assert.All(jobs, job => Assert.Equal((32, 32), (job.IdempotencyKey!.Length, job.Fingerprint!.Length)));
        // A fingerprint of the body alone would let anyone with access to the store find a short body by trial and
        // error.
        Assert.NotEqual(jobs[0].Fingerprint!, jobs[1].Fingerprint!);
    }

    /// <summary>Lets one job block the store, so that the following jobs arrive in one group.</summary>
    private static async Task<IDisposable> HoldAsync(DeferredApp app, GroupingStore store)
    {
        var holding = PostAsync(app, key: null);
        await Eventually.TrueAsync(() => store.IsHeld);
        return holding;
    }

    /// <summary>Blocks all groups until they are released.</summary>
    private sealed class GroupingStore(IJobStore inner, ManualResetEventSlim release) : StoreDouble(inner)
    {
        public bool IsHeld { get; private set; }

        public int LargestGroup { get; private set; }

        public override IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
        {
            IsHeld = true;
            release.Wait(TimeSpan.FromSeconds(30));
            LargestGroup = Math.Max(LargestGroup, jobs.Count);
            return base.Accept(jobs);
        }
    }

    /// <summary>Accepts jobs like an intake in front of the store, and imports them at once.</summary>
    private sealed class ImportingStore(IJobStore inner) : StoreDouble(inner)
    {
        private readonly IJobStore _inner = inner;
        private long _position = -1;

        public override IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
        {
            var after = _position;
            var imported = jobs.Select(job => new ImportedJob(++_position, job)).ToArray();
            _inner.Import(new JobImport { Source = "log", After = after, Last = _position, Jobs = imported });
            return [.. jobs.Select(job => new JobAcceptance(JobAcceptanceStatus.Accepted, job.Id))];
        }
    }

    private sealed class RecordingStore(IJobStore inner, List<AcceptedJob> accepted) : StoreDouble(inner)
    {
        public override IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
        {
            accepted.AddRange(jobs);
            return base.Accept(jobs);
        }
    }
}
