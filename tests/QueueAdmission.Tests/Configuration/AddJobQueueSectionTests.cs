using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace QueueAdmission.Configuration;

public sealed class AddJobQueueSectionTests
{
    [Fact]
    public void Queue_HasTheSettingsOfItsSection()
    {
        using var program = new Program(
            "Workers=3 MaxWait=00:00:07 PartitionCapacity=4 PartitionByKey=true KeyShares:gold=4");

        var settings = program.Queue.GetSnapshot().Settings;

        Assert.Equal((3, TimeSpan.FromSeconds(7), 4), (settings.Workers, settings.MaxWait, settings.PartitionCapacity));
        Assert.Equal(4, settings.KeyShares!["gold"]);
    }

    [Fact]
    public void Section_OverridesEarlierCode_AndKeepsTheRest()
    {
        using var program = new Program(
            "Workers=3", services => services.AddJobQueue("reports", o => (o.Workers, o.PartitionCapacity) = (9, 8)));

        var settings = program.Queue.GetSnapshot().Settings;

        Assert.Equal((3, 8), (settings.Workers, settings.PartitionCapacity));
    }

    [Theory]
    [InlineData("Workers=0", "Workers is 0")]
    [InlineData("Workers=many", "Reports:Queue:Workers is 'many'; allowed: a whole number, 1 to 100,000.")]
    [InlineData("Worker=3", "Reports:Queue:Worker is not a setting of a queue; allowed: Workers, ")]
    [InlineData("clusterWorkers=3", "Reports:Queue:clusterWorkers needs a store that all nodes share.")]
    [InlineData("Deferred:Run=true", "Reports:Queue:Deferred needs a store of deferred jobs.")]
    [InlineData("Workers:a=3", "Reports:Queue:Workers is an object or an array")]
    [InlineData("KeyShares:gold=0", "Reports:Queue:KeyShares:gold is '0'")]
    [InlineData("", "Reports:Queue is missing or has no settings")]
    public void Section_Wrong_IsReportedAtStart(string settings, string error)
    {
        using var program = new Program(settings);

        var exception = Assert.Throws<OptionsValidationException>(
            () => program.Services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(error, Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Section_SeveralMistakes_AreReportedTogether()
    {
        using var program = new Program("Workers=many MaxWait=30x Wokers=1");

        Assert.Equal(3, Assert.Throws<OptionsValidationException>(() => program.Queue).Failures.Count());
    }

    [Fact]
    public void Reload_GoodChange_IsInForceAtOnceAndLogged()
    {
        using var program = new Program("Workers=3 PartitionCapacity=5");
        var queue = program.Queue;

        program.Reload("Workers=4 PartitionCapacity=5");

        Assert.Equal(4, queue.GetSnapshot().Workers);
        var line = Assert.Single(program.Log.GetSnapshot());
        Assert.Equal(
            (LogLevel.Information, "The queue reports has new settings from Reports:Queue: Workers 4."),
            (line.Level, line.Message));
        program.Reload("Workers=4 PartitionCapacity=5");
        Assert.Single(program.Log.GetSnapshot());
    }

    [Fact]
    public void Reload_KeyTakenBack_GoesBackToTheDefault()
    {
        using var program = new Program("Workers=3 PartitionCapacity=5");
        var queue = program.Queue;

        program.Reload("PartitionCapacity=5");

        Assert.Equal(16, queue.GetSnapshot().Workers);
    }

    [Theory]
    [InlineData("Workers=0 PartitionCapacity=9")]
    [InlineData("Workers=many PartitionCapacity=9")]
    [InlineData("Wokers=4 PartitionCapacity=9")]
    [InlineData("")]
    public void Reload_Wrong_KeepsTheLastGoodSettingsWholeAndLogsOnce(string settings)
    {
        using var program = new Program("Workers=3 PartitionCapacity=5");
        var queue = program.Queue;

        program.Reload(settings);
        program.Reload(settings);

        Assert.Equal((3, 5), (queue.GetSnapshot().Workers, queue.GetSnapshot().Settings.PartitionCapacity));
        var line = Assert.Single(program.Log.GetSnapshot());
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains("keeps its previous settings", line.Message, StringComparison.Ordinal);
        program.Reload("Workers=7");
        Assert.Equal(7, queue.GetSnapshot().Workers);
    }

    [Fact]
    public void Reload_OtherSettingChanged_KeepsWhatCodeChanged()
    {
        using var program = new Program("Workers=3 PartitionCapacity=5");
        var queue = program.Queue;
        queue.Update(o => o.Workers = 8);

        program.Reload("Workers=3 PartitionCapacity=6");
        Assert.Equal((8, 6), (queue.GetSnapshot().Workers, queue.GetSnapshot().Settings.PartitionCapacity));

        program.Reload("Workers=4 PartitionCapacity=6");
        Assert.Equal(4, queue.GetSnapshot().Workers);
    }

    [Fact]
    public void Reload_AfterTheProgramEnded_ChangesAndLogsNothing()
    {
        var program = new Program("Workers=3");
        var (queue, log) = (program.Queue, program.Log);
        program.Dispose();

        program.Reload("Workers=4");

        Assert.Equal(3, queue.GetSnapshot().Settings.Workers);
        Assert.Equal(0, log.Count);
    }

    private sealed class Program : IDisposable
    {
        private readonly ConfigurationManager _configuration = new();
        private readonly ServiceProvider _services;

        public Program(string settings, Action<IServiceCollection>? first = null)
        {
            Reload(settings);
            var services = new ServiceCollection();
            services.AddLogging(logging => logging.AddFakeLogging());
            first?.Invoke(services);
            services.AddJobQueue("reports", _configuration.GetSection("Reports:Queue"));
            _services = services.BuildServiceProvider();
        }

        public IServiceProvider Services => _services;

        public FakeLogCollector Log => _services.GetFakeLogCollector();

        public JobQueue Queue => _services.GetRequiredKeyedService<JobQueue>("reports");

        /// <summary>Replaces the whole section, as an edit of the file would.</summary>
        public void Reload(string settings)
        {
            var pairs = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(setting => setting.Split('=', 2))
                .Select(pair => new KeyValuePair<string, string?>($"Reports:Queue:{pair[0]}", pair[1]))
                .ToList();
            var sources = ((IConfigurationBuilder)_configuration).Sources;
            // Replace all pairs in one step. Two steps would be two reloads, the first of them of an empty section.
            _source.Replace(pairs);
            if (!sources.Contains(_source))
            {
                sources.Add(_source);
            }
        }

        private readonly EditableSource _source = new();

        public void Dispose() => _services.Dispose();
    }

    private sealed class EditableSource : ConfigurationProvider, IConfigurationSource
    {
        public void Replace(IEnumerable<KeyValuePair<string, string?>> pairs)
        {
            Data = new Dictionary<string, string?>(pairs, StringComparer.OrdinalIgnoreCase);
            OnReload();
        }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
    }
}
