using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.DependencyInjection;

public sealed class AddJobQueueTests
{
    [Fact]
    public void Queue_Added_IsAKeyedSingletonOfItsName()
    {
        using var services = new ServiceCollection().AddJobQueue("pdf", o => o.Workers = 3).AddJobQueue("mail")
            .Services.BuildServiceProvider();

        var pdf = services.GetRequiredKeyedService<JobQueue>("pdf");

        Assert.Same(pdf, services.GetRequiredKeyedService<JobQueue>("pdf"));
        Assert.NotSame(pdf, services.GetRequiredKeyedService<JobQueue>("mail"));
        Assert.Equal(("pdf", 3), (pdf.Name, pdf.GetSnapshot().Settings.Workers));
    }

    [Fact]
    public void Builder_OfAnyCall_HasTheServicesOfTheQueues()
    {
        var services = new ServiceCollection();

        var first = services.AddJobQueue("pdf");
        var second = first.AddJobQueue("mail");

        Assert.Same(services, first.Services);
        Assert.Same(services, second.Services);
    }

    [Fact]
    public void Queue_AddedTwice_IsOneQueueWithBothSettings()
    {
        using var services = new ServiceCollection().AddJobQueue("pdf", o => o.Workers = 3)
            .AddJobQueue("pdf", o => o.Partitions = 2).Services.BuildServiceProvider();

        var settings = Assert.Single(services.GetKeyedServices<JobQueue>("pdf")).GetSnapshot().Settings;

        Assert.Equal((3, 2), (settings.Workers, settings.Partitions));
    }

    [Fact]
    public void Queue_WithBadSettings_IsRefusedWithEveryFailure()
    {
        using var services = new ServiceCollection().AddJobQueue("pdf", o => (o.Workers, o.Partitions) = (0, 0))
            .Services.BuildServiceProvider();

        var thrown = Assert.Throws<OptionsValidationException>(() => services.GetRequiredKeyedService<JobQueue>("pdf"));

        Assert.Equal(2, thrown.Failures.Count());
        Assert.All(thrown.Failures, failure => Assert.Contains("'pdf'", failure));
    }

    [Fact]
    public void Queue_WithASettingThatIsNotRegistered_IsFoundWhenTheHostStarts()
    {
        var budget = new QueueSetting<int>("Budget", SettingValues.WholeNumber(1, 9))
        {
            Default = 1,
            Description = "A budget.",
        };
        var added = new ServiceCollection().AddJobQueue("pdf", o => o.Set(budget, 2))
            .AddJobQueue("mail", o => o.Set(budget, 1));
        using var bare = added.Services.BuildServiceProvider();
        using var registered = added.AddQueueSetting(budget).Services.BuildServiceProvider();

        var thrown = Assert.Throws<OptionsValidationException>(
            () => bare.GetRequiredService<IStartupValidator>().Validate());

        Assert.StartsWith(
            "Queue 'pdf': Budget in code has no effect", Assert.Single(thrown.Failures), StringComparison.Ordinal);
        registered.GetRequiredService<IStartupValidator>().Validate();
        Assert.Equal(2, registered.GetRequiredKeyedService<JobQueue>("pdf").GetSetting(budget));
    }

    [Fact]
    public void Update_GivesASettingThatIsNotRegistered_IsRefused()
    {
        var budget = new QueueSetting<int>("Budget", SettingValues.WholeNumber(1, 9))
        {
            Default = 1,
            Description = "A budget.",
        };
        using var services = new ServiceCollection().AddJobQueue("pdf").Services.BuildServiceProvider();
        var queue = services.GetRequiredKeyedService<JobQueue>("pdf");

        Assert.Throws<OptionsValidationException>(() => queue.Update(o => o.Set(budget, 2)));

        Assert.Equal(1, queue.GetSetting(budget));
    }

    [Fact]
    public void Queue_WithBadSettings_IsFoundWhenTheHostStarts()
    {
        using var services =
            new ServiceCollection().AddJobQueue("pdf", o => o.Workers = 0).Services.BuildServiceProvider();

        var thrown = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("Workers is 0; allowed: 1 to 100,000.", thrown.Message);
    }

    [Fact]
    public void Queue_WithATimeProviderInTheContainer_UsesIt()
    {
        var time = new FakeTimeProvider();
        using var services = new ServiceCollection().AddSingleton<TimeProvider>(time)
            .AddJobQueue("pdf", o => (o.Workers, o.MaxWait) = (1, TimeSpan.FromSeconds(1)))
                .Services.BuildServiceProvider();
        var queue = services.GetRequiredKeyedService<JobQueue>("pdf");
        queue.TakeAllWorkers();
        var waiter = queue.Park();

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused());
    }

    [Fact]
    public void Queue_WithItsContainerDisposed_IsDisposed()
    {
        var services = new ServiceCollection().AddJobQueue("pdf").Services.BuildServiceProvider();
        var queue = services.GetRequiredKeyedService<JobQueue>("pdf");

        services.Dispose();

        Assert.Equal(JobQueueState.Disposed, queue.GetSnapshot().State);
    }

    [Fact]
    public async Task Queue_WithItsContainerDisposed_CompletesEveryHandle()
    {
        var services = new ServiceCollection().AddJobQueue("pdf", o => o.Workers = 1).Services.BuildServiceProvider();
        var queue = services.GetRequiredKeyedService<JobQueue>("pdf");
        var (began, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var running = queue.Push(
            _ =>
            {
                began.SetResult();
                return gate.Task;
            },
            TestContext.Current.CancellationToken);
        await began.Task;
        var waiting = queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);

        await services.DisposeAsync();

        Assert.Equal((JobStatus.Unfinished, JobStatus.Rejected), ((await running).Status, (await waiting).Status));
        gate.SetResult();
    }

    [Fact]
    public void Queue_NeededAfterTheApplicationBeganToStop_RefusesCallersThatWouldWait()
    {
        using var services =
            new ServiceCollection().AddJobQueue("pdf", o => o.Workers = 1).Services.BuildServiceProvider();
        services.GetRequiredService<AddedQueues>().RefuseCallers();

        var queue = services.GetRequiredKeyedService<JobQueue>("pdf");
        queue.TakeAllWorkers();

        Assert.Equal(RejectionReason.Draining, queue.EnterAsync(TestContext.Current.CancellationToken).Refused());
    }

    [Fact]
    public void Queue_WithABadName_IsRefusedAtOnce()
    {
        var services = new ServiceCollection();

        Assert.Throws<ArgumentException>("name", () => services.AddJobQueue("no spaces"));
        Assert.Throws<ArgumentNullException>(() => services.AddJobQueue(null!));
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddJobQueue("pdf"));
        Assert.Throws<ArgumentNullException>(() => ((IQueueAdmissionBuilder)null!).AddJobQueue("pdf"));
    }
}
